import Cryptography
import Testing

@Suite struct HMACSHA256Tests {
    /// RFC 4231, cases 1 to 4, 6 and 7; case 5 is of a code that is cut.
    private static let cases: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0B, count: 20), [UInt8]("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            [UInt8]("Jefe".utf8), [UInt8]("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            [UInt8]("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            [UInt8](
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test func casesOfRFC4231() {
        for (key, message, code) in Self.cases {
            #expect(hexadecimal(HMACSHA256.code(of: message, key: key)) == code)
            var pieces = HMACSHA256(key: key)
            for byte in message { pieces.update([byte]) }
            #expect(hexadecimal(pieces.finalize()) == code)
        }
    }

    /// By Python's hmac. An empty key is a key, not the one before.
    @Test func emptyKeyAndMessage() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(hexadecimal(HMACSHA256.code(of: [], key: [])) == code)
    }

    @Test func keysAreOfTheirCodeAlone() {
        var first = HMACSHA256(key: Self.cases[0].key)
        var second = HMACSHA256(key: Self.cases[1].key)
        first.update(Self.cases[0].message)
        second.update(Self.cases[1].message)
        #expect(hexadecimal(first.finalize()) == Self.cases[0].code)
        #expect(hexadecimal(second.finalize()) == Self.cases[1].code)
    }
}

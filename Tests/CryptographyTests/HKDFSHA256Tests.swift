import Cryptography
import Testing

@Suite struct HKDFSHA256Tests {
    /// RFC 5869, case 3, which has no salt; the others were computed with Python's cryptography.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 22), "", 42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
        (
            [UInt8](0..<32), "cursor content", 32,
            "54a6378b81e01214800df6fd8fbc14d249346a1bbc6ab9f0f86a1010a51a79cc"
        ),
        (
            [UInt8](0..<32), "cursor nonce", 32,
            "0ec1f5004dab9b9f6396d9fdc1f2f0cb9fdae390636b678303883be180a6ff0c"
        ),
    ])
    func keysForUses(_ key: [UInt8], _ use: String, _ bytes: Int, _ derived: String) {
        #expect(hexadecimal(HKDFSHA256.key(from: key, info: [UInt8](use.utf8), bytes: bytes)) == derived)
    }

    @Test func shortAndLongKeys() {
        let key = [UInt8](repeating: 1, count: 32)
        let longest = HKDFSHA256.key(from: key, info: [], bytes: HKDFSHA256.bytesMax)
        #expect(longest.count == HKDFSHA256.bytesMax)
        #expect(HKDFSHA256.key(from: key, info: [], bytes: 1) == [longest[0]])
    }
}

import Cryptography
import Testing

@Suite struct AES256GCMTests {
    private static let key = [UInt8](repeating: 3, count: 32)
    private static let nonce = [UInt8](repeating: 5, count: 12)

    /// Test cases 13, 14 and 15 of "The Galois/Counter Mode of Operation", which NIST SP 800-38D rests on.
    @Test(arguments: [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12),
            String(repeating: "00", count: 16),
            "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2), "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c"
        ),
    ])
    func casesOfNIST(_ key: String, _ nonce: String, _ plain: String, _ textAndTag: String) throws {
        let sealed = try #require(
            AES256GCM.seal(bytes(plain), key: bytes(key), nonce: bytes(nonce)))
        #expect(hexadecimal(sealed) == nonce + textAndTag)
        #expect(AES256GCM.open(sealed, key: bytes(key)) == bytes(plain))
    }

    /// Of nonce, ciphertext and tag alike.
    @Test(arguments: [0, 1, 16, 33])
    func aChangedByteOpensNowhere(_ count: Int) throws {
        let plain = [UInt8](repeating: 7, count: count)
        let sealed = try #require(AES256GCM.seal(plain, key: Self.key, nonce: Self.nonce))
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << bit
                #expect(AES256GCM.open(changed, key: Self.key) == nil, "\(index), \(bit)")
            }
            #expect(AES256GCM.open(sealed.prefix(index), key: Self.key) == nil, "cut at \(index)")
        }
        #expect(AES256GCM.open(sealed + [0], key: Self.key) == nil)
        for index in Self.key.indices {
            var other = Self.key
            other[index] ^= 1
            #expect(AES256GCM.open(sealed, key: other) == nil)
        }
        #expect(AES256GCM.open(sealed, key: Self.key) == plain)
    }

    @Test func whatHasAnotherLengthIsRefused() throws {
        for count in [0, 16, 24, 31, 33] {
            let key = [UInt8](repeating: 3, count: count)
            #expect(AES256GCM.seal([1], key: key, nonce: Self.nonce) == nil)
            let sealed = try #require(AES256GCM.seal([1], key: Self.key, nonce: Self.nonce))
            #expect(AES256GCM.open(sealed, key: key) == nil)
        }
        for count in [0, 1, 11, 13, 16] {
            let nonce = [UInt8](repeating: 5, count: count)
            #expect(AES256GCM.seal([1], key: Self.key, nonce: nonce) == nil)
        }
        #expect(AES256GCM.open([UInt8](), key: Self.key) == nil)
    }

    /// Slices keep the places of what they are cut from.
    @Test func sliceAndLargeTextOpen() throws {
        let plain = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sealed = try #require(AES256GCM.seal(plain, key: Self.key, nonce: Self.nonce))
        #expect(sealed.count == plain.count + AES256GCM.nonceBytes + AES256GCM.tagBytes)
        #expect(AES256GCM.open(([9] + sealed).dropFirst(), key: Self.key) == plain)
    }
}

import Cryptography
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4 and NIST's example values: the empty message, one block, two blocks, a million times "a".
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func examplesOfFIPS180(_ text: String, _ times: Int, _ digest: String) {
        let message = [UInt8](String(repeating: text, count: times).utf8)
        #expect(hexadecimal(SHA256.hash(message)) == digest)
        #expect(SHA256.hash(message).count == SHA256.bytes)
    }

    /// Pieces of any length, the empty one among them, come to the digest of the whole.
    @Test func piecesAreHashedAsTheWhole() {
        let message = (0..<300).map { UInt8($0 % 256) }
        let whole = SHA256.hash(message)
        for length in [1, 2, 63, 64, 65, 127, 299, 300] {
            var hash = SHA256()
            for start in stride(from: 0, to: message.count, by: length) {
                hash.update(message[start..<min(start + length, message.count)])
                hash.update([])
            }
            #expect(hash.finalize() == whole, "\(length)")
        }
    }

    /// Whatever holds the bytes, in one piece or in none.
    @Test func everySequenceOfBytesIsHashedAlike() {
        let message = [UInt8]("a message that is longer than a small string".utf8)
        let digest = SHA256.hash(message)
        #expect(SHA256.hash(AnySequence(message)) == digest)
        #expect(SHA256.hash(message.lazy.map { $0 }) == digest)
        #expect(SHA256.hash(String(decoding: message, as: UTF8.self).utf8) == digest)
        #expect(message.withUnsafeBytes { SHA256.hash($0) } == digest)
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(SHA256.hash(none) == SHA256.hash([]))
    }

    /// 5 MiB of zeros, by Python's hashlib.
    @Test func aLargeMessage() {
        let digest = "c036cbb7553a909f8b8877d4461924307f27ecb66cff928eeeafd569c3887e29"
        #expect(hexadecimal(SHA256.hash([UInt8](repeating: 0, count: 5 << 20))) == digest)
    }

    /// The algorithm is shared by all threads.
    @Test func threadsHashAtOnce() async {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let message = [UInt8](repeating: UInt8(number), count: 1_000)
                    let digest = SHA256.hash(message)
                    return (0..<2_000).allSatisfy { _ in SHA256.hash(message) == digest }
                }
            }
            for await isAlike in group { #expect(isAlike) }
        }
    }
}

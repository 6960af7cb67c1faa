import CLibcrypto
import Cryptography
import Foundation
import Synchronization
import Testing

@Suite struct ExitTests {
    private static let rounds = Atomic(0)

    /// libcrypto cleans up when a process exits, while its other threads still run.
    @Test func threadsMayHashWhileTheProcessExits() async {
        await #expect(processExitsWith: .exitCode(7)) {
            // What is registered first runs last: when libcrypto has cleaned up, each kind is used a while longer.
            atexit {
                let cleaned = ExitTests.rounds.load(ordering: .relaxed)
                while ExitTests.rounds.load(ordering: .relaxed) < cleaned + 1_000 { sched_yield() }
            }
            OPENSSL_init_crypto(UInt64(OPENSSL_INIT_LOAD_CONFIG), nil)
            for _ in 0..<2 { Thread.detachNewThread { while true { ExitTests.useEach() } } }
            while ExitTests.rounds.load(ordering: .relaxed) < 100 { sched_yield() }
            exit(7)
        }
    }

    private static func useEach() {
        let bytes = [UInt8](repeating: 1, count: 32)
        let key = HKDFSHA256.key(from: bytes, info: SHA256.hash(bytes), bytes: AES256GCM.keyBytes)
        let nonce = Array(HMACSHA256.code(of: bytes, key: key).prefix(AES256GCM.nonceBytes))
        let sealed = AES256GCM.seal(bytes, key: key, nonce: nonce)!
        precondition(AES256GCM.open(sealed, key: key) == bytes)
        precondition(AES256GCM.open(sealed.dropLast(), key: key) == nil)
        rounds.add(1, ordering: .relaxed)
    }
}

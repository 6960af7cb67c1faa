import NIOCore
import Synchronization

/// Lets the same message through once in a while, so that a fault met a thousand times a second fills no log.
final class LogGate: Sendable {
    /// Messages remembered; beyond, all are forgotten, and said again.
    static let messagesMax = 256

    private let period: TimeAmount
    private let passed = Mutex<[String: NIODeadline]>([:])

    init(period: TimeAmount) { self.period = period }

    func lets(_ message: String) -> Bool {
        let now = NIODeadline.now()
        return passed.withLock { passed in
            if let last = passed[message], now < last + period { return false }
            if passed.count >= Self.messagesMax { passed.removeAll() }
            passed[message] = now
            return true
        }
    }
}

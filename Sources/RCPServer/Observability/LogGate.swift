import NIOCore
import Synchronization

/// Lets the same message through once in a while, so that a fault met a thousand times a second fills no log.
package final class LogGate: Sendable {
    /// Messages remembered; beyond, all are forgotten, and said again.
    static let messagesMax = 256

    private struct State {
        var passed: [String: NIODeadline] = [:]
        var periodEnd = NIODeadline.now()
        var passedInPeriod = 0
    }

    private let period: TimeAmount
    private let messagesPerPeriodMax: Int
    private let state = Mutex(State())

    /// - Parameter messagesPerPeriodMax: of different messages together; for those that strangers can vary.
    package init(period: TimeAmount, messagesPerPeriodMax: Int = .max) {
        self.period = period
        self.messagesPerPeriodMax = messagesPerPeriodMax
    }

    package func lets(_ message: String, now: NIODeadline = .now()) -> Bool {
        state.withLock { state in
            if now >= state.periodEnd {
                state.periodEnd = now + period
                state.passedInPeriod = 0
            }
            if let last = state.passed[message], now < last + period { return false }
            guard state.passedInPeriod < messagesPerPeriodMax else { return false }
            if state.passed.count >= Self.messagesMax { state.passed.removeAll() }
            state.passed[message] = now
            state.passedInPeriod += 1
            return true
        }
    }
}

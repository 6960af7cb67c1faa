import NIOCore
import RCP
import ReturnsAPI
import Testing

@testable import RCPClient

@Suite("The retry plan, without a server")
struct RetryPlanTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    func plan(_ method: RCPMethod, attemptsMax: Int = 5, milliseconds: Int64 = 10_000) -> ClientRetryPlan {
        ClientRetryPlan(
            method: method, requestID: RCPRequestID(high: 0, low: 5), attemptsMax: attemptsMax,
            backoff: RCPBackoff(), deadline: Self.start + .milliseconds(milliseconds))
    }

    let read = HealthServiceMethods.echo
    let mutation = CaseServiceMethods.closeCase

    @Test("the number of attempts is bounded")
    func attempts() {
        var plan = plan(read, attemptsMax: 3)
        var generator = SystemRandomNumberGenerator()
        let lost = RCPStatus(code: .unavailable, outcome: .unknown)
        for bound in [50, 100] {
            guard
                case .retry(let wait) = plan.attemptFailed(
                    lost, .byBackoff, now: Self.start, using: &generator)
            else {
                Issue.record("given up too early")
                return
            }
            #expect((0...Int64(bound)).contains(wait))
        }
        guard
            case .giveUp(let status) = plan.attemptFailed(
                lost, .byBackoff, now: Self.start, using: &generator)
        else {
            Issue.record("a fourth attempt")
            return
        }
        #expect(status.outcome == .notApplied)
    }

    @Test("a wait that ends after the deadline is not begun")
    func deadline() {
        var plan = plan(mutation, milliseconds: 100)
        var generator = SystemRandomNumberGenerator()
        let busy = RCPStatus(code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 100)
        #expect(plan.attemptFailed(busy, .byBackoff, now: Self.start, using: &generator) == .giveUp(busy))
    }

    @Test("a connection's own backoff paces calls that were never written")
    func neverWritten() {
        var plan = plan(mutation)
        var generator = SystemRandomNumberGenerator()
        let refused = RCPStatus(code: .unavailable, outcome: .notApplied)
        let decision = plan.attemptFailed(refused, .byConnection, now: Self.start, using: &generator)
        #expect(decision == .retry(afterMilliseconds: 0))
        #expect(plan.outcome == .notApplied)
    }

    @Test("the backoff's bound doubles up to its cap, and every wait lies below it")
    func backoff() {
        let backoff = RCPBackoff(base: .milliseconds(50), cap: .seconds(5))
        let bounds = (1...9).map { backoff.boundMilliseconds(afterFailures: $0) }
        #expect(bounds == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(backoff.boundMilliseconds(afterFailures: .max) == 5_000)
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<1_000).map { _ in backoff.waitMilliseconds(afterFailures: 3, using: &generator) }
        #expect(waits.allSatisfy { (0...200).contains($0) })
        #expect(Set(waits).count > 50, "full jitter draws from the whole range")
    }
}

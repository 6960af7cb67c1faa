import NIOCore
import ReturnsWire
import Testing

@testable import ReturnsClient

@Suite("The retry plan, without a server")
struct RetryPlanTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    func plan(_ method: RCPMethod, attemptsMax: Int = 5, milliseconds: Int64 = 10_000) -> ClientRetryPlan {
        ClientRetryPlan(
            method: method, requestID: RCPRequestID(high: 0, low: 5), attemptsMax: attemptsMax,
            backoff: ReturnsBackoff(), deadline: Self.start + .milliseconds(milliseconds))
    }

    let read = HealthServiceMethods.echo
    let mutation = CaseServiceMethods.closeCase

    struct Row: Sendable {
        var code: RCPStatusCode
        var outcome: RCPOutcome
        var retryAfter: Int32
        var isRetried: Bool
    }

    @Test(
        "which failures are sent again",
        arguments: [
            Row(code: .unavailable, outcome: .notApplied, retryAfter: 0, isRetried: true),
            Row(code: .unavailable, outcome: .unknown, retryAfter: 0, isRetried: true),
            Row(code: .unavailable, outcome: .notApplied, retryAfter: -1, isRetried: false),
            Row(code: .resourceExhausted, outcome: .notApplied, retryAfter: 50, isRetried: true),
            Row(code: .resourceExhausted, outcome: .notApplied, retryAfter: -1, isRetried: false),
            Row(code: .aborted, outcome: .notApplied, retryAfter: 10, isRetried: true),
            Row(code: .aborted, outcome: .notApplied, retryAfter: -1, isRetried: false),
            Row(code: .internalError, outcome: .unknown, retryAfter: 0, isRetried: true),
            Row(code: .invalidArgument, outcome: .notApplied, retryAfter: 0, isRetried: false),
            Row(code: .notFound, outcome: .notApplied, retryAfter: 0, isRetried: false),
            Row(code: .alreadyExists, outcome: .notApplied, retryAfter: 0, isRetried: false),
            Row(code: .permissionDenied, outcome: .notApplied, retryAfter: 0, isRetried: false),
            Row(code: .unauthenticated, outcome: .notApplied, retryAfter: 0, isRetried: false),
            Row(code: .failedPrecondition, outcome: .notApplied, retryAfter: 0, isRetried: false),
        ])
    func rows(_ row: Row) {
        for method in [read, mutation] {
            var plan = plan(method)
            var generator = SystemRandomNumberGenerator()
            let status = RCPStatus(
                code: row.code, outcome: row.outcome, retryAfterMilliseconds: row.retryAfter)
            switch plan.attemptFailed(status, .byBackoff, now: Self.start, using: &generator) {
            case .retry(let wait):
                #expect(row.isRetried)
                // The server's wait is a lower bound, with one wait of the backoff's first bound on top.
                let least = Int64(max(0, row.retryAfter))
                #expect((least...least + 50).contains(wait))
            case .giveUp:
                #expect(!row.isRetried)
            }
        }
    }

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

    @Test("a doubt about one attempt stays until the server has decided under the request id")
    func doubt() {
        var generator = SystemRandomNumberGenerator()
        let lost = RCPStatus(code: .unavailable, outcome: .unknown)
        for (code, outcome) in [
            (RCPStatusCode.unauthenticated, RCPOutcome.unknown), (.permissionDenied, .unknown),
            (.failedPrecondition, .notApplied), (.notFound, .notApplied), (.aborted, .notApplied),
        ] {
            var plan = plan(mutation)
            _ = plan.attemptFailed(lost, .byBackoff, now: Self.start, using: &generator)
            let last = RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: -1)
            guard
                case .giveUp(let status) = plan.attemptFailed(
                    last, .byBackoff, now: Self.start, using: &generator)
            else {
                Issue.record("\(code.name) was retried")
                continue
            }
            #expect(status.outcome == outcome, "\(code.name)")
        }
    }

    @Test("a connection's own backoff paces calls that were never written")
    func neverWritten() {
        var plan = plan(mutation)
        var generator = SystemRandomNumberGenerator()
        let refused = RCPStatus(code: .unavailable, outcome: .notApplied)
        let decision = plan.attemptFailed(refused, .byConnection, now: Self.start, using: &generator)
        #expect(decision == .retry(afterMilliseconds: 0))
        #expect(!plan.mayHaveBeenApplied)
    }

    @Test("the backoff's bound doubles up to its cap, and every wait lies below it")
    func backoff() {
        let backoff = ReturnsBackoff(baseMilliseconds: 50, capMilliseconds: 5_000)
        let bounds = (1...9).map { backoff.boundMilliseconds(afterFailures: $0) }
        #expect(bounds == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(backoff.boundMilliseconds(afterFailures: .max) == 5_000)
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<1_000).map { _ in backoff.waitMilliseconds(afterFailures: 3, using: &generator) }
        #expect(waits.allSatisfy { (0...200).contains($0) })
        #expect(Set(waits).count > 50, "full jitter draws from the whole range")
    }
}

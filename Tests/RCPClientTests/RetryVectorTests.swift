import Foundation
import NIOCore
import RCP
import ReturnsAPI
import TestSupport
import Testing

@testable import RCPClient

/// `Protocol/vectors/retries.json`: SPEC.md §7.4, which the Python client's tests run too.
@Suite("Retries as SPEC.md §7.4 has them")
struct RetryVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Step: Decodable, Sendable {
            var attempt: Attempt
            var wait: [Int64]?
        }

        struct Attempt: Decodable, Sendable {
            var end: String
            var code: String?
            var outcome: String?
            var retry_after: Int32?
            var replayed: Bool?
            var was_sent: Bool?
        }

        var name: String
        var method: String
        var tokens: Int
        var decided: Int
        var left_milliseconds: Int64
        var attempts: [Step]
        var code: String
        var outcome: String
        /// Nil if it succeeds.
        var retry_after: Int32?

        var testDescription: String { name }

        static let all = try! JSONDecoder().decode([Vector].self, from: file("retries.json"))
    }

    struct Defaults: Decodable {
        struct Retry: Decodable {
            var attempts_max: Int
            var backoff_milliseconds: Int64
            var backoff_milliseconds_max: Int64
            var budget_tokens: Double
            var budget_ratio: Double
            var codes: [String]
            var waits_for_ready: Bool
            var unary_timeout_milliseconds: UInt32
        }

        var retry: Retry
    }

    private static func file(_ name: String) throws -> Data {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Data(contentsOf: root.appending(path: "Protocol/vectors/\(name)"))
    }

    @Test("what is waited for, and what the call comes to", arguments: Vector.all)
    func vector(_ vector: Vector) throws {
        let configuration = RCPClientConfiguration(credentials: .none)
        let budget = ClientRetryBudget(configuration.retryBudget)
        for _ in vector.tokens..<Int(configuration.retryBudget.tokensMax) { _ = budget.failed() }
        for _ in 0..<vector.decided { budget.decided() }
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let method = vector.method == "mutation" ? CaseServiceMethods.closeCase : HealthServiceMethods.echo
        var plan = ClientRetryPlan(
            method: method, requestID: RCPRequestID(high: 0, low: 5), attemptsMax: configuration.attemptsMax,
            backoff: configuration.backoff, deadline: start + .milliseconds(vector.left_milliseconds))
        var generator = SystemRandomNumberGenerator()
        for step in vector.attempts {
            if step.attempt.end == "undecodable" {
                try expect(vector, undecodable: step.attempt, of: method, plan)
                continue
            }
            let (status, pace) = try Self.failure(step.attempt)
            if status.code == .ok {
                let head = RCPResponseHead(status: status, replayed: step.attempt.replayed ?? false)
                #expect(vector.code == "OK" && plan.outcome(of: head).name == vector.outcome)
                continue
            }
            let allows = budget.charge(status, pace)
            let decision = plan.attemptFailed(
                status, pace, budgetAllows: allows, now: start, using: &generator)
            switch (decision, step.wait) {
            case (.retry(let wait), let bounds?): #expect((bounds[0]...bounds[1]).contains(wait))
            case (.giveUp(let status), nil):
                #expect(status.code.name == vector.code && status.outcome.name == vector.outcome)
                #expect(status.retryAfterMilliseconds == vector.retry_after)
            default: Issue.record("\(decision)")
            }
        }
    }

    /// A success ends the plan, so what is told of it is not the plan's.
    private func expect(
        _ vector: Vector, undecodable attempt: Vector.Attempt, of method: RCPMethod, _ plan: ClientRetryPlan
    ) throws {
        let outcome = try #require(RCPOutcome.allCases.first { $0.name == attempt.outcome })
        var head = RCPResponseHead(outcome: outcome, replayed: attempt.replayed ?? false)
        head.status.outcome = plan.outcome(of: head)
        let error = RCPStatus(code: .internalError, outcome: .unknown)
        let status = RCPClient.undecodable(error, of: method, head)
        #expect(status.code.name == vector.code && status.outcome.name == vector.outcome)
        #expect(status.retryAfterMilliseconds == vector.retry_after)
    }

    private static func failure(_ attempt: Vector.Attempt) throws -> (RCPStatus, ClientCallPace) {
        func status(_ outcome: RCPOutcome, _ retryAfter: Int32) throws -> RCPStatus {
            let code = try #require(RCPStatusCode.allCases.first { $0.name == attempt.code })
            return RCPStatus(code: code, outcome: outcome, retryAfterMilliseconds: retryAfter)
        }
        switch attempt.end {
        case "not_sent", "unseen":
            return (RCPStatus(code: .unavailable, outcome: .notApplied), .byConnection)
        case "lost": return (RCPStatus(code: .unavailable, outcome: .unknown), .byBackoff)
        case "broken": return (try status(.unknown, -1), .byBackoff)
        case "given_up":
            let wasSent = attempt.was_sent ?? false
            let status = try givenUp(attempt.code, wasSent ? .unknown : .notApplied)
            return (status, wasSent ? .byBackoff : .byConnection)
        case "answered":
            let outcome = try #require(RCPOutcome.allCases.first { $0.name == attempt.outcome })
            return (try status(outcome, try #require(attempt.retry_after)), .byBackoff)
        default:
            Issue.record("an end that this test does not know: \(attempt.end)")
            throw CancellationError()
        }
    }

    /// As the client itself makes it.
    private static func givenUp(_ code: String?, _ outcome: RCPOutcome) throws -> RCPStatus {
        let status: RCPStatus =
            code == "CANCELLED" ? .cancelledHere(outcome) : .deadlinePassed(outcome: outcome)
        #expect(status.code.name == code && status.outcome == outcome)
        return status
    }

    @Test("the defaults are those of the table")
    func defaults() throws {
        let retry = try JSONDecoder().decode(Defaults.self, from: Self.file("fixture.json")).retry
        let configuration = RCPClientConfiguration(credentials: .none)
        #expect(configuration.attemptsMax == retry.attempts_max)
        #expect(configuration.backoff.base == .milliseconds(retry.backoff_milliseconds))
        #expect(configuration.backoff.cap == .milliseconds(retry.backoff_milliseconds_max))
        #expect(configuration.retryBudget.tokensMax == retry.budget_tokens)
        #expect(configuration.retryBudget.tokensPerSuccess == retry.budget_ratio)
        #expect(configuration.failsFast == !retry.waits_for_ready)
        #expect(configuration.timeout == .milliseconds(retry.unary_timeout_milliseconds))
        let codes = RCPStatusCode.allCases.filter {
            RCPStatus(code: $0, outcome: .notApplied, retryAfterMilliseconds: 0).mayPass
        }
        #expect(codes.map(\.name).sorted() == retry.codes)
    }

    @Test("the defaults are those of SPEC.md's text")
    func text() throws {
        let retry = try JSONDecoder().decode(Defaults.self, from: Self.file("fixture.json")).retry
        let text = try Specification().text.replacing("\n", with: " ")
        for sentence in [
            "drawn evenly from 0 to \(retry.backoff_milliseconds) ms × 2ⁿ⁻¹",
            "at most to \(retry.backoff_milliseconds_max / 1000) s.",
            "a client has \(Int(retry.budget_tokens)) at most and at first",
            "gives back \(retry.budget_ratio).",
            "attemptsMax is \(retry.attempts_max).",
            "A unary call's time is \(retry.unary_timeout_milliseconds / 1000) s unless",
        ] {
            #expect(text.contains(sentence), "\(sentence)")
        }
    }
}

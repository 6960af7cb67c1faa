import Foundation
import Logging
import NIOCore
import NIOPosix
import RCP
import RCPServices
import TestSupport
import Testing

@testable import RCPServer

/// The router alone, without a connection.
@Suite struct RCPRouterTests {
    private let log = CapturedLog()

    private func router() -> RCPRouter {
        TestServer.router(Gate(), log.logger, MultiThreadedEventLoopGroup.singleton.next()) { request, _ in
            echo(request)
        }
    }

    private func failure(
        _ method: RCPMethod, deadlineNanoseconds: UInt64? = nil, _ error: any Error,
        _ reporter: RCPFailureReporter? = nil
    ) -> RCPStatus {
        let context = RCPCallContext(
            method: method, principal: RCPPrincipal(name: "anna", roles: []), requestID: .zero,
            timeoutMilliseconds: 0, deadlineNanoseconds: deadlineNanoseconds, metadata: [], onBehalfOf: nil,
            message: ByteBuffer())
        return (reporter ?? RCPFailureReporter(logger: log.logger)).status(of: error, context)
    }

    private struct Logged: RCPStatusConvertible {
        let logMessage: String?
        var logLevel = Logger.Level.error
        var status: RCPStatus { RCPStatus(code: .failedPrecondition, text: "t") }
    }

    /// What goes on for as long as a changeover rings no alarm, and fills no log, in however many words it comes.
    @Test func whatIsNoErrorIsWrittenDownOnceInAWhile() {
        let reporter = RCPFailureReporter(logger: log.logger)
        for message in ["newer 1", "newer 2", "newer 1"] {
            _ = failure(TestMethods.change, Logged(logMessage: message, logLevel: .notice), reporter)
        }
        for message in ["fault 1", "fault 2", "fault 1"] {
            _ = failure(TestMethods.change, Logged(logMessage: message), reporter)
        }
        let lines = log.text.split(separator: "\n").map {
            $0.split(separator: " ").prefix(3).joined(separator: " ")
        }
        #expect(lines == ["notice newer 1", "error fault 1", "error fault 2"])
    }

    @Test func aStatusIsSentAsItIs() {
        let detail = RCPErrorDetail(field: "lines[0]", reason: "X", allowed: ["a"])
        let status = RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: 7, text: "t", details: [detail])
        #expect(failure(TestMethods.change, status) == status)
    }

    @Test func aReadOnlyCallNeverAppliesAnything() {
        #expect(failure(TestMethods.gate, RCPStatus(code: .internalError)).outcome == .notApplied)
        #expect(failure(TestMethods.change, RCPStatus(code: .internalError)).outcome == .unknown)
    }

    @Test func aCancellationIsToldFromADeadline() {
        #expect(failure(TestMethods.change, CancellationError()).code == .cancelled)
        #expect(
            failure(TestMethods.change, deadlineNanoseconds: 1, CancellationError()).code == .deadlineExceeded
        )
        #expect(
            failure(TestMethods.change, deadlineNanoseconds: .max, CancellationError()).code == .cancelled)
    }

    /// SPEC.md §7.4: a failure behind a change does not undo it.
    @Test func whatFailsBehindAChangeKeepsItsOutcome() {
        let refused = RCPStatus(
            code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: 200, text: "no store")
        let made = failure(TestMethods.change, RCPFailureAfterChange(outcome: .applied, cause: refused))
        #expect(made.outcome == .applied && made.code == .unavailable && made.retryAfterMilliseconds == 200)
        #expect(made.text == "the change was made, but: no store")
        #expect(made.retryRule == .withSameRequestID)
        let partly = failure(
            TestMethods.change, RCPFailureAfterChange(outcome: .unknown, cause: CancellationError()))
        #expect(partly.outcome == .unknown && partly.code == .cancelled)
        let read = failure(TestMethods.gate, RCPFailureAfterChange(outcome: .applied, cause: refused))
        #expect(read.outcome == .notApplied)
    }

    @Test(arguments: [
        (RCPOutcome.notApplied, RCPOutcome.notApplied, RCPOutcome.notApplied),
        (.notApplied, .unknown, .unknown), (.unknown, .notApplied, .unknown), (.unknown, .unknown, .unknown),
        (.applied, .unknown, .applied), (.unknown, .applied, .applied), (.applied, .notApplied, .applied),
        (.notApplied, .applied, .applied), (.applied, .applied, .applied),
    ])
    func outcomesJoin(_ first: RCPOutcome, _ second: RCPOutcome, _ together: RCPOutcome) {
        #expect(first.joined(with: second) == together)
    }

    /// SPEC.md §8.3: another server may have carried out the same request, and be the only one that knows its field.
    @Test(
        arguments: [
            (TestMethods.echo, RCPOutcome.applied, RCPOutcome.notApplied),
            (TestMethods.change, .applied, .applied), (TestMethods.change, .notApplied, .notApplied),
            (TestMethods.change, .unknown, .unknown), (TestMethods.change, nil, .unknown),
        ] as [(RCPMethod, RCPOutcome?, RCPOutcome)])
    func aFieldThatIsNotKnownIsRefusedWithWhatIsKnownOfTheRequest(
        _ method: RCPMethod, _ earlier: RCPOutcome?, _ outcome: RCPOutcome
    ) async throws {
        for fails in [false, true] {
            var router = RCPRouter(failures: RCPFailureReporter(logger: log.logger)) { _, context in
                #expect(context.requestID == RCPRequestID(high: 0, low: 1))
                if fails { throw SecretError() }
                return earlier
            }
            router.register(method) { (request: EchoRequest, _) in echo(request) }
            let context = RCPCallContext(
                method: method, principal: RCPPrincipal(name: "anna", roles: []),
                requestID: RCPRequestID(high: 0, low: 1),
                timeoutMilliseconds: 0, deadlineNanoseconds: nil, metadata: [], onBehalfOf: nil,
                message: ByteBuffer(bytes: [0xF8, 0x7C, 1]))
            let status = await router.route(method).respond(context, nil).head.status
            #expect(status.details.map(\.reason) == ["FIELD_UNKNOWN"] && status.details[0].field == "1999")
            let isAsked = method.idempotency == .mutation
            #expect(status.outcome == (fails && isAsked ? .unknown : outcome))
        }
    }

    @Test func anUnexpectedErrorTellsNothingButItsNumber() throws {
        let status = failure(TestMethods.change, SecretError())
        #expect(status.code == .internalError)
        #expect(status.outcome == .unknown)
        #expect(!status.text.contains("canary") && !log.text.contains("canary"))
        let incident = try #require(status.text.split(separator: " ").last)
        #expect(log.text.contains(incident))
        #expect(log.text.contains("SecretError") && log.text.contains("test.v1.TestService/Change"))
        #expect(!log.text.contains("anna"))
    }

    @Test func methodsAreListedById() {
        let ids = router().methods.map(\.id)
        #expect(ids == ids.sorted())
        #expect(ids.contains(TestMethods.echo.id))
    }

    @Test(arguments: [
        (TestMethods.restricted, ["operator"], true), (TestMethods.restricted, ["keeper", "member"], true),
        (TestMethods.restricted, ["member", "admin"], false), (TestMethods.restricted, [], false),
        (TestMethods.restricted, ["unheard-of"], false), (TestMethods.gate, [], true),
    ])
    func rolesAreThoseOfTheMethod(_ method: RCPMethod, _ roles: [String], _ isAllowed: Bool) {
        let principal = RCPPrincipal(name: "anna", roles: Set(roles))
        let router = router()
        #expect(router.route(method).admits(router.mask(of: principal)) == isAllowed)
        #expect(principal.mayCall(method) == isAllowed)
    }
}

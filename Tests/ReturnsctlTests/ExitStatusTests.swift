import RCP
import Testing

@testable import returnsctl

@Suite("Exit statuses and what is said")
struct ExitStatusTests {
    @Test(
        "every status has its exit status",
        arguments: [
            (RCPStatusCode.ok, RCPOutcome.applied, Exit.done), (.cancelled, .unknown, .outcomeUnknown),
            (.cancelled, .notApplied, .failed), (.unknown, .unknown, .outcomeUnknown),
            (.unknown, .notApplied, .failed),
            (.invalidArgument, .notApplied, .failed), (.deadlineExceeded, .unknown, .outcomeUnknown),
            (.deadlineExceeded, .notApplied, .unavailable), (.notFound, .notApplied, .notFound),
            (.alreadyExists, .notApplied, .conflict), (.permissionDenied, .notApplied, .notAllowed),
            (.resourceExhausted, .notApplied, .failed), (.failedPrecondition, .notApplied, .conflict),
            (.aborted, .notApplied, .conflict), (.outOfRange, .notApplied, .conflict),
            (.unimplemented, .notApplied, .failed), (.internalError, .unknown, .outcomeUnknown),
            (.internalError, .notApplied, .failed), (.unavailable, .unknown, .outcomeUnknown),
            (.unavailable, .notApplied, .unavailable), (.dataLoss, .unknown, .outcomeUnknown),
            (.dataLoss, .notApplied, .failed), (.unauthenticated, .notApplied, .notAllowed),
            // An earlier attempt may have been applied: that weighs more than how the last one was refused.
            (.failedPrecondition, .unknown, .outcomeUnknown), (.notFound, .unknown, .outcomeUnknown),
            (.unauthenticated, .unknown, .outcomeUnknown), (.resourceExhausted, .unknown, .outcomeUnknown),
            (.aborted, .unknown, .outcomeUnknown), (.invalidArgument, .unknown, .outcomeUnknown),
            // It was done: nobody may read "not there now" and send it anew.
            (.unavailable, .applied, .failed), (.notFound, .applied, .failed), (.dataLoss, .applied, .failed),
        ])
    func table(code: RCPStatusCode, outcome: RCPOutcome, exit: Exit) {
        #expect(Exit(RCPStatus(code: code, outcome: outcome)) == exit)
    }

    @Test("exhausted with a time to wait is unavailable")
    func exhausted() {
        let status = RCPStatus(code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 100)
        #expect(Exit(status) == .unavailable)
    }

    @Test("what was done is said to be done")
    func applied() {
        let status = RCPStatus(
            code: .unavailable, outcome: .applied, text: "the change was made, but: no store")
        let text = FailureReport.text(CaseFailure(status: status, caseID: "C1"), style: .plain).text
        #expect(text.hasSuffix("do not send it again, but look at it: returnsctl case timeline C1"))
    }

    @Test("the numbers are those scripts rely on")
    func numbers() {
        #expect(Exit.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 130])
    }

    @Test("a refused step says why, what is allowed, and what to type")
    func refusal() {
        let status = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "a received case cannot be approved",
            details: [
                RCPErrorDetail(
                    field: "", reason: "STEP_NOT_ALLOWED", text: "a received case cannot be approved",
                    allowed: ["inspect", "note", "attach_document"])
            ])
        let (text, exit) = FailureReport.text(CaseFailure(status: status, caseID: "C1"), style: .plain)
        #expect(exit == .conflict)
        #expect(
            text == """
                error: a received case cannot be approved (FAILED_PRECONDITION)
                  [STEP_NOT_ALLOWED]
                  allowed now: inspect, note, attach_document
                  type next:
                    returnsctl case inspect C1 --line LINE:accept=UNITS,refuse=UNITS
                """)
    }

    @Test("what to type is marked with who may, so that nobody is sent to be refused")
    func rolesOfSteps() {
        let status = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "no",
            details: [RCPErrorDetail(reason: "NO", allowed: ["inspect", "ship_back"])])
        let steps = [
            StoryTests.step(.inspect, .warehouse), StoryTests.step(.shipBack, .warehouse, .logistics),
        ]
        let failure = CaseFailure(status: status, caseID: "C1", steps: steps)
        let text = FailureReport.text(failure, style: .plain).text
        #expect(
            text.contains(
                "    returnsctl case inspect C1 --line LINE:accept=UNITS,refuse=UNITS  # warehouse\n"))
        let shipBack = "returnsctl case ship-back C1 --carrier NAME --tracking-no NO"
        #expect(text.hasSuffix("    \(shipBack)  # warehouse or logistics"))
    }

    @Test("a wrong field is named")
    func field() {
        let status = RCPStatus(
            code: .invalidArgument, outcome: .notApplied, text: "the request is malformed",
            details: [
                RCPErrorDetail(field: "lines[2].quantity", reason: "QUANTITY_EXCEEDED", text: "3 are left")
            ])
        let (text, exit) = FailureReport.text(status, style: .plain)
        #expect(exit == .failed)
        #expect(text.contains("  lines[2].quantity: 3 are left [QUANTITY_EXCEEDED]"))
        let made = RCPStatus(
            code: .failedPrecondition, outcome: .applied, text: "the change was made, but: it is newer",
            details: [RCPErrorDetail(reason: "RECORD_NEWER", text: "it is newer")])
        let (told, _) = FailureReport.text(made, style: .plain)
        #expect(told.components(separatedBy: "it is newer").count == 2 && told.contains("  [RECORD_NEWER]"))
    }

    @Test("a server's text cannot drive the terminal")
    func unsafeText() {
        let status = RCPStatus(code: .notFound, outcome: .notApplied, text: "no \u{1B}[2Jcase")
        #expect(!FailureReport.text(status, style: .plain).text.contains("\u{1B}"))
    }
}

import ArgumentParser
import RCP
import ReturnsAPI

/// Following up, and the ends of a case.
enum EndingVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseFollowUp.self, CaseClose.self, CaseCancel.self, CaseReopen.self]
    }
}

struct CaseFollowUp: CaseVerb {
    static let step = CaseStep(.followUp) { situation in
        let isNeeded = situation.value == nil || situation.needs(.followUp)
        return [
            StepWay("--reached --score 1-5", isAside: !isNeeded), StepWay("--no-reached", isAside: !isNeeded),
        ]
    }
    static let configuration = CommandConfiguration(
        commandName: "follow-up", abstract: "Record an attempt to ask the customer afterwards.")
    @Flag(inversion: .prefixedNo, help: "The customer was reached.") var reached: Bool
    @Option(help: "1 to 5.") var score: UInt32 = 0
    @Option(help: "What the customer said.") var comments = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_RecordFollowUpRequest.with {
            $0.target = change
            $0.reached = reached
            $0.score = score
            $0.comments = comments
        }
        return try await session.client.cases.recordFollowUp(request, options: options)
    }
}

struct CaseClose: CaseVerb {
    static let step = CaseStep(.close)
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a case that owes nothing any more.")
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This closes case" }

    var mayEndRight: Bool { true }

    /// Closing a refused return takes from the customer what the refusal has left open.
    func warning(_ value: Returns_V1_Case, _ steps: [Returns_V1_AllowedCommand]) -> String? {
        let rights: [(Returns_V1_CommandKind, String)] = [
            (.appeal, "appeal"), (.acceptAlternative, "take the alternative"),
        ]
        let open = rights.filter { right in steps.contains { $0.command == right.0 } }.map(\.1)
        guard value.state == .rejected, !open.isEmpty else { return nil }
        let end = value.runningClocks.first { $0.kind == .appeal }.map {
            " until \(TimeFormat.screen.text(milliseconds: $0.dueAtMs))"
        }
        return
            "The customer could still \(open.joined(separator: " or "))\(end ?? ""): closing ends that right."
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        try await session.client.cases.closeCase(.with { $0.target = change }, options: options)
    }
}

struct CaseCancel: CaseVerb {
    static let step = CaseStep(.cancel, flags: "--reason TEXT", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a case before anything was shipped.")
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This cancels case" }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_CancelCaseRequest.with {
            $0.target = change
            $0.reason = reason
        }
        return try await session.client.cases.cancelCase(request, options: options)
    }
}

struct CaseReopen: CaseVerb {
    static let step = CaseStep(.reopen, flags: "--reason TEXT", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: "Take an expired or closed case up again.")
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This reopens case" }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ReopenCaseRequest.with {
            $0.target = change
            $0.reason = reason
        }
        return try await session.client.cases.reopenCase(request, options: options)
    }
}

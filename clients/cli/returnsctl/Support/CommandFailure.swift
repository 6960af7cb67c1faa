import ReturnsClient
import ReturnsWire

let outcomeUnknownReason = ReturnsClient.outcomeUnknownReason

/// A failure that returnsctl itself found: what went wrong, and what to do.
struct CommandFailure: Error {
    var exit: ExitStatus
    var text: String
    /// What to do, one line each.
    var hints: [String]

    init(_ exit: ExitStatus, _ text: String, hints: [String] = []) {
        self.exit = exit
        self.text = text
        self.hints = hints
    }

    static func usage(_ text: String, hints: [String] = []) -> CommandFailure {
        CommandFailure(.usage, text, hints: hints)
    }
}

/// A refusal by the server, with the case it is about, so that the report can say what to type next.
struct CaseFailure: Error {
    var status: RCPStatus
    var caseID: String
}

/// Everything is said already; only the exit status is left.
struct QuietExit: Error {
    var exit: ExitStatus
}

import RCP
import ReturnsAPI
import ReturnsClient

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

extension CommandFailure {
    /// Under a request id that the user has repeated: the earlier request differed, so this one says nothing new.
    static func requestIDReused(caseID: String?) -> CommandFailure {
        CommandFailure(
            .conflict,
            "a request under this id was carried out already, and it was not quite the same as this one",
            hints: [
                "[\(RCPStatus.requestIDReusedReason)]",
                caseID.map { "look what was done: \(NextLine.returnsctl("case timeline \($0)"))" }
                    ?? "look what was done",
                "for another change leave --request-id out",
            ])
    }
}

/// A refusal by the server, with the case it is about, so that the report can say what to type next.
struct CaseFailure: Error {
    var status: RCPStatus
    var caseID: String
    /// What can be done now, and by whom; empty where that was not asked.
    var steps: [Returns_V1_AllowedCommand] = []
    /// The case as it is; nil where that was not asked.
    var value: Returns_V1_Case?
    /// The step that was refused.
    var refused = Returns_V1_CommandKind.unspecified
    /// Who asked; none where that is not known.
    var roles: [Returns_V1_Role] = []
}

/// A change that may have been made, with the command line that makes sure of it.
struct UnknownOutcome: Error {
    var status: RCPStatus
    var caseID: String?
    var repetition: String
}

/// The token that a returnsd on this machine wrote for its administrator is nobody's, as after a restore. There may be no other
/// administrator to ask.
struct UnknownToken: Error {
    var status: RCPStatus
    var file: String
    /// Which was asked.
    var server: RCPAddress

    /// Nobody may be let in for another reason: a certificate, or a principal of which a newer server knows more. A handshake that
    /// is refused has a text alone (SPEC.md §4.3), so it is known by the server's words.
    static func isSaid(by status: RCPStatus) -> Bool {
        status.code == .unauthenticated && status.text.contains("the token is unknown")
    }

    var advice: [String] {
        [
            "\(server) was asked; a token is of one store's servers, so if you meant another one: --server ADDRESS",
            "if it is the right one, \(file) holds no token of this server's any more; for a new one stop the server and type, with its flags: returnsd --new-admin-token",
        ]
    }
}

/// Everything is said already; only the exit status is left.
struct QuietExit: Error {
    var exit: ExitStatus
}

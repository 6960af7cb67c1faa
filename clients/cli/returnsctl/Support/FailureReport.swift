import Foundation
import MoneyFormat
import RCP
import ReturnsAPI

/// What stderr says when a command has failed: what went wrong, where, and what to do.
enum FailureReport {
    static func text(_ error: any Error, style: Style) -> (text: String, exit: ExitStatus) {
        switch error {
        case let failure as CommandFailure:
            return (lines(failure.text, failure.hints, style), failure.exit)
        case let failure as CaseFailure:
            return (
                text(failure.status, of: failure, caseID: failure.caseID, style), ExitStatus(failure.status)
            )
        case let failure as UnknownOutcome:
            let advice = advice(failure)
            return (
                text(failure.status, caseID: failure.caseID, advice: advice, style),
                ExitStatus(failure.status)
            )
        case let failure as UnknownToken:
            return (
                text(failure.status, caseID: nil, advice: failure.advice, style), ExitStatus(failure.status)
            )
        case let status as RCPStatus:
            return (text(status, caseID: nil, style), ExitStatus(status))
        case let failure as OutputFailure:
            return (lines(failure.text, failure.hints, style), .failed)
        case let quiet as QuietExit:
            return ("", quiet.exit)
        case let fault as MoneyFormat.Fault:
            return (lines(fault.text, [], style), .usage)
        case is CancellationError:
            return ("", .interrupted)
        case let error as CocoaError:
            return (lines(error.localizedDescription, [], style), .failed)
        default:
            return (lines("\(error)", [], style), .failed)
        }
    }

    private static func lines(_ text: String, _ hints: [String], _ style: Style) -> String {
        (["\(style.boldRed("error:")) \(TextWidth.safe(text))"] + hints.map { "  \(TextWidth.safe($0))" })
            .joined(separator: "\n")
    }

    private static func text(
        _ status: RCPStatus, of failure: CaseFailure? = nil, caseID: String?, advice: [String] = [],
        _ style: Style
    ) -> String {
        let exit = ExitStatus(status)
        let screen = TimeFormat.screen
        let headline =
            status.text.isEmpty ? "the server answered \(status.code.name)" : screen.restated(status.text)
        var hints: [String] = []
        for detail in status.details {
            let flag = detail.reason == "FIELD_REQUIRED" ? option(ofField: detail.field) : ""
            let place = detail.field.isEmpty ? "" : "\(detail.field)\(flag): "
            // A detail that only repeats the headline, or its end, still names field and reason.
            let words = status.text.hasSuffix(detail.text) ? "" : "\(screen.restated(detail.text)) "
            hints.append("\(place)\(words)[\(detail.reason)]")
        }
        let allowed = allowed(status)
        if !allowed.isEmpty { hints.append("allowed now: \(allowed.joined(separator: ", "))") }
        // Its text says what to type, and first of all is not the case's next step.
        let saysWhatToType = status.details.contains { $0.reason == "RECONCILE_FIRST" }
        if exit == .conflict, let failure, !saysWhatToType { hints += next(failure, status, allowed) }
        hints += advice + self.advice(exit, status, failure)
        if status.outcome == .applied {
            let look = caseID.map { ": \(NextLine.returnsctl("case timeline \($0)"))" } ?? ""
            hints.append("it was done; do not send it again, but look at it\(look)")
        }
        return lines("\(headline) (\(status.code.name))", hints, style)
    }

    /// " (--other-method-reason)" of other_method_reason, where the line that was typed can say it; else empty.
    private static func option(ofField field: String) -> String {
        let name = RefusedLine.option(ofField: field)
        let command = VerbGuide.path(in: Array(CommandLine.arguments.dropFirst())).command
        return KnownOptions(of: command).option(name) == nil ? "" : " (\(name))"
    }

    /// The lines to type next, but for the one that was refused.
    private static func next(
        _ failure: CaseFailure, _ status: RCPStatus, _ allowed: [String]
    ) -> [String] {
        let steps = allowed.compactMap(CommandGuide.command(named:)).map { command in
            failure.steps.first { $0.command == command } ?? .with { $0.command = command }
        }
        var situation = CaseSituation(value: failure.value, reasons: Set(status.details.map(\.reason)))
        // Who met another's change looks at it, and may well want the same again.
        if status.code != .aborted {
            situation.refused = RefusedLine(
                command: failure.refused, words: Array(CommandLine.arguments.dropFirst()),
                faulty: Set(
                    status.details.filter { !$0.field.isEmpty }.map { RefusedLine.option(ofField: $0.field) })
            )
        }
        let next = CommandGuide.next(steps, caseID: failure.caseID, in: situation, for: failure.roles)
        return next.isEmpty
            ? ["look at it with: \(NextLine.returnsctl("case get \(failure.caseID)"))"]
            : ["type next:"] + next.map { "  \($0)" }
    }

    /// Every allowed action that the details name, once.
    static func allowed(_ status: RCPStatus) -> [String] {
        var seen = Set<String>()
        return status.details.flatMap(\.allowed).filter { seen.insert($0).inserted }
    }

    private static func advice(
        _ exit: ExitStatus, _ status: RCPStatus, _ failure: CaseFailure?
    ) -> [String] {
        switch exit {
        case .notAllowed:
            if let failure, let takers = takers(of: failure) { return [takers] }
            let isToken = status.code == .unauthenticated
            return [
                isToken
                    ? "log in with another --token-file, or by TLS with another --certificate-file and --key-file; or ask the server that the token is of: --server ADDRESS"
                    : "log in as somebody who may: --token-file FILE"
            ]
        case .done, .failed, .usage, .notFound, .conflict, .unavailable, .outcomeUnknown, .interrupted:
            return []
        }
    }

    /// Who may take the step that was refused to somebody of other roles; nil where that is not known.
    private static func takers(of failure: CaseFailure) -> String? {
        let takers = failure.steps.first { $0.command == failure.refused }?.roles ?? []
        guard !takers.isEmpty, !failure.roles.isEmpty, !failure.roles.contains(where: takers.contains) else {
            return nil
        }
        func list(_ roles: [Returns_V1_Role], _ between: String) -> String {
            roles.map { word($0) }.joined(separator: between)
        }
        return
            "\(list(takers, " or ")) may do this, and you are \(list(failure.roles, " and ")): log in as one of them with --token-file FILE"
    }

    private static func advice(_ failure: UnknownOutcome) -> [String] {
        let look = failure.caseID.map {
            "look whether it was done: \(NextLine.returnsctl("case timeline \($0)"))"
        }
        // A record that is damaged stays so, and with it the answer.
        if failure.status.code == .dataLoss {
            return [
                look ?? "look whether it was done",
                "the same request once more is answered in the same way; if it was not done, type the command anew, without --request-id",
            ]
        }
        return [
            look ?? "look whether it was done",
            "or send the same request once more, which does it only if it was not done:",
            "  \(failure.repetition)",
        ]
    }
}

import ArgumentParser
import ReturnsAPI

/// Which command line takes which step of the procedure, for "type this next": the verbs themselves tell (`CaseVerb.step`).
enum CommandGuide {
    /// The line to type for a step; nil for steps that nobody types for a case.
    static func line(
        _ command: Returns_V1_CommandKind, caseID: String, ofLostRefund: Bool = false
    ) -> String? {
        guard let verb = verbs[command] else { return nil }
        let flags = ofLostRefund ? lostRefundFlags : verb.step.flags
        return ["returnsctl", verb.path, caseID, flags].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static let lostRefundFlags = "succeeded --lost --refund-id ID --amount AMOUNT --voucher NO"
    private static let lostRefundNote =
        "if the gateway has paid it; other refunds wait: returnsctl admin info"

    /// Every verb that takes a step, with the words that lead to it.
    private static let verbs: [Returns_V1_CommandKind: (path: String, step: CaseStep)] = {
        var verbs: [Returns_V1_CommandKind: (path: String, step: CaseStep)] = [:]
        var pending: [(command: any ParsableCommand.Type, path: [String])] = [(Returnsctl.self, [])]
        while let (command, path) = pending.popLast() {
            if let verb = command as? any CaseVerb.Type {
                verbs[verb.step.kind] = (path.joined(separator: " "), verb.step)
            }
            pending += command.configuration.subcommands.map { ($0, path + [VerbGuide.name($0)]) }
        }
        return verbs
    }()

    /// Steps that are nearly always possible and seldom what comes next, and those that nobody types for a case.
    static func isAside(_ command: Returns_V1_CommandKind) -> Bool { verbs[command]?.step.isAside ?? true }

    /// What a server's "allowed" entry names; nil for an entry that is no step.
    static func command(named name: String) -> Returns_V1_CommandKind? {
        let prefix = "command_kind_"
        let word = snakeCase(name.allSatisfy { !$0.isLowercase } ? name.lowercased() : name)
        return value(
            ofWord: word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : word,
            as: Returns_V1_CommandKind.self)
    }

    /// The lines to type next: what moves the case on first, asides left out unless there is nothing else.
    ///
    /// - Parameter role: who asks; steps of others are marked with their roles, as a comment for shells.
    static func next(
        _ steps: [Returns_V1_AllowedCommand], caseID: String, for role: Returns_V1_Role? = nil
    ) -> [String] {
        let onward = steps.filter { !isAside($0.command) }
        return (onward.isEmpty ? steps : onward).compactMap { step in
            guard let line = line(step.command, caseID: caseID, ofLostRefund: step.ofLostRefund) else {
                return nil
            }
            let roles = step.roles.map { word($0) }.joined(separator: " or ")
            let isMine = step.roles.isEmpty || role.map(step.roles.contains) ?? false
            let who = step.forOthers ? "\(roles), somebody else" : isMine ? "" : roles
            let notes = [who, step.ofLostRefund ? lostRefundNote : ""].filter { !$0.isEmpty }
            return notes.isEmpty ? line : "\(line)  # \(notes.joined(separator: "; "))"
        }
    }
}

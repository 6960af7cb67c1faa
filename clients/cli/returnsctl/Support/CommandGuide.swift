import ArgumentParser
import ReturnsAPI

/// Which command line takes which step of the procedure, for "type this next": the verbs themselves tell (`CaseVerb.step`).
enum CommandGuide {
    /// The lines that take a step, as it fits the case; none for steps that nobody types for a case.
    static func lines(
        _ step: Returns_V1_AllowedCommand, caseID: String, in situation: CaseSituation
    ) -> [(text: String, way: StepWay)] {
        guard let verb = verbs[step.command] else { return [] }
        let ways = step.ofLostRefund ? [StepWay(lostRefundFlags)] : verb.step.ways(situation)
        return ways.map { way in
            let words = [verb.path, caseID, way.flags].filter { !$0.isEmpty }.joined(separator: " ")
            return (NextLine.returnsctl(words), way)
        }
    }

    private static let lostRefundFlags = "succeeded --lost --refund-id ID --amount AMOUNT --voucher NO"
    private static let lostRefundNote =
        "if the gateway has paid it; other refunds wait: \(NextLine.returnsctl("admin info"))"

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
    /// - Parameter asking: the roles of whoever asks; steps of others are marked with theirs, as a comment for shells.
    static func next(
        _ steps: [Returns_V1_AllowedCommand], caseID: String, in situation: CaseSituation,
        for asking: [Returns_V1_Role] = []
    ) -> [String] {
        let all = steps.flatMap { step in
            lines(step, caseID: caseID, in: situation)
                .filter { !(situation.refused?.isRepeated(by: $0.way, of: step.command) ?? false) }
                .map { (step: step, line: $0.text, way: $0.way) }
        }
        let onward = all.filter { !$0.way.isAside }
        return (onward.isEmpty ? all : onward).map { step, line, way in
            let takers = way.roles.isEmpty ? step.roles : way.roles
            let roles = takers.map { word($0) }.joined(separator: " or ")
            let isMine = takers.isEmpty || asking.contains(where: takers.contains)
            let who = step.forOthers ? "\(roles), somebody else" : isMine ? "" : roles
            let notes = [who, step.ofLostRefund ? lostRefundNote : "", way.note].filter { !$0.isEmpty }
            return notes.isEmpty ? line : "\(line)  # \(notes.joined(separator: "; "))"
        }
    }
}

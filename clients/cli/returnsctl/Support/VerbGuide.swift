import ArgumentParser

/// Says what was meant where a noun or verb is misspelt or missing; the parser only counts the words it cannot place.
enum VerbGuide {
    /// Options of `GlobalOptions` that take the next word; they may stand before noun and verb.
    private static let optionsWithValue: Set<String> = [
        "--server", "--token-file", "--ca-file", "--certificate-file", "--key-file", "--server-name",
        "--context", "-o",
        "--output", "--timeout", "--request-id", "--zone",
    ]
    /// A word further off than this is another word.
    private static let distanceMax = 3

    static func isNoun(_ command: any ParsableCommand.Type) -> Bool {
        !command.configuration.subcommands.isEmpty
    }

    /// What others call the verb that shows one thing.
    private static let wordsForGet: Set<String> = [
        "show", "view", "display", "print", "read", "info", "describe",
    ]

    /// What is wrong with the first word that names no noun or verb; nil if all of them do.
    static func misspelt(in arguments: [String]) -> CommandFailure? {
        let (path, _, wrong) = walk(arguments)
        guard let wrong else { return nil }
        let line = path.map(\.name).joined(separator: " ")
        let known = path[path.count - 1].command.configuration.subcommands.map(name)
        if wordsForGet.contains(wrong), known.contains("get") {
            return .usage(
                "there is no '\(line) \(wrong)'",
                hints: ["did you mean: \(line) get", "there are: \(known.joined(separator: ", "))"])
        }
        let nearest = known.map { (name: $0, distance: distance(wrong, $0)) }.min {
            $0.distance < $1.distance
        }
        var hints: [String] = []
        if let nearest, nearest.distance <= min(distanceMax, max(1, wrong.count / 2)) {
            hints.append("did you mean: \(line) \(nearest.name)")
        }
        hints.append("there are: \(known.joined(separator: ", "))")
        return .usage("there is no '\(line) \(wrong)'", hints: hints)
    }

    /// What to do about words too many, where that can be told: a text without quotes, or help that is asked for by a verb.
    static func surplus(in arguments: [String]) -> String? {
        let (path, _, _) = walk(arguments)
        let line = path.map(\.name).joined(separator: " ")
        let command = path[path.count - 1].command
        if isNoun(command) { return arguments.contains("help") ? "write: \(line) --help" : nil }
        let text = "A text of several words needs quotes: \(line)"
        if let option = arguments.first(where: textOptions.contains) {
            return "\(text) … \(option) \"TWO WORDS\""
        }
        return command == CaseNote.self ? "\(text) ID \"TWO WORDS\"" : nil
    }

    /// Those whose values are sentences.
    private static let textOptions: Set<String> = [
        "--reason", "--note", "--question", "--answer", "--comments", "--confirmation", "--alternative",
        "--override-reason", "--other-method-reason", "--instructions", "--return-address", "--address",
        "--status", "--place", "--carrier",
    ]

    /// The command that the words name, as far as they do, and how many words that takes.
    static func path(in arguments: [String]) -> (command: any ParsableCommand.Type, words: Int) {
        let path = walk(arguments).path
        return (path[path.count - 1].command, path.count - 1)
    }

    private struct Step {
        var name: String
        var command: any ParsableCommand.Type
    }

    private static func walk(_ arguments: [String]) -> (path: [Step], isVerb: Bool, wrong: String?) {
        var path = [Step(name: "returnsctl", command: Returnsctl.self)]
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
                continue
            }
            if argument.hasPrefix("-"), argument != "-" {
                isValue = optionsWithValue.contains(argument)
                continue
            }
            let subcommands = path[path.count - 1].command.configuration.subcommands
            if subcommands.isEmpty || argument == "help" { break }
            guard let found = subcommands.first(where: { name($0) == argument }) else {
                return (path, false, argument)
            }
            path.append(Step(name: argument, command: found))
        }
        return (path, !isNoun(path[path.count - 1].command), nil)
    }

    static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    /// Letters to change, add, drop or swap with a neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right))
        var rows = [Array(0...right.count)]
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(next[column], rows[row][column + 1]) + 1
                cost = min(cost, rows[row][column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, rows[row - 1][column - 1] + 1)
                }
                next.append(cost)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }
}

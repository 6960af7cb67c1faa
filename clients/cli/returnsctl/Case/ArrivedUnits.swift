import ReturnsAPI

/// The units of each line that can arrive, for whoever counts them.
enum ArrivedUnits {
    /// More lines than these are named by a form of the flag alone.
    static let namedLinesMax = 4

    /// Lines with units that are awaited, or that were lost and can still come.
    static func expected(in lines: [Returns_V1_CaseLine]) -> [Returns_V1_CaseLine] {
        lines.filter { $0.units.awaited + $0.units.lost > 0 }
    }

    /// "--line 1=0-2 --line 2=0-1": between which numbers the counts of each line lie.
    static func flags(_ lines: [Returns_V1_CaseLine]) -> String {
        guard lines.count <= namedLinesMax else { return "--line LINE=UNITS" }
        return lines.map { line in
            "--line " + ShellWord.quoted("\(line.lineID)=0-\(line.units.awaited + line.units.lost)")
        }.joined(separator: " ")
    }

    /// "line 1, MUG-1: 2 awaited, 1 reported lost"
    static func text(_ line: Returns_V1_CaseLine) -> String {
        let parts = [(line.units.awaited, "awaited"), (line.units.lost, "reported lost")]
        let units = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "line \(TextWidth.safe(line.lineID)), \(TextWidth.safe(line.sku)): \(units)"
    }

    /// Asks for the units of each line at the terminal.
    ///
    /// - Returns: those of which some have arrived.
    /// - Throws: usage where there is no terminal, with what could be meant.
    static func ask(
        _ value: Returns_V1_Case, _ byHand: Bool, _ session: Session
    ) async throws -> [Returns_V1_LineUnits] {
        let lines = expected(in: value.lines)
        guard !lines.isEmpty else {
            throw CurrentCase.nothingLeft(
                "no unit of case \(value.id) is awaited any more", value.id, session,
                hints: ["name what arrived with --line LINE=UNITS or --undeclared SKU=UNITS"])
        }
        guard Question.canBeAsked else { throw unsaid(value, lines, byHand) }
        var arrived: [Returns_V1_LineUnits] = []
        for line in lines {
            let units = try await Question.number("\(text(line)). How many arrived?")
            if units > 0 {
                arrived.append(
                    .with {
                        $0.lineID = line.lineID
                        $0.units = units
                    })
            }
        }
        guard !arrived.isEmpty else {
            Output.note(
                "nothing arrived, so nothing was changed; other goods are named with --undeclared SKU=UNITS")
            throw QuietExit(exit: .failed)
        }
        return arrived
    }

    /// The refusal to take all that is awaited for what came.
    static func unsaid(
        _ value: Returns_V1_Case, _ lines: [Returns_V1_CaseLine], _ byHand: Bool
    ) -> CommandFailure {
        func line(_ counts: String, note: String = "") -> String {
            let words = ["case receive", value.id, counts, byHand ? "--by-hand" : ""].filter { !$0.isEmpty }
            return NextLine.returnsctl(words.joined(separator: " "), note: note)
        }
        return .usage(
            "say how many units of each line arrived: \(lines.prefix(namedLinesMax).map(text).joined(separator: "; "))"
                + (lines.count > namedLinesMax ? "; and \(lines.count - namedLinesMax) more lines" : ""),
            hints: [line(flags(lines)), line("--all", note: "if all that is awaited has arrived")])
    }
}

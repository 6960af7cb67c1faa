import Foundation

/// Prints each result as soon as it is there, since a soak may take hours; JSON is one object, at the end.
struct ConformanceReport {
    let output: Output
    private var results: [ConformanceResult] = []

    private static let nameColumns = ConformanceCase.allCases.map(\.rawValue.count).max() ?? 0
    private static let resultColumns = ConformanceResult.Outcome.allCases.map(\.rawValue.count).max() ?? 0
    /// Hours of a soak still fit.
    private static let millisecondsColumns = 8

    init(output: Output) { self.output = output }

    var failed: Int { results.count { $0.outcome == .failed } }
    var passed: Int { results.count - failed }

    func begin() throws {
        guard output.isTable else { return }
        try output.data(output.style.dim(Self.line("CASE", "RESULT", "MS", "NOTE")))
    }

    mutating func add(_ result: ConformanceResult) throws {
        results.append(result)
        switch output.format {
        case .table: try output.data(line(result))
        case .json, .csv: break
        case .jsonl: try output.data(try Self.json(result))
        }
    }

    func end() throws {
        switch output.format {
        case .table:
            let text = "\(passed) passed, \(failed) failed"
            try output.data(failed == 0 ? output.style.green(text) : output.style.red(text))
        case .json:
            try output.data(try Self.json(Summary(cases: results, passed: passed, failed: failed)))
        case .jsonl, .csv:
            break
        }
    }

    private struct Summary: Encodable {
        var cases: [ConformanceResult]
        var passed, failed: Int
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func line(_ result: ConformanceResult) -> String {
        let style = output.style
        return Self.line(
            result.name.rawValue, result.outcome.rawValue, "\(result.milliseconds)", result.note
        ) {
            result.outcome == .passed ? style.green($0) : style.red($0)
        }
    }

    /// - Parameter colour: of the result, which is padded first: a terminal gives colours no column.
    private static func line(
        _ name: String, _ result: String, _ milliseconds: String, _ note: String,
        colour: (String) -> String = { $0 }
    ) -> String {
        let cells = [
            TextWidth.padded(name, to: nameColumns, alignment: .left),
            colour(TextWidth.padded(result, to: resultColumns, alignment: .left)),
            TextWidth.padded(milliseconds, to: millisecondsColumns, alignment: .right),
        ]
        return (note.isEmpty ? cells : cells + [TextWidth.safe(note)]).joined(separator: "  ")
    }
}

import Foundation

/// What became of the lines of an import.
struct ImportSummary {
    /// Of what a line holds, in the singular.
    var noun: String
    var totals: ImportReport.Totals
    var time: Duration
    /// By which times without an offset were read.
    var timeZone: String

    private var milliseconds: Int64 {
        time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
    }

    private var perSecond: Int {
        Int((Double(totals.finished) * 1_000 / Double(max(1, milliseconds))).rounded())
    }

    func text(_ style: Style) -> String {
        let results = ImportResult.allCases.compactMap { result in
            totals.results[result].map { "\($0) \(Self.name(result))" }
        }
        let parts = results.isEmpty ? "" : " (\(results.joined(separator: ", ")))"
        // What was not sent, the server may still refuse.
        let isTrial = (totals.results[.valid] ?? 0) > 0
        var lines = [
            "\(style.bold("\(counted(totals.accepted, noun)) \(isTrial ? "can be read" : "accepted")"))\(parts)"
        ]
        if isTrial { lines.append("nothing was sent: what the server would refuse is not known") }
        if totals.refused > 0 {
            lines.append(style.yellow("\(totals.refused) refused"))
            let reasons = totals.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            lines += reasons.map { "  \($0.value) \($0.key)" }
        }
        if totals.unanswered > 0 { lines.append(style.red("\(totals.unanswered) without an answer")) }
        lines.append("times without an offset were read as \(timeZone) (--time-zone)")
        lines.append("in \(DurationFormat.text(milliseconds: milliseconds)), \(perSecond)/s")
        return lines.joined(separator: "\n")
    }

    static func name(_ result: ImportResult) -> String {
        switch result {
        case .created: "new"
        case .updated: "changed"
        case .unchanged: "already there"
        case .valid: "valid, not sent"
        }
    }

    func json() throws -> String {
        struct Fields: Encodable {
            var accepted, created, updated, unchanged, valid, refused, unanswered: Int
            var refusedByReason: [String: Int]
            var milliseconds: Int64
            var timeZone: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let fields = Fields(
            accepted: totals.accepted, created: totals.results[.created] ?? 0,
            updated: totals.results[.updated] ?? 0,
            unchanged: totals.results[.unchanged] ?? 0, valid: totals.results[.valid] ?? 0,
            refused: totals.refused,
            unanswered: totals.unanswered, refusedByReason: totals.refusals, milliseconds: milliseconds,
            timeZone: timeZone)
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }
}

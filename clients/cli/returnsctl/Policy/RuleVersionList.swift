import ArgumentParser
import RCP

/// The versions of a policy, SLA policy or calendar, the newest first, with what each has changed.
struct RuleVersionList {
    struct Row {
        var version: UInt64
        var at: String
        var by: String
        /// In words; a line each.
        var changes: [String]
    }

    private(set) var rows: [Row] = []
    /// How many older versions are not among them.
    private(set) var older: UInt64 = 0

    /// - Parameters:
    ///   - request: Whose versions: of a calendar, with its name.
    ///   - limit: At most so many; each is a call.
    init<Put: VersionPut>(_ request: Put, limit: Int, _ session: Session) async throws {
        let newest = try await request.shown(0, session)
        var number = Put.currentVersion(of: newest)
        var after: Result<Put.Rule, RCPStatus> = .success(Put.rule(of: newest))
        while number > 0, rows.count < limit {
            let before = number > 1 ? try await Self.rule(request, number - 1, session) : nil
            rows.append(try Self.row(number, after, before, Put.self))
            number -= 1
            if let before { after = before }
        }
        older = number
    }

    /// A version that cannot be read hides no other.
    private static func rule<Put: VersionPut>(
        _ request: Put, _ version: UInt64, _ session: Session
    ) async throws -> Result<Put.Rule, RCPStatus> {
        do {
            return .success(Put.rule(of: try await request.shown(version, session)))
        } catch let status as RCPStatus where [.dataLoss, .failedPrecondition].contains(status.code) {
            return .failure(status)
        }
    }

    /// - Parameter before: Nil for the first version.
    private static func row<Put: VersionPut>(
        _ number: UInt64, _ rule: Result<Put.Rule, RCPStatus>, _ before: Result<Put.Rule, RCPStatus>?,
        _ type: Put.Type
    ) throws -> Row {
        switch rule {
        case .failure(let status): return Row(version: number, at: "", by: "", changes: [status.text])
        case .success(let rule):
            let origin = Put.origin(of: rule)
            // A new store's first versions are nobody's.
            let at =
                origin.atMilliseconds == 0 ? "" : TimeFormat.screen.text(milliseconds: origin.atMilliseconds)
            let changes: [String] =
                switch before {
                case nil: ["the first"]
                case .failure: ["the version before it cannot be read"]
                case .success(let before):
                    try RuleChanges(from: before, to: rule).lines
                }
            return Row(version: number, at: at, by: origin.by, changes: changes)
        }
    }

    func text(_ style: Style) -> String {
        var lines: [String] = []
        for row in rows {
            let origin = [row.at, row.by.isEmpty ? "" : "by \(TextWidth.safe(row.by))"]
                .filter { !$0.isEmpty }.joined(separator: " ")
            lines.append(style.bold("version \(row.version)") + (origin.isEmpty ? "" : ", \(origin)"))
            lines += row.changes.prefix(Self.changesShownMax).map { "  \(TextWidth.safe($0))" }
            let more = row.changes.count - Self.changesShownMax
            if more > 0 { lines.append("  … and \(counted(more, "change")) more: -o csv has all") }
        }
        if older > 0 { lines.append("\(counted(older, "older version")) not shown (--limit)") }
        return lines.joined(separator: "\n")
    }

    private static let changesShownMax = 12

    /// A row for each change.
    var csv: CSVRows {
        var list = CSVRows(["version", "since", "by", "change"])
        for row in rows {
            for change in row.changes.isEmpty ? [""] : row.changes {
                list.add([.count(row.version), .text(row.at), .text(row.by), .text(change)])
            }
        }
        return list
    }

    func show(_ session: Session) throws {
        switch session.output.format {
        case .csv: try session.output.csv(csv)
        case .table: try session.output.data(text(session.style))
        case .json: try session.output.data("[\(jsonLines.joined(separator: ","))]")
        case .jsonl: for line in jsonLines { try session.output.data(line) }
        }
    }

    private var jsonLines: [String] {
        rows.map { row in
            WholeJSON.line([
                ("version", .text("\(row.version)")), ("since", .text(row.at)), ("by", .text(row.by)),
                ("changes", .array(row.changes.map { .text($0) })),
            ])
        }
    }
}

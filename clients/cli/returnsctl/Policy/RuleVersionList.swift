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
        var (number, after) = try await Self.newest(request, session)
        while number > 0, rows.count < limit {
            let before = number > 1 ? try await Self.rule(request, number - 1, session) : nil
            rows.append(try Self.row(number, after, before, Put.self))
            number -= 1
            if let before { after = before }
        }
        older = number
    }

    /// The current version, and its number. Where it cannot be read, any other version tells the number.
    private static func newest<Put: VersionPut>(
        _ request: Put, _ session: Session
    ) async throws -> (UInt64, Result<Put.Rule, RCPStatus>) {
        switch try await shown(request, 0, session) {
        case .success(let newest): return (Put.currentVersion(of: newest), .success(Put.rule(of: newest)))
        case .failure(let unreadable):
            for version in 1...askedForTheNumberMax {
                do {
                    guard case .success(let other) = try await shown(request, version, session) else {
                        continue
                    }
                    return (Put.currentVersion(of: other), .failure(unreadable))
                } catch let status as RCPStatus where status.code == .notFound {
                    break
                }
            }
            throw unreadable
        }
    }

    private static let askedForTheNumberMax: UInt64 = 100

    private static func shown<Put: VersionPut>(
        _ request: Put, _ version: UInt64, _ session: Session
    ) async throws -> Result<Put.Shown, RCPStatus> {
        do {
            return .success(try await request.shown(version, session))
        } catch let status as RCPStatus where [.dataLoss, .failedPrecondition].contains(status.code) {
            return .failure(status)
        }
    }

    /// A version that cannot be read hides no other.
    private static func rule<Put: VersionPut>(
        _ request: Put, _ version: UInt64, _ session: Session
    ) async throws -> Result<Put.Rule, RCPStatus> {
        try await shown(request, version, session).map { Put.rule(of: $0) }
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
        if older > 0 { lines.append(notShown) }
        return lines.joined(separator: "\n")
    }

    private static let changesShownMax = 12

    private var notShown: String { "\(counted(older, "older version")) not shown (--limit)" }

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
        // A file that is cut has no place to say so.
        if older > 0, !session.output.isTable { Output.note("\(notShown): --limit all") }
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

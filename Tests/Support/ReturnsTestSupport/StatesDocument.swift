import Foundation
import ReturnsDomain

/// Protocol/STATES.md: what states, commands, tracks and clocks are by hand.
public struct StatesDocument: Sendable {
    public struct Clock: Sendable {
        public let owner: Role
        public let target: String
        public let warnings: String
        public let escalations: [Role]
        /// States, and groups of states, in which the clock can run.
        public let runsIn: [String]
        public let work: [CommandKind]
        public let heldIn: [CaseState]
        public let atBreach: String
        public let ends: Set<ClockEnd>
    }

    public struct Notice: Sendable {
        public let isRequired: Bool
        public let dueAfter: CommandKind
        public let overtakenBy: [CommandKind]
    }

    /// Malformed documents stop the tests: there is nothing to compare with.
    public static let shared = StatesDocument()

    /// In the order of the table, with the heads of their columns.
    public let states: [(state: CaseState, head: String)]
    public let groups: [String: Set<CaseState>]
    public let letters: [Character: Role]
    /// The table of commands by state: its header, then its rows.
    public let grid: [[String]]
    /// Of each command, whether it leads to the end.
    public let leadsToTheEnd: [CommandKind: Bool]
    public let settling: [(condition: String, state: CaseState)]
    /// Of each track, the values that it takes.
    public let tracks: [String: Set<Track>]
    public let notices: [NoticeOccasion: Notice]
    /// Of each resolution, whether it is one of refused, lost and awaited units.
    public let resolutions: [UnitResolution: [Bool]]
    public let clocks: [ClockKind: Clock]
    public let closingNeeds: [ClosingNeedKind]
    /// Of each type, who attaches it.
    public let documents: [DocumentType: [Role]]
    /// Of each duty's name, its steps.
    public let duties: [String: [CommandKind]]

    private init() {
        let text = Self.read()
        let tables = { (heading: String) in Self.tables(text, heading) }
        states = tables("States")[0].dropFirst().map { (CaseState(name: $0[0])!, $0[1]) }
        groups = Self.dictionary(tables("States")[1]) {
            ($0[0], Set(Self.names($0[1], CaseState.init(name:))))
        }
        let letters = Self.dictionary(tables("Roles")[0]) { (Character($0[1]), Role(name: $0[0])!) }
        self.letters = letters
        grid = tables("Commands by state")[0]
        leadsToTheEnd = Self.dictionary(tables("What the commands do")[0]) {
            (CommandKind(name: $0[0])!, Self.flag($0[1]))
        }
        settling = tables("Settling")[0].dropFirst().map { ($0[0], CaseState(name: $0[1])!) }
        let trackTable = tables("Tracks")[0]
        let values = trackTable[0].dropFirst().map { Track(name: $0)! }
        tracks = Self.dictionary(trackTable) { row in
            (row[0], Set(zip(values, row.dropFirst()).filter { $1 != "–" }.map(\.0)))
        }
        notices = Self.dictionary(tables("Notices")[0]) { row in
            (
                NoticeOccasion(name: row[0])!,
                Notice(
                    isRequired: Self.flag(row[1]), dueAfter: CommandKind(name: row[2])!,
                    overtakenBy: Self.names(row[3], CommandKind.init(name:)))
            )
        }
        resolutions = Self.dictionary(tables("Units")[0]) {
            (UnitResolution(name: $0[0])!, $0[1...3].map(Self.flag))
        }
        clocks = Self.dictionary(tables("Clocks")[0]) { row in
            (
                ClockKind(name: row[0])!,
                Clock(
                    owner: Role(name: row[1])!, target: row[2], warnings: row[3],
                    escalations: Self.names(row[4], Role.init(name:)), runsIn: Self.list(row[5]),
                    work: Self.names(row[6], CommandKind.init(name:)),
                    heldIn: Self.names(row[7], CaseState.init(name:)), atBreach: row[8],
                    ends: Set(Self.names(row[9], ClockEnd.init(name:))))
            )
        }
        closingNeeds = tables("Closing")[0].dropFirst().map { ClosingNeedKind(name: $0[0])! }
        documents = Self.dictionary(tables("Documents")[0]) {
            (DocumentType(name: $0[0])!, $0[1].map { letters[$0]! })
        }
        duties = Self.dictionary(tables("Separate duties")[0]) {
            ($0[0], Self.names($0[1], CommandKind.init(name:)))
        }
    }

    /// The states that a list of states and of groups of them names.
    public func states(_ names: [String]) -> Set<CaseState> {
        names.reduce(into: []) { $0.formUnion(groups[$1] ?? [CaseState(name: $1)!]) }
    }

    // MARK: Reading

    private static func read() -> [Substring] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try! String(contentsOf: root.appending(path: "Protocol/STATES.md"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The tables of a section, each with its header and without the line below that.
    private static func tables(_ lines: [Substring], _ heading: String) -> [[[String]]] {
        let section = lines.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
        let tables = section.split { !$0.hasPrefix("|") }.map { rows in
            rows.filter { !$0.hasPrefix("|---") }.map { row in
                row.dropFirst().dropLast().split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            }
        }
        precondition(!tables.isEmpty, "Protocol/STATES.md has no table under \(heading)")
        for row in tables.joined() {
            precondition(
                tables.contains { $0[0].count == row.count }, "a row under \(heading) lacks cells: \(row)")
        }
        return tables
    }

    private static func dictionary<Key, Value>(
        _ table: [[String]], _ entry: ([String]) -> (Key, Value)
    ) -> [Key: Value] {
        Dictionary(uniqueKeysWithValues: table.dropFirst().map(entry))
    }

    private static func list(_ cell: String) -> [String] {
        cell == "–" ? [] : cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func names<Code>(_ cell: String, _ code: (String) -> Code?) -> [Code] {
        list(cell).map { name in
            guard let code = code(name) else {
                preconditionFailure("Protocol/STATES.md names \(name), which is no \(Code.self)")
            }
            return code
        }
    }

    private static func flag(_ cell: String) -> Bool {
        precondition(cell == "yes" || cell == "no", "Protocol/STATES.md has \(cell) for yes or no")
        return cell == "yes"
    }
}

import ReturnsDomain

/// How often each command was accepted in each state, and which walks led there.
public struct WalkRows: Sendable {
    public struct Row: Hashable, Sendable {
        public var state: CaseState
        public var command: CommandKind

        public init(state: CaseState, command: CommandKind) {
            self.state = state
            self.command = command
        }
    }

    public private(set) var counts: [Row: Int] = [:]
    public private(set) var submissions = 0
    /// What the commands made of states, tracks and clocks.
    public private(set) var observations = Observations()
    /// Walks of each theme, and what they took.
    private var walks: [WalkTheme: Int] = [:]
    private var countsByTheme: [WalkTheme: [Row: Int]] = [:]

    public init() {}

    public func count(_ state: CaseState, _ command: CommandKind) -> Int {
        counts[Row(state: state, command: command)] ?? 0
    }

    public mutating func began(_ theme: WalkTheme) { walks[theme, default: 0] += 1 }

    /// Counts under the state that the command found, after the clocks that had fallen due.
    public mutating func add(_ transition: CaseTransition, _ command: CommandKind, _ theme: WalkTheme) {
        observations.add(transition, command)
        guard let state = transition.stateFound(by: command) else {
            submissions += 1
            return
        }
        let row = Row(state: state, command: command)
        counts[row, default: 0] += 1
        countsByTheme[theme, default: [:]][row, default: 0] += 1
    }

    public mutating func merge(_ other: WalkRows) {
        counts.merge(other.counts, uniquingKeysWith: +)
        submissions += other.submissions
        observations.merge(other.observations)
        walks.merge(other.walks, uniquingKeysWith: +)
        countsByTheme.merge(other.countsByTheme) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// The theme whose walks have led most often to the row that is the rarest so far.
    var themeOfRarestRow: WalkTheme? {
        guard let row = rarestRow else { return nil }
        func yield(_ theme: WalkTheme) -> Double {
            Double(countsByTheme[theme]?[row] ?? 0) / Double(max(1, walks[theme] ?? 0))
        }
        return WalkTheme.allCases.max { yield($0) < yield($1) }
    }

    /// Of equally rare ones the first in the order of the table, so that a seed gives the same walk every time.
    private var rarestRow: Row? {
        var rarest: (row: Row, count: Int)?
        for command in CommandKind.allCases {
            for state in CaseState.allCases {
                let row = Row(state: state, command: command)
                guard let count = counts[row], count < rarest?.count ?? .max else { continue }
                rarest = (row, count)
            }
        }
        return rarest?.row
    }

    /// The cells of the matrix that take a command, and took it less often than wanted.
    public func rare(below least: Int) -> [String] {
        var rare: [String] = []
        for command in CommandKind.allCases {
            for state in CaseState.allCases
            where StateCommandMatrix.cells[command]?[state]?.isTaken == true {
                if count(state, command) < least {
                    rare.append("\(command) in \(state): \(count(state, command))")
                }
            }
        }
        return rare
    }

    /// The cells that refuse a command, and took it all the same.
    public var forbidden: [String] {
        counts.keys.filter { StateCommandMatrix.cells[$0.command]?[$0.state]?.isTaken != true }
            .map { "\($0.command) in \($0.state)" }.sorted()
    }

    /// One line per command: each state in which it was accepted, and how often.
    public var table: String {
        var lines = ["submit: – \(submissions)"]
        for command in CommandKind.allCases where command != .submit {
            let cells = CaseState.allCases.filter { count($0, command) > 0 }.map {
                "\($0) \(count($0, command))"
            }
            lines.append("\(command): \(cells.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}

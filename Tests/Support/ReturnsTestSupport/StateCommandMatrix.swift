import ReturnsDomain

/// What every command is by hand (Protocol/STATES.md): its method, who may take it, and where it leads from each state.
public enum StateCommandMatrix {
    public enum Cell: Hashable, Sendable {
        /// The state refuses it.
        case refused
        /// The state would take it, but there the ledgers never do.
        case neverByLedgers
        /// It leads to one of these states; with `settles`, also to the one that follows from what is owed.
        case taken(to: Set<CaseState>, settles: Bool)

        public var isTaken: Bool {
            if case .taken = self { true } else { false }
        }
    }

    public struct Row: Sendable {
        public let method: String
        /// A principal with several of them acts in the first.
        public let roles: [Role]
        public let cells: [CaseState: Cell]
    }

    public static let rows: [CommandKind: Row] = {
        let document = StatesDocument.shared
        let heads = Dictionary(uniqueKeysWithValues: document.states.map { ($0.head, $0.state) })
        let states = document.grid[0].dropFirst(3).map { heads[$0]! }
        var rows: [CommandKind: Row] = [:]
        for line in document.grid.dropFirst() {
            var cells: [CaseState: Cell] = [:]
            for (state, marks) in zip(states, line.dropFirst(3)) {
                cells[state] = cell(marks, of: state, heads)
            }
            let row = Row(
                method: "returns.v1.\(line[1])", roles: line[2].map { document.letters[$0]! }, cells: cells)
            let earlier = rows.updateValue(row, forKey: CommandKind(name: line[0])!)
            precondition(earlier == nil, "\(line[0]) has two rows")
        }
        return rows
    }()

    /// Every cell of the grid, by command and state.
    public static let cells = rows.mapValues(\.cells)

    /// The commands of a state's column that are taken there, submission, sweeps and recomputing left out as `allowed`
    /// does.
    public static func taken(in state: CaseState) -> Set<CommandKind> {
        Set(
            CommandKind.allCases.filter {
                cells[$0]?[state]?.isTaken == true && $0 != .sweep && $0 != .recompute
            })
    }

    private static func cell(_ marks: String, of state: CaseState, _ heads: [String: CaseState]) -> Cell {
        switch marks {
        case ".": return .refused
        case "-": return .neverByLedgers
        default:
            let words = marks.split(separator: " ")
            let to = words.filter { $0 != "*" }.map { $0 == "=" ? state : heads[String($0)]! }
            return .taken(to: Set(to), settles: words.contains("*"))
        }
    }
}

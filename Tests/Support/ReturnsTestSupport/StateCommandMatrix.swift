import Foundation
import ReturnsDomain

/// What every command is by hand (`Tests/Support/command-table.txt`): its method, who may take it, and in which states.
public enum StateCommandMatrix {
    public struct Row: Sendable {
        public let method: String
        public let roles: Set<Role>
        public let cells: [CaseState: Character]
    }

    /// The columns' heads.
    public static let columns: [String: CaseState] = [
        "su": .submitted, "in": .infoNeeded, "ap": .approved, "re": .rejected, "pi": .pickupScheduled,
        "it": .inTransit, "ex": .exception, "rc": .received, "ql": .qualified, "nc": .nonconforming,
        "rg": .refunding, "rf": .refundFailed, "rd": .refunded, "sb": .shipBack, "al": .alternative,
        "cl": .closed, "ca": .cancelled, "xp": .expired,
    ]

    /// In the table's letters.
    public static let letters: [Character: Role] = [
        "c": .channel, "s": .service, "l": .logistics, "w": .warehouse, "f": .finance, "v": .supervisor,
        "y": .system, "a": .admin,
    ]

    public static let rows: [CommandKind: Row] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "command-table.txt")
        let lines = try! String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
        let states = lines[0].dropFirst(3).map { columns[$0]! }
        var rows: [CommandKind: Row] = [:]
        for line in lines.dropFirst() {
            let marks = line.dropFirst(3).map { Character($0) }
            precondition(marks.count == states.count, "the row of \(line[0]) has \(marks.count) cells")
            rows[CommandKind(name: line[0])!] = Row(
                method: "returns.v1.\(line[1])", roles: Set(line[2].map { letters[$0]! }),
                cells: Dictionary(uniqueKeysWithValues: zip(states, marks)))
        }
        return rows
    }()

    /// Every cell of the grid, by command and state.
    public static let cells = rows.mapValues(\.cells)

    /// The commands of a state's column that are taken there, submission, sweeps and recomputing left out as `allowed`
    /// does.
    public static func taken(in state: CaseState) -> Set<CommandKind> {
        Set(CommandKind.allCases.filter { cells[$0]?[state] == "+" && $0 != .sweep && $0 != .recompute })
    }
}

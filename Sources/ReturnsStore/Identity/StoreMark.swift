/// What a server knows of its store outside Redis: which store it is, the runs it has seen, and how many changes of each slot were
/// acknowledged to it. A Redis that has fewer has lost some.
public struct StoreMark: Hashable, Sendable {
    /// Nil before a server has met its store.
    public var storeID: String?
    /// The oldest first; the last is the one that the counts are of.
    public var runs: [StoreRun]
    /// By `StoreSlot.all`.
    public var acknowledged: [Int64]

    /// Before a server has met its store.
    public static let none = StoreMark(storeID: nil, runs: [], acknowledged: [])

    public init(storeID: String?, runs: [StoreRun], acknowledged: [Int64]) {
        self.storeID = storeID
        self.runs = runs
        self.acknowledged = acknowledged
    }

    private static let head = "returns store mark 1"

    /// Four lines: what this is, store, runs, counts.
    public var text: String {
        """
        \(Self.head)
        \(storeID ?? "-")
        \(runs.map(\.description).joined(separator: " "))
        \(acknowledged.map(String.init).joined(separator: " "))

        """
    }

    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0] == Self.head, lines[4].isEmpty, let runs = StoreRun.list(lines[2])
        else { return nil }
        let counts = lines[3].split(separator: " ").map { Int64($0) }
        guard !counts.contains(where: { $0 == nil || $0! < 0 }) else { return nil }
        self.init(
            storeID: lines[1] == "-" ? nil : String(lines[1]), runs: runs,
            acknowledged: counts.compactMap(\.self))
    }
}

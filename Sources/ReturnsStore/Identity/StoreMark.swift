/// What a server knows of its store outside Redis: which store it is, the runs it has seen, and how many changes of each slot were
/// acknowledged to it. A Redis that has fewer has lost some.
public struct StoreMark: Hashable, Sendable {
    /// Nil before a server has met its store.
    public var storeID: String?
    /// The oldest first; the last is the one that the counts are of.
    public var runs: [StoreRun]
    /// By `StoreSlot.all`.
    public var acknowledged: [Int64]
    /// Runs that went on elsewhere when a loss was accepted, the oldest first: a Redis that is at one of these is a former one.
    public private(set) var left: [StoreRun]

    /// Before a server has met its store.
    public static let none = StoreMark(storeID: nil, runs: [], acknowledged: [])

    /// So many are remembered.
    static let leftMax = 64

    public init(storeID: String?, runs: [StoreRun], acknowledged: [Int64], left: [StoreRun] = []) {
        self.storeID = storeID
        self.runs = runs
        self.acknowledged = acknowledged
        self.left = left
    }

    /// Of a store as it is adopted.
    func following(_ record: StoreRecord, acknowledged: [Int64]) -> StoreMark {
        let isSame = storeID == record.id
        let common = isSame ? runs.lastIndex { record.runs.contains($0) } : nil
        let gone = left + runs[(common.map { $0 + 1 } ?? 0)...]
        return StoreMark(
            storeID: record.id, runs: record.runs, acknowledged: acknowledged,
            left: gone.filter { !record.runs.contains($0) }.suffix(Self.leftMax))
    }

    /// What was acknowledged counts no more, whichever store comes next.
    func forgetting() -> StoreMark {
        StoreMark(storeID: nil, runs: [], acknowledged: acknowledged.map { _ in 0 }, left: left + runs)
    }

    private static let headWords = "returns store mark "
    private static let format = "2"
    private static var head: String { headWords + format }

    /// Whether this begins as a mark does that another version of this server wrote.
    public static func isOfAnotherFormat(_ text: String) -> Bool {
        guard let line = text.split(separator: "\n", omittingEmptySubsequences: false).first,
            line.hasPrefix(headWords)
        else { return false }
        let number = line.dropFirst(headWords.count)
        return number != format && Int(number) != nil
    }

    /// Five lines: what this is, store, runs, counts, runs that were left.
    public var text: String {
        """
        \(Self.head)
        \(storeID ?? "-")
        \(runs.map(\.description).joined(separator: " "))
        \(acknowledged.map(String.init).joined(separator: " "))
        \(left.map(\.description).joined(separator: " "))

        """
    }

    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[0] == Self.head, lines[5].isEmpty, let runs = StoreRun.list(lines[2]),
            let left = StoreRun.list(lines[4])
        else { return nil }
        let counts = lines[3].split(separator: " ").map { Int64($0) }
        guard !counts.contains(where: { $0 == nil || $0! < 0 }) else { return nil }
        self.init(
            storeID: lines[1] == "-" ? nil : String(lines[1]), runs: runs,
            acknowledged: counts.compactMap(\.self), left: left)
    }
}

import NIOCore
import ReturnsDomain
import ReturnsStore

/// A place in the walk over all open cases: partition by partition, in each by submission. A case stays at its place for as
/// long as it is open, so each is met once.
struct OpenCasesCursor: LosslessStringConvertible {
    var partition: Int
    /// Nil at the beginning of the partition.
    var after: CaseID?

    var description: String { "\(partition)" + (after.map { "-\($0)" } ?? "") }

    init(partition: Int, after: CaseID? = nil) {
        self.partition = partition
        self.after = after
    }

    /// - Returns: nil for a text that no place has.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let partition = Int(parts[0]), partition >= 0 else { return nil }
        self.init(partition: partition)
        if parts.count == 2 {
            guard let id = CaseID(parts[1]) else { return nil }
            after = id
        }
        // One place has one text.
        guard description == text else { return nil }
    }
}

/// Walks over all open cases.
struct OpenCasesPage {
    /// Nil when there are no more.
    private(set) var cursor: OpenCasesCursor?
    private let store: ReturnsStore
    private let deadline: NIODeadline

    init(cursor: OpenCasesCursor, store: ReturnsStore, deadline: NIODeadline) {
        self.cursor = cursor
        self.store = store
        self.deadline = deadline
    }

    /// One that is no longer open, or cannot be read, is for the caller to find out.
    mutating func next(_ limit: Int) async throws(StoreError) -> [CaseID] {
        var ids: [CaseID] = []
        while let at = cursor, ids.count < limit {
            guard at.partition < store.partitioning.count else {
                cursor = nil
                break
            }
            let found = try await store.list(
                .open, partitions: at.partition..<(at.partition + 1), after: at.after,
                limit: limit - ids.count, deadline: deadline)
            ids += found.ids
            cursor =
                found.hasMore
                ? OpenCasesCursor(partition: at.partition, after: found.ids.last)
                : OpenCasesCursor(partition: at.partition + 1)
        }
        return ids
    }
}

import NIOCore
import ReturnsDomain
import ReturnsStore

/// A place in the walk over all cases: partition by partition, in each by the last change. A case that changes meanwhile
/// moves ahead of the walk, so none is missed; one that the walk itself changes is met once more.
struct OpenCasesCursor: CustomStringConvertible {
    var partition: Int
    /// Nil at the beginning of the partition.
    var after: IndexMember?

    var description: String {
        after.map { "\(partition)-\($0.updatedAt.milliseconds)-\($0.id)" } ?? "\(partition)"
    }

    init(partition: Int, after: IndexMember? = nil) {
        self.partition = partition
        self.after = after
    }

    /// - Parameter text: Empty at the very beginning.
    init(_ text: String) throws(CaseRejection) {
        self.init(partition: 0)
        if text.isEmpty { return }
        let parts = text.split(separator: "-")
        guard [1, 3].contains(parts.count), let partition = Int(parts[0]), partition >= 0 else {
            throw .cursorMalformed
        }
        self.partition = partition
        guard parts.count == 3 else { return }
        guard let time = Int64(parts[1]), let id = CaseID(parts[2]) else { throw .cursorMalformed }
        after = IndexMember(updatedAt: Instant(milliseconds: time), id: id)
    }
}

/// Walks over all cases, and gives those that are open.
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

    /// - Parameter limit: Of cases looked at; fewer of them may be open.
    mutating func next(_ limit: Int) async throws(StoreError) -> [CaseID] {
        var ids: [CaseID] = []
        while let at = cursor, ids.count < limit {
            guard at.partition < store.partitioning.count else {
                cursor = nil
                break
            }
            let wanted = limit - ids.count
            let members = try await store.list(
                .all, partition: at.partition, after: at.after, limit: wanted, deadline: deadline)
            ids += members.map(\.id)
            cursor =
                members.count < wanted
                ? OpenCasesCursor(partition: at.partition + 1)
                : OpenCasesCursor(partition: at.partition, after: members.last)
        }
        return try await store.loadCases(ids, deadline: deadline).filter { !$0.state.isTerminal }.map(\.id)
    }
}

extension CaseRejection {
    static let cursorMalformed = CaseRejection.invalid(
        "CURSOR_MALFORMED", "cursor", "give the cursor as the page before gave it, or none")
}

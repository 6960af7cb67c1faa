import NIOCore
import ReturnsDomain
import ReturnsStore

/// A place in the walk over all cases: partition by partition, in each by the last change. A case that changes meanwhile
/// moves ahead of the walk, so none is missed; one that the walk itself changes is met once more.
struct OpenCasesCursor: CustomStringConvertible {
    /// When the walk began.
    var start: Instant
    var partition: Int
    /// Nil at the beginning of the partition.
    var after: IndexMember?

    var description: String {
        "\(start)-\(partition)" + (after.map { "-\($0.updatedAt)-\($0.id)" } ?? "")
    }

    init(start: Instant, partition: Int, after: IndexMember? = nil) {
        self.start = start
        self.partition = partition
        self.after = after
    }

    /// - Parameter text: Empty at the very beginning.
    init(_ text: String, now: Instant) throws(CaseRejection) {
        self.init(start: now, partition: 0)
        if text.isEmpty { return }
        let parts = text.split(separator: "-")
        guard [2, 4].contains(parts.count), let start = Int64(parts[0]), let partition = Int(parts[1]),
            partition >= 0
        else { throw .cursorMalformed }
        self.start = Instant(milliseconds: start)
        self.partition = partition
        guard parts.count == 4 else { return }
        guard let time = Int64(parts[2]), let id = CaseID(parts[3]) else { throw .cursorMalformed }
        after = IndexMember(updatedAt: Instant(milliseconds: time), id: id)
    }
}

/// Walks over all cases, and gives those that are open.
struct OpenCasesPage {
    /// Nil when there are no more.
    private(set) var cursor: OpenCasesCursor?
    private let start: Instant
    private let store: ReturnsStore
    private let deadline: NIODeadline

    init(cursor: OpenCasesCursor, store: ReturnsStore, deadline: NIODeadline) {
        self.cursor = cursor
        start = cursor.start
        self.store = store
        self.deadline = deadline
    }

    /// Whether a case has changed since the walk began, as those do that it takes over.
    func changed(_ value: Case?) -> Bool { value.map { $0.updatedAt > start } ?? false }

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
                ? OpenCasesCursor(start: at.start, partition: at.partition + 1)
                : OpenCasesCursor(start: at.start, partition: at.partition, after: members.last)
        }
        // A case that cannot be read must not end the walk before it.
        return try await store.loadReadableCases(ids, deadline: deadline).filter { !$0.state.isTerminal }.map(
            \.id)
    }
}

extension CaseRejection {
    static let cursorMalformed = CaseRejection.invalid(
        "CURSOR_MALFORMED", "cursor", "give the cursor as the page before gave it, or none")
}

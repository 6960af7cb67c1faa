import NIOCore
import RedisClient
import ReturnsDomain

/// What is known of a case before its record is read.
public struct CaseOutline: Sendable {
    public let id: CaseID
    /// Nil where they are damaged: then nothing is known.
    private let facts: CaseFacts?

    init(id: CaseID, facts: CaseFacts?) {
        (self.id, self.facts) = (id, facts)
    }

    public var recordBytes: Int { facts?.recordBytes ?? CasePageReader.readBytesMax }
    /// Whether a department's part of it may be assigned to somebody.
    public var isAssigned: Bool { facts.map { !$0.people.isEmpty || !$0.teams.isEmpty } ?? true }

    public var saleChannel: String? { facts?.saleChannel }
    /// Whether something of it may have arrived, or been refunded, so that money may be owed. A state that is not known may be one.
    public var mayOweMoney: Bool { facts.map { $0.state.map(\.mayOweMoney) ?? true } ?? true }

    /// Whether one of its running clocks may be due before a time.
    public func mayBeDue(before: Instant) -> Bool {
        facts.map { facts in facts.firstDueAt.map { $0 < before } ?? false } ?? true
    }
}

/// Cases for lists, which show little of each: their records are read some at a time, so that a list never holds many.
extension ReturnsStore {
    /// What is known of these cases, which the store names. Those out of the scope are left out; of one that is damaged, or whose
    /// record is missing, nothing is known.
    public func outlines(
        of ids: [CaseID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [CaseOutline] {
        var outlines: [CaseOutline] = []
        var rest = ids.filter { keys($0) != nil }[...]
        while !rest.isEmpty {
            let some = rest.prefix(CasePageReader.factsReadMax)
            rest = rest.dropFirst(some.count)
            let replies = try await repliesToReads(
                some.map { id in
                    RedisCommand("HMGET", .text(StoreKeys(partition: id.partition).returnCase(id)), "v", "f")
                }, key: nil, deadline: deadline)
            for (id, reply) in zip(some, replies) {
                do throws(StoreError) {
                    let facts = try decodeFacts(reply, of: id)
                    guard scope.holds(facts.saleChannel) else { continue }
                    outlines.append(CaseOutline(id: id, facts: facts))
                } catch {
                    guard error.code == .corrupt else { throw error }
                    outlines.append(CaseOutline(id: id, facts: nil))
                }
            }
        }
        return outlines
    }

    /// Hands over each of these cases as it is now, one after the other. Those that cannot be read are left out, so that one of them
    /// does not hide the others.
    ///
    /// No more records are held than are read at once: so many, and of so many bytes, or one.
    ///
    /// - Parameter isReadOnly: Nothing is decided on them.
    /// - Returns: those in the scope that cannot be read.
    public func readCases(
        _ outlines: [CaseOutline], isReadOnly: Bool, deadline: NIODeadline = .distantFuture,
        _ use: (Case) -> Void
    ) async throws(StoreError) -> UnreadRecords<CaseID> {
        var unread = UnreadRecords<CaseID>()
        var rest = outlines[...]
        var sliceEnd = NIODeadline.now() + .microseconds(CasePageReader.sliceMicroseconds)
        while let first = rest.first {
            var bytes = first.recordBytes
            var some = [first.id]
            rest = rest.dropFirst()
            while let next = rest.first, some.count < CasePageReader.casesReadMax,
                bytes + next.recordBytes <= CasePageReader.readBytesMax
            {
                bytes += next.recordBytes
                some.append(next.id)
                rest = rest.dropFirst()
            }
            let replies = try await repliesToReads(some.map(loadCommand), key: nil, deadline: deadline)
            for (id, reply) in zip(some, replies) {
                if NIODeadline.now() >= sliceEnd {
                    await Task.yield()
                    sliceEnd = .now() + .microseconds(CasePageReader.sliceMicroseconds)
                }
                do throws(StoreError) {
                    let found = try await visibleCase(
                        reply, id, isNamed: true, isReadOnly: isReadOnly, deadline: deadline)
                    if let value = found { use(value) }
                } catch {
                    guard error.code == .corrupt else { throw error }
                    unread.note(id, error)
                }
            }
        }
        return unread
    }
}

import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Fills a page: is handed the ids of a list in their order, passes over those that do not match, and stops when the page
/// is full.
///
/// As long as most cases match and are small, it reads their records at once. Otherwise it reads the short facts of each, which
/// also tell how large it is, and the record only of those that match by them.
struct CasePageReader {
    struct Item {
        let id: CaseID
        let place: CasePlace
        /// In a list by deadline: the one that the case stands at, if it is the first of its running ones.
        var dueAt: Instant?

        func isOf(_ facts: CaseFacts) -> Bool { dueAt == nil || dueAt == facts.firstDueAt }
    }

    /// Facts, and records, that are asked for at once.
    static let factsReadMax = 256
    static let casesReadMax = 64
    static let readBytesMax = 256 << 10
    /// Records that are asked for at once before anything tells how large they are.
    static let unseenReadMax = 16
    /// Records up to this size are read so.
    static let unseenBytesMax = readBytesMax / unseenReadMax
    /// What the facts of a case count, its place in the listings included.
    static let factsBytes = 128
    /// Decoding in a row, before whatever else the event loop has to do gets its turn.
    static let sliceMicroseconds: Int64 = 1_000

    let store: ReturnsStore
    let filter: CaseFilter
    let limits: CasePageLimits
    /// The groups of fields that the reader may see.
    let groups: [CaseRecord.Group]
    let deadline: NIODeadline

    private(set) var page = CasePage()
    private var examined = 0
    private var bytes = 0
    /// Everything up to here is on this page, or does not match.
    private var passed: CasePlace?
    private var sliceEnd = NIODeadline.now()
    private var readsUnseen = true

    init(
        store: ReturnsStore, filter: CaseFilter, limits: CasePageLimits, groups: [CaseRecord.Group],
        deadline: NIODeadline
    ) {
        self.store = store
        self.filter = filter
        self.limits = limits
        self.groups = groups
        self.deadline = deadline
    }

    /// A case that may match, and what is known of it; without facts it cannot be shown.
    private struct Candidate {
        let item: Item
        let facts: Result<CaseFacts, StoreError>

        var bytes: Int { (try? facts.get())?.recordBytes ?? 0 }
    }

    /// What came of a case's record.
    private enum Showing {
        case shown(bytes: Int)
        /// It does not match, or cannot be shown.
        case passed(bytes: Int)
        /// It matches, and there is no room for it in this page.
        case full
    }

    /// - Parameter isEnd: Whether nothing follows these.
    /// - Returns: Whether the list goes on in this page; if not, the page says where the next one begins.
    mutating func read(_ items: [Item], isEnd: Bool) async throws(StoreError) -> Bool {
        var rest = items[...]
        while !rest.isEmpty {
            guard examined < limits.passedMax else { return stop() }
            let most =
                readsUnseen ? min(Self.unseenReadMax, limits.casesMax - page.count) : Self.factsReadMax
            let chunk = rest.prefix(min(most, limits.passedMax - examined))
            rest = rest.dropFirst(chunk.count)
            examined += chunk.count
            let hasPassedAll = try await readsUnseen ? readAtOnce(Array(chunk)) : readByFacts(Array(chunk))
            guard hasPassedAll, !isFull else { return isEnd && hasPassedAll && rest.isEmpty ? false : stop() }
        }
        return true
    }

    private var isFull: Bool { page.count >= limits.casesMax || bytes >= limits.bytesMax }

    /// - Returns: Whether all have been shown or passed over; if not, the page is full.
    private mutating func readByFacts(_ items: [Item]) async throws(StoreError) -> Bool {
        page.readBytes += items.count * Self.factsBytes
        let matching = try await candidates(items)
        var rest = matching[...]
        while !rest.isEmpty {
            let together = next(&rest)
            guard !together.isEmpty else { return false }
            guard try await show(together), rest.isEmpty || !isFull else { return false }
        }
        passed = items.last?.place
        readsUnseen =
            matching.count * 2 >= items.count && matching.allSatisfy { $0.bytes <= Self.unseenBytesMax }
        return true
    }

    /// The same without a look at the facts before.
    private mutating func readAtOnce(_ items: [Item]) async throws(StoreError) -> Bool {
        let known = items.filter { store.keys($0.id) != nil }
        let replies = try await store.repliesToReads(
            known.map { store.loadCommand($0.id, StoreKeys(partition: $0.id.partition), groups) }, key: nil,
            deadline: deadline)
        var (matching, largest) = (0, 0)
        for (item, reply) in zip(known, replies) {
            guard !isFull else { return false }
            switch try await show(reply, item) {
            case .shown(let size):
                matching += 1
                (largest, page.readBytes) = (max(largest, size), page.readBytes + size)
            case .passed(let size):
                (largest, page.readBytes) = (max(largest, size), page.readBytes + size)
            case .full: return false
            }
            passed = item.place
        }
        passed = items.last?.place
        readsUnseen = matching * 2 >= items.count && largest <= Self.unseenBytesMax
        return true
    }

    /// Lets whatever else the event loop has to do come in between.
    private mutating func takeTurn() async {
        guard NIODeadline.now() >= sliceEnd else { return }
        await Task.yield()
        sliceEnd = .now() + .microseconds(Self.sliceMicroseconds)
    }

    /// Names cases that could not even be put in order.
    mutating func note(_ unread: UnreadRecords<CaseID>) { page.unread.formUnion(unread) }

    /// Ends the page in front of what was not looked at.
    mutating func cutOff(at place: CasePlace) { page.next = place }

    private mutating func stop() -> Bool {
        page.next = passed
        return false
    }

    /// As many as are read at once; none where the first one does not fit into this page.
    private func next(_ candidates: inout ArraySlice<Candidate>) -> [Candidate] {
        var together: [Candidate] = []
        var size = 0
        let room = min(limits.casesMax - page.count, Self.casesReadMax)
        while let candidate = candidates.first, together.count < room {
            let isFirst = together.isEmpty && page.count == 0
            guard isFirst || bytes + size + candidate.bytes <= limits.bytesMax,
                together.isEmpty || size + candidate.bytes <= Self.readBytesMax
            else { break }
            size += candidate.bytes
            together.append(candidate)
            candidates.removeFirst()
        }
        return together
    }

    /// Leaves out the cases whose facts do not match.
    private func candidates(_ items: [Item]) async throws(StoreError) -> [Candidate] {
        let known = items.filter { store.keys($0.id) != nil }
        let replies = try await store.repliesToReads(
            known.map { item in
                RedisCommand(
                    "HMGET", .text(StoreKeys(partition: item.id.partition).returnCase(item.id)), "v", "f")
            }, key: nil, deadline: deadline)
        var candidates: [Candidate] = []
        for (item, reply) in zip(known, replies) {
            let facts = ReturnsStore.result { () throws(StoreError) in
                try store.decodeFacts(reply, of: item.id)
            }
            if case .success(let facts) = facts, !filter.matches(facts) || !item.isOf(facts) { continue }
            candidates.append(Candidate(item: item, facts: facts))
        }
        return candidates
    }

    /// Reads the records of some cases into the page. Each is looked at anew: it may have changed since its facts were read.
    ///
    /// - Returns: Whether there was room for all of them.
    private mutating func show(_ candidates: [Candidate]) async throws(StoreError) -> Bool {
        let wanted = candidates.filter { (try? $0.facts.get()) != nil }.map(\.item.id)
        page.readBytes += candidates.reduce(0) { $0 + $1.bytes }
        let replies = try await store.repliesToReads(
            wanted.map { store.loadCommand($0, StoreKeys(partition: $0.partition), groups) }, key: nil,
            deadline: deadline)
        var found = replies.makeIterator()
        for candidate in candidates {
            switch candidate.facts {
            case .failure(let error): try await pass(candidate.item.id, error)
            case .success:
                guard let reply = found.next() else { return true }
                if case .full = try await show(reply, candidate.item) { return false }
            }
            passed = candidate.item.place
        }
        return true
    }

    /// Puts a case into the page if it matches, has room there and can be read. A record that is not there is damage, since a
    /// listing names the case.
    private mutating func show(_ reply: RedisValue, _ item: Item) async throws(StoreError) -> Showing {
        await takeTurn()
        let id = item.id
        var size = 0
        do throws(StoreError) {
            guard let stored = try store.storedCase(reply, id, groups) else {
                if try ReturnsStore.isAbsent(reply) { throw StoreError.recordMissing(id) }
                // Of another sale channel.
                return .passed(bytes: 0)
            }
            size = stored.facts.recordBytes
            guard item.isOf(stored.facts), try filter.matches(stored), fits(stored, id) else {
                return .passed(bytes: size)
            }
            guard page.count == 0 || bytes + size <= limits.bytesMax else { return .full }
            page.cases.append(stored)
            bytes += size
            return .shown(bytes: size)
        } catch {
            try await pass(id, error)
            return .passed(bytes: size)
        }
    }

    /// Whether a reply can hold the case at all; one that none can is named instead.
    private mutating func fits(_ stored: StoredCase, _ id: CaseID) -> Bool {
        if stored.record.bytes <= limits.caseBytesMax { return true }
        page.tooLarge.append(id)
        return false
    }

    /// Names a case that cannot be read, where the asker may hear of it. One that is not there may be the whole store that is not.
    private mutating func pass(_ id: CaseID, _ error: StoreError) async throws(StoreError) {
        guard error.code == .corrupt else { throw error }
        if error.lacksRecord { try await store.confirmRun(deadline: deadline) }
        if try await isVisible(id) { page.unread.note(id, error) }
    }

    /// Of a case that cannot be read the listings of sale channels tell whether the asker may hear of it.
    private func isVisible(_ id: CaseID) async throws(StoreError) -> Bool {
        guard let channels = filter.possibleSaleChannels else { return true }
        return try await store.isListed(id, in: channels, deadline: deadline)
    }
}

extension ReturnsStore {
    /// The facts of a case that the store names.
    ///
    /// - Throws: `corrupt` where they are damaged, or no record is there.
    func decodeFacts(_ reply: RedisValue, of id: CaseID) throws(StoreError) -> CaseFacts {
        guard let fields = try Self.record(reply).array, fields.count == 2 else {
            throw StoreError(.corrupt, "not a case")
        }
        if fields.allSatisfy(\.isNull) {
            var error = StoreError(.corrupt, "a case's record is missing")
            error.lacksRecord = true
            throw error
        }
        return try decode(fields[1].bytes, "facts of a case") { bytes throws(RecordError) in
            try CaseFacts(record: bytes, of: id, version: fields[0].integer)
        }
    }
}

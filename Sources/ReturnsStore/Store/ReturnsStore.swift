import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Cases, orders and what is due, in Redis. One per event loop, on that loop's share of the pipeline.
///
/// Every mutation is one atomic commit, guarded by the versions it was decided on; a stale guard writes nothing.
public final class ReturnsStore: Sendable {
    public let redis: any RedisTopology
    public let partitioning: Partitioning
    public let identity: StoreIdentity
    /// Cases and orders of other sale channels are not there.
    public let scope: SaleChannelScope

    /// - Parameter identity: shared by all stores of a process; the connections of `redis` begin with its `prepare`.
    public init(redis: any RedisTopology, identity: StoreIdentity, scope: SaleChannelScope = .all) {
        self.redis = redis
        self.identity = identity
        self.scope = scope
        partitioning = Partitioning(count: identity.settings.partitions)
    }

    func keys(_ order: OrderKey) -> StoreKeys { StoreKeys(partition: partitioning.partition(of: order)) }

    /// Nil when the id names a partition that this store does not have: no case can have that id.
    func keys(_ id: CaseID) -> StoreKeys? {
        id.partition < partitioning.count ? StoreKeys(partition: id.partition) : nil
    }

    // MARK: Loading

    public func loadCase(_ id: CaseID, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> Case?
    {
        guard let keys = keys(id) else { return nil }
        let replies = try await repliesToReads(
            [loadCommand(id, keys)], key: keys.returnCase(id), deadline: deadline)
        let value = try await visibleCase(replies[0], id, deadline: deadline)
        if value == nil { try await confirmRun(deadline: deadline) }
        return value
    }

    /// Reads some groups of a case's fields, to be sent as they are.
    package func readCase(
        _ id: CaseID, groups: [CaseRecord.Group], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> StoredCase? {
        guard let keys = keys(id) else { return nil }
        let replies = try await repliesToReads(
            [loadCommand(id, keys, groups)], key: keys.returnCase(id), deadline: deadline)
        do throws(StoreError) {
            let stored = try await visible(replies[0], id, groups, deadline: deadline)
            if stored == nil { try await confirmRun(deadline: deadline) }
            return stored
        } catch {
            // All groups together tell whether it is the facts alone that are damaged.
            let all = CaseRecord.Group.allCases
            guard error.code == .corrupt, !error.lacksRecord, groups != all else { throw error }
            return try await readCase(id, groups: all, deadline: deadline)
        }
    }

    /// Loads cases that the store names, in a listing, a clock or their order, with one pipeline. Each of them fails alone; one
    /// whose record is missing is a damaged one.
    public func loadEach(
        _ ids: [CaseID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<Case?, StoreError>] {
        let known = ids.filter { keys($0) != nil }
        let replies =
            known.isEmpty
            ? []
            : try await repliesToReads(
                known.map(loadCommand), key: nil, deadline: deadline)
        let found = Dictionary(zip(known, replies), uniquingKeysWith: { first, _ in first })
        var cases: [Result<Case?, StoreError>] = []
        cases.reserveCapacity(ids.count)
        for id in ids {
            guard let reply = found[id] else {
                cases.append(.success(nil))
                continue
            }
            do throws(StoreError) {
                cases.append(
                    .success(try await visibleCase(reply, id, isNamed: true, deadline: deadline)))
            } catch {
                cases.append(.failure(error))
            }
        }
        return cases
    }

    /// Loads the case, and then the request record: a record that is not found was not there when the case was read.
    /// One that is found may be newer than the case, which is nil beside it where it cannot be read.
    public func loadCase(
        _ id: CaseID, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (value: Case?, request: RequestRecord?) {
        guard let keys = keys(id) else { return (nil, nil) }
        let replies = try await repliesToReads(
            [loadCommand(id, keys), RedisCommand("GET", .text(keys.request(requestID)))],
            key: keys.returnCase(id), deadline: deadline)
        if let request = try decodeRequest(replies[1]) {
            return (Self.readable { () throws(StoreError) in try decodeCase(replies[0], id) }, request)
        }
        let value = try await visibleCase(replies[0], id, deadline: deadline)
        if value == nil { try await confirmRun(deadline: deadline) }
        return (value, nil)
    }

    public func loadOrder(_ key: OrderKey, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> Order?
    {
        let redisKey = keys(key).order(key)
        let replies = try await repliesToReads(
            [Self.orderCommand(redisKey)], key: redisKey, deadline: deadline)
        let order = try decodeOrder(replies[0], key)
        if order == nil { try await confirmRun(deadline: deadline) }
        return order
    }

    /// Who changed the order's payments, and about how many bytes were read to tell.
    public func loadPaymentsChangers(
        of key: OrderKey, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (names: Set<String>, readBytes: Int) {
        let redisKey = keys(key).order(key)
        let reply = try await repliesToReads(
            [Self.orderCommand(redisKey)], key: redisKey, deadline: deadline)[0]
        guard let stored = try storedOrder(reply, key) else { return ([], 0) }
        return (try stored.value(key).paymentsChangers, stored.bytes)
    }

    /// The order and its own timeline, the oldest entry first, as messages; bounded by `CountLimits.orderEntriesMax`.
    public func loadOrderAndTimeline(
        _ key: OrderKey, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order, stored: StoredOrder, entries: [ByteBuffer])? {
        guard scope.holds(key.saleChannel) else { return nil }
        let keys = keys(key)
        let replies = try await pipeline(
            [
                Self.orderCommand(keys.order(key)),
                RedisCommand("LRANGE", .text(keys.orderTimeline(key)), 0, -1),
            ], key: keys.order(key), deadline: deadline)
        guard let stored = try storedOrder(replies[0], key) else {
            try await confirmRun(deadline: deadline)
            return nil
        }
        let entries = try (replies[1].array ?? []).map { value throws(StoreError) in
            try Self.checkedContents(value, "timeline of an order")
        }
        return (try stored.value(key, isReadOnly: true), stored, entries)
    }

    /// Loads the order, and then the request record.
    public func loadOrder(
        _ key: OrderKey, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order?, request: RequestRecord?) {
        let keys = keys(key)
        let replies = try await repliesToReads(
            [
                Self.orderCommand(keys.order(key)),
                RedisCommand("GET", .text(keys.request(requestID))),
            ],
            key: keys.order(key), deadline: deadline)
        if let request = try decodeRequest(replies[1]) {
            return (Self.readable { () throws(StoreError) in try decodeOrder(replies[0], key) }, request)
        }
        return (try decodeOrder(replies[0], key), nil)
    }

    /// Who decided whether money is owed in these cases, which are an order's. They are read some at a time, since an
    /// order has many of them at most, and large ones.
    ///
    /// - Throws: `corrupt` for one that cannot be read or is not there: nobody knows who decided what it owes.
    public func loadOwedDeciders(
        of ids: [CaseID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> OrderOwedDeciders {
        var deciders = OrderOwedDeciders()
        var rest = ids[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.decidedCasesReadMax))
            rest = rest.dropFirst(some.count)
            for (id, found) in zip(some, try await loadEach(some, deadline: deadline)) {
                guard let value = try found.get() else { throw .recordMissing(id) }
                deciders.add(value)
            }
        }
        return deciders
    }

    private static let decidedCasesReadMax = 16

    /// Loads the order of a case, as it was while the case was at the version given.
    ///
    /// Case and order are read one after the other, so a commit can fall between: the case's version is read again
    /// behind the order. Unchanged, it proves that the two belong together; every commit that moves units or money
    /// between them changes it.
    /// - Returns: `isCaseUnchanged` false means: load the case again.
    public func loadOrder(
        of value: Case, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order?, isCaseUnchanged: Bool) {
        let caseKey = StoreKeys(partition: value.id.partition).returnCase(value.id)
        let replies = try await repliesToReads(
            loadOrderCommands(of: value), key: caseKey, deadline: deadline)
        return try decodeOrder(of: value, replies[0], version: replies[1])
    }

    /// The case's order, then the case's version once more.
    func loadOrderCommands(of value: Case) -> [RedisCommand] {
        [
            Self.orderCommand(keys(value.order).order(value.order)),
            RedisCommand("HGET", .text(StoreKeys(partition: value.id.partition).returnCase(value.id)), "v"),
        ]
    }

    /// All groups of a case's fields.
    func loadCommand(_ id: CaseID) -> RedisCommand {
        loadCommand(id, StoreKeys(partition: id.partition))
    }

    func loadCommand(
        _ id: CaseID, _ keys: StoreKeys, _ groups: [CaseRecord.Group] = CaseRecord.Group.allCases
    ) -> RedisCommand {
        var command = RedisCommand("HMGET", .text(keys.returnCase(id)), "v", "f")
        for group in groups { command.append(group.field) }
        return command
    }

    static func orderCommand(_ key: String) -> RedisCommand {
        RedisCommand("HMGET", .text(key), "v", "b", "e", "c")
    }

    // MARK: Decoding

    /// The case, if it is one of the scope's; nil for one of another sale channel, also where it is damaged, and for one that
    /// nothing names.
    ///
    /// - Parameter isNamed: Whether the store itself names the case. Otherwise it is asked whether it does, where there is no record.
    func visibleCase(
        _ reply: RedisValue, _ id: CaseID, isNamed: Bool = false, deadline: NIODeadline
    ) async throws(StoreError) -> Case? {
        try await visible(
            reply, id, CaseRecord.Group.allCases, isNamed: isNamed, deadline: deadline
        ) { stored throws(StoreError) in try stored.value() }
    }

    func visible(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group], isNamed: Bool = false,
        deadline: NIODeadline
    ) async throws(StoreError) -> StoredCase? {
        try await visible(reply, id, groups, isNamed: isNamed, deadline: deadline) { $0 }
    }

    private func visible<Value>(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group], isNamed: Bool,
        deadline: NIODeadline, _ value: (StoredCase) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value? {
        do throws(StoreError) {
            if let stored = try storedCase(reply, id, groups) { return try value(stored) }
            guard try Self.isAbsent(reply) else { return nil }
            try await confirmRun(deadline: deadline)
            if !isNamed {
                guard try await isTraced(id, deadline: deadline) else { return nil }
                // It may have been opened between the two looks.
                let again = try await repliesToReads(
                    [loadCommand(id, StoreKeys(partition: id.partition), groups)], key: nil,
                    deadline: deadline)[0]
                guard try Self.isAbsent(again) else { return try storedCase(again, id, groups).map(value) }
            }
            throw StoreError.recordMissing(id)
        } catch {
            guard error.code == .corrupt, case .channels(let channels) = scope else { throw error }
            guard try await isListed(id, in: channels, deadline: deadline) else { return nil }
            throw error
        }
    }

    /// Whether the reply to `loadCommand` says that nothing of the record is there.
    static func isAbsent(_ reply: RedisValue) throws(StoreError) -> Bool {
        try record(reply).array?.allSatisfy(\.isNull) ?? false
    }

    /// Whether something that is written with each case, and stays, tells of one.
    func isTraced(_ id: CaseID, deadline: NIODeadline) async throws(StoreError) -> Bool {
        guard let keys = keys(id) else { return false }
        return try await repliesToReads(
            [
                RedisCommand("ZSCORE", .text(keys.index(.all)), .bytes(id.asciiBytes)),
                RedisCommand("ZSCORE", .text(keys.changed), .bytes(id.asciiBytes)),
                RedisCommand("LINDEX", .text(keys.timeline(id)), 0),
            ], key: keys.returnCase(id), deadline: deadline
        ).contains { reply in
            // One that is damaged itself tells nothing.
            if case .error = reply { false } else { !reply.isNull }
        }
    }

    /// Whether a case that cannot be read is one of these sale channels, as their listings have it.
    func isListed(
        _ id: CaseID, in saleChannels: Set<String>, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let keys = StoreKeys(partition: id.partition)
        let scores = try await pipeline(
            saleChannels.map {
                RedisCommand("ZSCORE", .text(keys.index(.saleChannel($0))), .bytes(id.asciiBytes))
            }, deadline: deadline)
        return scores.contains { !$0.isNull }
    }

    /// - Returns: Nil for one of another sale channel, and where nothing of a record is there.
    /// - Throws: for a case that is damaged, an error that names it.
    func decodeCase(_ reply: RedisValue, _ id: CaseID) throws(StoreError) -> Case? {
        guard let stored = try storedCase(reply, id, CaseRecord.Group.allCases) else { return nil }
        return try stored.value()
    }

    /// - Parameter groups: Those that `loadCommand` has asked for.
    /// - Returns: Nil for one of another sale channel, and where nothing of a record is there.
    /// - Throws: for a case that is damaged, an error that names it.
    func storedCase(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group]
    ) throws(StoreError) -> StoredCase? {
        do throws(StoreError) {
            guard let fields = try Self.record(reply).array, fields.count == 2 + groups.count else {
                throw StoreError(.corrupt, "case \(id): not a case")
            }
            if fields.allSatisfy(\.isNull) { return nil }
            guard let version = fields[0].integer else {
                throw StoreError(.corrupt, "case \(id): fields are missing")
            }
            var parts = [ByteBuffer](repeating: ByteBuffer(), count: CaseRecord.Group.allCases.count)
            for (group, field) in zip(groups, fields.dropFirst(2)) {
                guard let bytes = field.bytes else {
                    throw StoreError(.corrupt, "case \(id): fields are missing")
                }
                parts[group.rawValue] = bytes
            }
            let record = CaseRecord(parts: parts)
            let facts = try facts(fields[1], of: record, id, groups)
            guard scope.holds(facts.saleChannel) else { return nil }
            for group in groups where CaseFacts.Part(record[group]) != facts.parts[group.rawValue] {
                throw StoreError(.corrupt, "case \(id): the checksum of its \(group) fields does not fit")
            }
            return StoredCase(id: id, version: UInt64(clamping: version), facts: facts, record: record)
        } catch {
            throw error.of(id)
        }
    }

    /// The facts, or what they have to be where they alone are damaged: a whole record says so itself.
    private func facts(
        _ field: RedisValue, of record: CaseRecord, _ id: CaseID, _ groups: [CaseRecord.Group]
    ) throws(StoreError) -> CaseFacts {
        do throws(StoreError) {
            return try decode(field.bytes, "facts of case \(id)") { bytes throws(RecordError) in
                try CaseFacts(record: bytes)
            }
        } catch {
            guard groups == CaseRecord.Group.allCases else { throw error }
            let value: Case
            do throws(RecordError) { value = try record.value() } catch {
                throw StoreError(error, "case \(id)")
            }
            return CaseFacts(value, record)
        }
    }

    /// The order of a case, and whether the case is still at the version at which it was read. Read together, they have to
    /// fit each other: nothing could be decided on them otherwise.
    func decodeOrder(
        of value: Case, _ reply: RedisValue, version: RedisValue
    ) throws(StoreError) -> (order: Order?, isCaseUnchanged: Bool) {
        do throws(StoreError) {
            let isUnchanged = try Self.record(version).integer == Int64(clamping: value.version)
            let order = try decodeOrder(reply, value.order)
            if isUnchanged, let order, let found = value.inconsistency(with: order) {
                throw StoreError(.corrupt, "case \(value.id) and its order: \(found)")
            }
            return (order, isUnchanged)
        } catch {
            throw error.of(value.id)
        }
    }

    /// - Returns: Nil also for another sale channel's order, whatever the record is like.
    func decodeOrder(_ reply: RedisValue, _ key: OrderKey) throws(StoreError) -> Order? {
        guard let stored = try storedOrder(reply, key) else { return nil }
        return try stored.value(key)
    }

    /// - Returns: Nil also for another sale channel's order, whatever the record is like.
    func storedOrder(_ reply: RedisValue, _ key: OrderKey) throws(StoreError) -> StoredOrder? {
        guard scope.holds(key.saleChannel) else { return nil }
        guard let fields = try Self.record(reply).array else { throw StoreError(.corrupt, "not an order") }
        do throws(RecordError) { return try OrderRecord.read(fields) } catch {
            throw StoreError(error, "order")
        }
    }

    /// The message of a record that stands by itself.
    static func checkedContents(_ value: RedisValue, _ what: String) throws(StoreError) -> ByteBuffer {
        guard let bytes = value.bytes else { throw StoreError(.corrupt, "\(what): not a record") }
        do throws(RecordError) { return try CheckedRecord.contents(bytes) } catch {
            throw StoreError(error, what)
        }
    }

    /// One that cannot be read may be the request's own.
    private func decodeRequest(_ reply: RedisValue) throws(StoreError) -> RequestRecord? {
        do throws(StoreError) {
            guard let bytes = try Self.record(reply).bytes else { return nil }
            return try decode(bytes, "request record") { bytes throws(RecordError) in
                try RequestRecord(record: bytes)
            }
        } catch {
            throw error.behind(.unknown)
        }
    }

    /// Beside a request record, which tells of a change that was made: damage does not unmake it.
    private static func readable<Value>(_ decode: () throws(StoreError) -> Value?) -> Value? {
        do throws(StoreError) { return try decode() } catch { return nil }
    }

    func decode<Value>(
        _ buffer: ByteBuffer?, _ what: String, _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Value
    ) throws(StoreError) -> Value {
        guard let buffer else { throw StoreError(.corrupt, "\(what): not a record") }
        do {
            return try buffer.withRecordBytes(body)
        } catch {
            throw StoreError(error, what)
        }
    }

    /// The reply to a read of one record. A key of another type is damage of that record; another error is Redis's.
    static func record(_ reply: RedisValue) throws(StoreError) -> RedisValue {
        if case .error(let error) = reply, error.prefix == "WRONGTYPE" {
            throw StoreError(.corrupt, "a record's key holds something of another type")
        }
        return try checked(reply)
    }
}

extension ByteBuffer {
    /// `withUnsafeReadableBytes` for throwers of `RecordError`.
    func withRecordBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Value
    ) throws(RecordError) -> Value {
        let result: Result<Value, RecordError> = withUnsafeReadableBytes { bytes in
            do throws(RecordError) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

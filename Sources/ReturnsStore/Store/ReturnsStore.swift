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

    public nonisolated(nonsending) func loadCase(_ id: CaseID, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
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
    package nonisolated(nonsending) func readCase(
        _ id: CaseID, groups: [CaseRecord.Group], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> StoredCase? {
        guard let keys = keys(id) else { return nil }
        let key = keys.returnCase(id)
        let reply = try await replyToRead(loadCommand(key, groups), key: key, deadline: deadline)
        // A whole case of the scope needs no second look.
        if let stored = try? storedCase(reply, id, groups) { return stored }
        let stored = try await visible(reply, id, groups, deadline: deadline)
        if stored == nil { try await confirmRun(deadline: deadline) }
        return stored
    }

    /// Loads cases that the store names, in a listing, a clock or their order, with one pipeline. Each of them fails alone; one
    /// whose record is missing is a damaged one.
    public nonisolated(nonsending) func loadEach(
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
    public nonisolated(nonsending) func loadCase(
        _ id: CaseID, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (value: Case?, request: RequestRecord?) {
        guard let keys = keys(id) else { return (nil, nil) }
        let replies = try await repliesToReads(
            [loadCommand(id, keys), RedisCommand("GET", .text(keys.request(requestID)))],
            key: keys.returnCase(id), deadline: deadline)
        if let request = try decodeRequest(replies[1], keys.request(requestID)) {
            return (Self.readable { () throws(StoreError) in try decodeCase(replies[0], id) }, request)
        }
        let value = try await visibleCase(replies[0], id, deadline: deadline)
        if value == nil { try await confirmRun(deadline: deadline) }
        return (value, nil)
    }

    public nonisolated(nonsending) func loadOrder(_ key: OrderKey, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
        -> Order?
    {
        let redisKey = keys(key).order(key)
        let reply = try await replyToRead(Self.orderCommand(redisKey), key: redisKey, deadline: deadline)
        let order = try decodeOrder(reply, key)
        if order == nil { try await confirmRun(deadline: deadline) }
        return order
    }

    /// The order, and about how many bytes were read of it; nil where it is not there.
    public nonisolated(nonsending) func loadSizedOrder(
        _ key: OrderKey, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order, readBytes: Int)? {
        let redisKey = keys(key).order(key)
        let reply = try await replyToRead(Self.orderCommand(redisKey), key: redisKey, deadline: deadline)
        guard let stored = try storedOrder(reply, key) else { return nil }
        return (try value(stored, key), stored.bytes)
    }

    /// Loads the order, and then the request record.
    public nonisolated(nonsending) func loadOrder(
        _ key: OrderKey, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order?, request: RequestRecord?) {
        let keys = keys(key)
        let replies = try await repliesToReads(
            [
                Self.orderCommand(keys.order(key)),
                RedisCommand("GET", .text(keys.request(requestID))),
            ],
            key: keys.order(key), deadline: deadline)
        if let request = try decodeRequest(replies[1], keys.request(requestID)) {
            return (Self.readable { () throws(StoreError) in try decodeOrder(replies[0], key) }, request)
        }
        return (try decodeOrder(replies[0], key), nil)
    }

    /// Who decided whether money is owed in these cases, which are an order's. They are read some at a time, since an
    /// order has many of them at most, and large ones.
    ///
    /// - Throws: `corrupt` for one that cannot be read or is not there: nobody knows who decided what it owes.
    public nonisolated(nonsending) func loadOwedDeciders(
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
    public nonisolated(nonsending) func loadOrder(
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
        loadCommand(keys.returnCase(id), groups)
    }

    /// - Parameter key: The case's.
    private func loadCommand(_ key: String, _ groups: [CaseRecord.Group]) -> RedisCommand {
        var command = RedisCommand("HMGET")
        command.append(key)
        command.append("v")
        command.append("f")
        for group in groups { command.append(group.field) }
        return command
    }

    static func orderCommand(_ key: String) -> RedisCommand {
        RedisCommand("HMGET", .text(key), "v", "b", "e", "c")
    }
}

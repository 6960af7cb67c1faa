import NIOCore
import RedisClient
import ReturnsDomain

/// Cases, orders and what is due, in Redis. One per event loop, on that loop's share of the pipeline.
///
/// Every mutation is one atomic commit, guarded by the versions it was decided on; a stale guard writes nothing.
public final class ReturnsStore: Sendable {
    public let redis: any RedisTopology
    public let partitioning: Partitioning
    /// Cases and orders of other sale channels are not there.
    public let scope: SaleChannelScope

    public init(redis: any RedisTopology, partitioning: Partitioning, scope: SaleChannelScope = .all) {
        self.redis = redis
        self.partitioning = partitioning
        self.scope = scope
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
        let reply = try await send(loadCommand(id, keys), key: keys.returnCase(id), deadline: deadline)
        return try decodeCase(reply, id)
    }

    /// Loads many cases with one pipeline; those that are gone are left out.
    public func loadCases(_ ids: [CaseID], deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> [Case]
    {
        let known = ids.compactMap { id in keys(id).map { (id, $0) } }
        guard !known.isEmpty else { return [] }
        let replies = try await pipeline(known.map { loadCommand($0.0, $0.1) }, deadline: deadline)
        var cases: [Case] = []
        cases.reserveCapacity(known.count)
        for (reply, item) in zip(replies, known) {
            if let value = try decodeCase(reply, item.0) { cases.append(value) }
        }
        return cases
    }

    /// The same for lists of many: cases whose record cannot be read are left out too, so that one of them does not hide
    /// the others. Who works on such a case is told, and the sweeper reports it.
    public func loadReadableCases(
        _ ids: [CaseID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Case] {
        let known = ids.compactMap { id in keys(id).map { (id, $0) } }
        guard !known.isEmpty else { return [] }
        let replies = try await pipeline(known.map { loadCommand($0.0, $0.1) }, deadline: deadline)
        var cases: [Case] = []
        for (reply, item) in zip(replies, known) {
            do throws(StoreError) {
                if let value = try decodeCase(reply, item.0) { cases.append(value) }
            } catch {
                guard error.code == .corrupt else { throw error }
            }
        }
        return cases
    }

    /// Loads the case, and then the request record: a record that is not found was not there when the case was read.
    /// One that is found may be newer than the case.
    public func loadCase(
        _ id: CaseID, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (value: Case?, request: RequestRecord?) {
        guard let keys = keys(id) else { return (nil, nil) }
        let replies = try await pipeline(
            [loadCommand(id, keys), RedisCommand("GET", .text(keys.request(requestID)))],
            key: keys.returnCase(id), deadline: deadline)
        return (try decodeCase(replies[0], id), try decodeRequest(replies[1]))
    }

    public func loadOrder(_ key: OrderKey, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> Order?
    {
        let redisKey = keys(key).order(key)
        let reply = try await send(
            RedisCommand("HMGET", .text(redisKey), "v", "b"), key: redisKey, deadline: deadline)
        return try decodeOrder(reply)
    }

    /// Loads the order, and then the request record.
    public func loadOrder(
        _ key: OrderKey, requestID: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: Order?, request: RequestRecord?) {
        let keys = keys(key)
        let replies = try await pipeline(
            [
                RedisCommand("HMGET", .text(keys.order(key)), "v", "b"),
                RedisCommand("GET", .text(keys.request(requestID))),
            ],
            key: keys.order(key), deadline: deadline)
        return (try decodeOrder(replies[0]), try decodeRequest(replies[1]))
    }

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
        let replies = try await pipeline(loadOrderCommands(of: value), key: caseKey, deadline: deadline)
        return (try decodeOrder(replies[0]), replies[1].integer == Int64(clamping: value.version))
    }

    /// The case's order, then the case's version once more.
    func loadOrderCommands(of value: Case) -> [RedisCommand] {
        [
            RedisCommand("HMGET", .text(keys(value.order).order(value.order)), "v", "b"),
            RedisCommand("HGET", .text(StoreKeys(partition: value.id.partition).returnCase(value.id)), "v"),
        ]
    }

    public func loadTimeline(
        _ id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [TimelineEntry] {
        guard let keys = keys(id) else { return [] }
        let reply = try await send(
            RedisCommand("LRANGE", .text(keys.timeline(id)), 0, .integer(Self.timelineEntriesMax - 1)),
            key: keys.timeline(id), deadline: deadline)
        return try (reply.array ?? []).map { value throws(StoreError) in
            try decode(value.bytes, "timeline of \(id)") { bytes throws(RecordError) in
                try TimelineEntry(record: bytes)
            }
        }
    }

    /// A reader gets at most this many entries of one case's story.
    public static let timelineEntriesMax: Int64 = 10_000

    func loadCommand(_ id: CaseID) -> RedisCommand {
        loadCommand(id, StoreKeys(partition: id.partition))
    }

    private func loadCommand(_ id: CaseID, _ keys: StoreKeys) -> RedisCommand {
        RedisCommand("HMGET", .text(keys.returnCase(id)), "v", "b", "p")
    }

    // MARK: Decoding

    func decodeCase(_ reply: RedisValue, _ id: CaseID) throws(StoreError) -> Case? {
        guard let fields = reply.array, fields.count == 3 else {
            throw StoreError(.corrupt, "case \(id): not a case")
        }
        if fields[0].isNull { return nil }
        guard let version = fields[0].integer, let body = fields[1].bytes, let personal = fields[2].bytes
        else {
            throw StoreError(.corrupt, "case \(id): fields are missing")
        }
        let value = try decode(body, "case \(id)") { bytes throws(RecordError) in
            try personal.withRecordBytes { own throws(RecordError) in
                try Case(id: id, version: UInt64(clamping: version), body: bytes, personal: own)
            }
        }
        return scope.holds(value.order.saleChannel) ? value : nil
    }

    func decodeOrder(_ reply: RedisValue) throws(StoreError) -> Order? {
        guard let fields = reply.array, fields.count == 2 else { throw StoreError(.corrupt, "not an order") }
        if fields[0].isNull { return nil }
        guard let version = fields[0].integer, let body = fields[1].bytes else {
            throw StoreError(.corrupt, "an order's fields are missing")
        }
        let order = try decode(body, "order") { bytes throws(RecordError) in
            try Order(record: bytes, version: UInt64(clamping: version))
        }
        return scope.holds(order.key.saleChannel) ? order : nil
    }

    private func decodeRequest(_ reply: RedisValue) throws(StoreError) -> RequestRecord? {
        guard let bytes = reply.bytes else { return nil }
        return try decode(bytes, "request record") { bytes throws(RecordError) in
            try RequestRecord(record: bytes)
        }
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

    // MARK: Sending

    func send(
        _ command: RedisCommand, key: String, effect: CommandEffect = .none, deadline: NIODeadline
    ) async throws(StoreError) -> RedisValue {
        var attempts = 1
        var isReloaded = false
        while true {
            do throws(RedisError) {
                return try await redis.send(command, key: key, deadline: deadline).checked()
            } catch {
                if FunctionLibrary.isMissing(error), !isReloaded {
                    isReloaded = true
                    try await reload(deadline: deadline)
                    continue
                }
                guard Self.isSentAgain(after: error, effect, &attempts) else {
                    throw StoreError(error, effect)
                }
            }
        }
    }

    /// Loads the functions again. A call that found one missing has written nothing.
    func reload(deadline: NIODeadline) async throws(StoreError) {
        do throws(RedisError) {
            try await FunctionLibrary.loadAll(on: redis, deadline: deadline)
        } catch {
            throw StoreError(error)
        }
    }

    /// Sends commands that a repetition does not harm together; an error reply to any of them fails all.
    func pipeline(
        _ commands: [RedisCommand], key: String? = nil, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        let replies = try await repliesToReads(commands, key: key, deadline: deadline)
        do throws(RedisError) {
            for reply in replies { _ = try reply.checked() }
        } catch {
            throw StoreError(error)
        }
        return replies
    }

    /// Sends reads together; error replies are values.
    func repliesToReads(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        var attempts = 1
        var isReloaded = false
        while true {
            do throws(RedisError) {
                let replies = try await redis.pipeline(commands, key: key, deadline: deadline)
                guard !isReloaded, replies.contains(where: { FunctionLibrary.isMissing($0) }) else {
                    return replies
                }
            } catch {
                guard Self.isSentAgain(after: error, .none, &attempts) else { throw StoreError(error) }
                continue
            }
            isReloaded = true
            try await reload(deadline: deadline)
        }
    }

    /// Commands whose connection ends under them are sent at most this often, within their deadline.
    public static let sendAttemptsMax = 3

    private static func isSentAgain(
        after error: RedisError, _ effect: CommandEffect, _ attempts: inout Int
    ) -> Bool {
        guard effect != .eachTime, error.code == .connectionClosed, attempts < sendAttemptsMax else {
            return false
        }
        attempts += 1
        return true
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

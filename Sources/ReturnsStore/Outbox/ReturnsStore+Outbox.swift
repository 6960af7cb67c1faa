import NIOCore
import RedisClient
import ReturnsDomain

/// What reading a partition's outbox behind an id came to.
public enum OutboxPage: Hashable, Sendable {
    /// In order; none when there is nothing more.
    case events([OutboxEvent])
    /// Events behind the id are not kept any more; this one was the last to go.
    case trimmed(OutboxID)
    /// The id lies beyond the last one ever given: it is of another log, or this one has lost its end.
    case ahead(OutboxID)
}

/// Between which ids a partition's events lie.
public struct OutboxEnds: Hashable, Sendable {
    /// The last one that was trimmed.
    public var trimmed: OutboxID
    /// The last one ever given.
    public var last: OutboxID
}

/// What trimming a partition's outbox came to.
public struct OutboxTrim: Hashable, Sendable {
    public var events: Int
    /// There may be more that is to go.
    public var hasMore: Bool
    /// What an internal consumer has not finished stands in the way.
    public var isHeld: Bool
    /// Internal consumers that had not finished what went.
    public var overtaken: [String] = []
    /// Names of groups that have as much unacknowledged in the partition as they may, and are given nothing more.
    public var fullGroups: [String] = []
    /// How often the partition's log was cut by hand, of which this step has noticed one.
    public var cuts: Int64 = 0
    public var hasNoticedCut = false
}

extension ReturnsStore {
    /// One read takes at most this many events of a partition, as outbox.lua says, too.
    public static let outboxReadMax = 1_024
    /// A group that has not acknowledged so many events of a partition is given no more of it, as outbox.lua says.
    static let groupPendingMax = 1_024
    /// One step trims at most this many events of a partition, as outbox.lua says.
    public static let outboxTrimMax = 256

    /// Reads behind one id in each of some partitions, with one pipeline. The watermark is read behind the events, so what was
    /// trimmed before or meanwhile is noticed; and with it what the store is to have, so that nothing that was removed by hand is
    /// passed over. The events are read by no function, through which they cost several times as much; and not within MULTI, which
    /// Redis refuses when its memory is full, while whoever reads on lets the log be trimmed.
    ///
    /// - Parameter checksEnd: Whether to notice ids beyond the log's end, which takes as long again where nothing is new.
    public func readOutbox(
        _ after: [EventID], limit: Int, checksEnd: Bool, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [OutboxPage] {
        precondition(limit > 0 && limit <= Self.outboxReadMax, "1 to \(Self.outboxReadMax) events at once")
        guard !after.isEmpty else { return [] }
        for _ in 0..<Self.cutAttemptsMax {
            var pages: [OutboxPage] = []
            var cut: [Int] = []
            for (place, page) in zip(
                after, try await readOutboxOnce(after, limit: limit, checksEnd: checksEnd, deadline: deadline)
            ) {
                if let page { pages.append(page) } else { cut.append(place.partition) }
            }
            if cut.isEmpty { return pages }
            // From then on what is gone lies behind the watermark.
            _ = try await pipeline(
                cut.map { outboxCall(Self.noticedFunction, $0, isFreeing: true) }, deadline: deadline)
        }
        throw StoreError(.unavailable, "somebody keeps removing events by hand")
    }

    /// Somebody may cut the log again between two steps.
    private static let cutAttemptsMax = 3

    /// - Returns: nil of a partition whose log was cut by hand since anybody has looked.
    private func readOutboxOnce(
        _ after: [EventID], limit: Int, checksEnd: Bool, deadline: NIODeadline
    ) async throws(StoreError) -> [OutboxPage?] {
        var commands: [StoreCommand] = []
        for place in after {
            let keys = StoreKeys(partition: place.partition)
            commands += [
                .plain(
                    RedisCommand(
                        "XRANGE", .text(keys.outbox), .text("(\(place.position)"), "+", "COUNT",
                        .integer(Int64(limit))), of: .partition(place.partition)),
                // Watermark and last id only ever rise: what holds of them now held when the events were read.
                .call(
                    outboxCall(
                        Self.boundsFunction, place.partition, isRead: true, checksEnd ? "1" : "0")),
            ]
        }
        let replies = try await pipeline(commands, deadline: deadline)
        var pages: [OutboxPage?] = []
        for (index, place) in after.enumerated() {
            pages.append(try page(place, replies[2 * index], bounds: replies[2 * index + 1]))
        }
        return pages
    }

    private func page(
        _ place: EventID, _ entries: RedisValue, bounds: RedisValue
    ) throws(StoreError) -> OutboxPage? {
        guard let parts = bounds.array, parts.count == 3 else { throw Self.outboxMalformed }
        if parts[1].integer == 1 { return nil }
        let trimmed = try Self.outboxID(parts[0])
        if place.position < trimmed { return .trimmed(trimmed) }
        let events = try OutboxEvent.events(entries, partition: place.partition)
        if events.isEmpty, parts[2].string != "" {
            let last = try Self.outboxID(parts[2])
            if last < place.position { return .ahead(last) }
        }
        return .events(events)
    }

    /// Where each partition's events begin and end now.
    public func outboxEnds(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> [OutboxEnds] {
        let replies = try await pipeline(
            (0..<partitioning.count).map { outboxCall(Self.endsFunction, $0, isRead: true) },
            deadline: deadline)
        var ends: [OutboxEnds] = []
        for reply in replies {
            guard let parts = reply.array, parts.count == 2 else { throw Self.outboxMalformed }
            ends.append(OutboxEnds(trimmed: try Self.outboxID(parts[0]), last: try Self.outboxID(parts[1])))
        }
        return ends
    }

    /// Trims the oldest events of some partitions, one bounded step each, moves the watermark with them, and notes for each
    /// internal consumer what it loses. Any number of servers may do so at once.
    ///
    /// A partition that holds something else than the store has put there fails for itself.
    ///
    /// - Parameter now: By Redis's clock, which ids go by.
    public func trimOutbox(
        _ partitions: [Int], keeping retention: OutboxRetention, now: Instant,
        limit: Int = ReturnsStore.outboxTrimMax, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<OutboxTrim, StoreError>] {
        guard !partitions.isEmpty else { return [] }
        let oldest = retention.milliseconds.map { max(0, now.milliseconds - $0) } ?? 0
        let bytesMax = retention.bytesMax(partitions: partitioning.count)
        let replies = try await callEach(
            partitions.map { partition in
                let keys = StoreKeys(partition: partition)
                return StoreCall(
                    Self.trimFunction, .partition(partition),
                    keys: [keys.outbox, keys.outboxTrimmed, keys.outboxHeld, keys.outboxLost],
                    isFreeing: true
                ).appending([
                    .integer(Int64(retention.eventsMax)), .integer(oldest), .integer(Int64(limit)),
                    .integer(Int64(retention.heldEventsMax)), .integer(bytesMax),
                    .integer(max(0, now.milliseconds)),
                ])
            }, deadline: deadline)
        return replies.map { reply in
            Self.result { () throws(StoreError) in try Self.trimmed(try reply.get()) }
        }
    }

    private static func trimmed(_ reply: RedisValue) throws(StoreError) -> OutboxTrim {
        guard let parts = reply.array, parts.count == 7, let events = parts[0].integer,
            let cuts = parts[5].integer, let overtaken = parts[3].array, let full = parts[4].array
        else { throw outboxMalformed }
        return OutboxTrim(
            events: Int(events), hasMore: parts[1].integer == 1, isHeld: parts[2].integer == 1,
            overtaken: overtaken.compactMap(\.string),
            fullGroups: full.compactMap(\.string).map { EventGroup.name(ofRedisName: $0) }, cuts: cuts,
            hasNoticedCut: parts[6].integer == 1)
    }

    // MARK: Calling

    private static let noticedFunction = FunctionLibrary.outbox.name("outbox_noticed")
    private static let boundsFunction = FunctionLibrary.outbox.name("outbox_bounds")
    private static let endsFunction = FunctionLibrary.outbox.name("outbox_ends")
    private static let trimFunction = FunctionLibrary.outbox.name("outbox_trim")

    /// A call of a function that looks at a partition's outbox and its watermark.
    func outboxCall(
        _ function: String, _ partition: Int, isRead: Bool = false, isFreeing: Bool = false,
        _ arguments: RedisArgument...
    ) -> StoreCall {
        let keys = StoreKeys(partition: partition)
        return StoreCall(
            function, .partition(partition), keys: [keys.outbox, keys.outboxTrimmed], isRead: isRead,
            isFreeing: isFreeing
        ).appending(arguments)
    }

    static let groupOfAnotherStore = StoreError(.corrupt, "a group of another number of partitions")
    static let outboxMalformed = StoreError(.corrupt, "a function of the outbox answered something else")

    static func outboxID(_ value: RedisValue) throws(StoreError) -> OutboxID {
        guard let id = value.string.flatMap({ OutboxID($0) }) else { throw outboxMalformed }
        return id
    }
}

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
}

/// How much of a partition's outbox is kept.
public struct OutboxRetention: Hashable, Sendable {
    /// The oldest events go first.
    public var eventsMax: Int
    /// Older ones go too; nil keeps them whatever their age.
    public var milliseconds: Int64?

    public init(eventsMax: Int = OutboxRetention.eventsMaxDefault, milliseconds: Int64? = nil) {
        self.eventsMax = eventsMax
        self.milliseconds = milliseconds
    }

    public static let eventsMaxDefault = 100_000
}

extension ReturnsStore {
    /// One read takes at most this many events of a partition, as outbox.lua says.
    public static let outboxReadMax = 1_024
    /// One step trims at most this many events of a partition, as outbox.lua says.
    public static let outboxTrimMax = 256

    /// Reads behind one id in each of some partitions, with one pipeline; what was trimmed meanwhile is noticed in the
    /// same step as the read.
    public func readOutbox(
        _ after: [EventID], limit: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [OutboxPage] {
        guard !after.isEmpty else { return [] }
        let replies = try await pipeline(
            after.map { place in
                outboxCall(
                    Self.readFunction, place.partition, .text("\(place.position)"), .integer(Int64(limit)))
            }, deadline: deadline)
        var pages: [OutboxPage] = []
        for (place, reply) in zip(after, replies) {
            guard let parts = reply.array, parts.count == 2 else { throw Self.outboxMalformed }
            switch parts[0].string {
            case "OK": pages.append(.events(try OutboxEvent.events(parts[1], partition: place.partition)))
            case "TRIMMED": pages.append(.trimmed(try Self.outboxID(parts[1])))
            case "AHEAD": pages.append(.ahead(try Self.outboxID(parts[1])))
            default: throw Self.outboxMalformed
            }
        }
        return pages
    }

    /// Where each partition's events begin and end now.
    public func outboxEnds(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> [OutboxEnds] {
        let replies = try await pipeline(
            (0..<partitioning.count).map { outboxCall(Self.endsFunction, $0) }, deadline: deadline)
        var ends: [OutboxEnds] = []
        for reply in replies {
            guard let parts = reply.array, parts.count == 2 else { throw Self.outboxMalformed }
            ends.append(OutboxEnds(trimmed: try Self.outboxID(parts[0]), last: try Self.outboxID(parts[1])))
        }
        return ends
    }

    /// Trims the oldest events of some partitions, one bounded step each, and moves the watermark with them. Any number of
    /// servers may do so at once.
    ///
    /// - Parameter now: By Redis's clock, which ids go by.
    public func trimOutbox(
        _ partitions: [Int], keeping retention: OutboxRetention, now: Instant,
        limit: Int = ReturnsStore.outboxTrimMax, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [OutboxTrim] {
        guard !partitions.isEmpty else { return [] }
        let oldest = retention.milliseconds.map { max(0, now.milliseconds - $0) } ?? 0
        let replies = try await pipeline(
            partitions.map { partition in
                let keys = StoreKeys(partition: partition)
                return RedisCommand(
                    "FCALL", .text(Self.trimFunction), 3, .text(keys.outbox), .text(keys.outboxTrimmed),
                    .text(keys.outboxHeld), .integer(Int64(retention.eventsMax)), .integer(oldest),
                    .integer(Int64(limit)))
            }, deadline: deadline)
        var trims: [OutboxTrim] = []
        for reply in replies {
            let figures = (reply.array ?? []).compactMap(\.integer)
            guard figures.count == 3 else { throw Self.outboxMalformed }
            trims.append(
                OutboxTrim(events: Int(figures[0]), hasMore: figures[1] == 1, isHeld: figures[2] == 1))
        }
        return trims
    }

    // MARK: Internal consumers

    /// Says how far an internal consumer has finished a partition; nothing behind that is trimmed from now on. Whoever holds
    /// the outbox back has to go on, or to let go: it grows until then.
    public func holdOutbox(
        _ consumer: String, finished: EventID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        let key = StoreKeys(partition: finished.partition).outboxHeld
        _ = try await send(
            RedisCommand("HSET", .text(key), .text(consumer), .text("\(finished.position)")), key: key,
            effect: .once, deadline: deadline)
    }

    /// An internal consumer holds nothing back any more.
    public func releaseOutbox(
        _ consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await pipeline(
            (0..<partitioning.count).map {
                RedisCommand("HDEL", .text(StoreKeys(partition: $0).outboxHeld), .text(consumer))
            }, deadline: deadline)
    }

    // MARK: Calling

    private static let readFunction = FunctionLibrary.outbox.name("outbox_read")
    private static let endsFunction = FunctionLibrary.outbox.name("outbox_ends")
    private static let trimFunction = FunctionLibrary.outbox.name("outbox_trim")

    /// A call of a function that looks at a partition's outbox and its watermark.
    func outboxCall(_ function: String, _ partition: Int, _ arguments: RedisArgument...) -> RedisCommand {
        let keys = StoreKeys(partition: partition)
        var command = RedisCommand(
            "FCALL", .text(function), 2, .text(keys.outbox), .text(keys.outboxTrimmed))
        for argument in arguments { command.append(argument) }
        return command
    }

    static let outboxMalformed = StoreError(.corrupt, "a function of the outbox answered something else")

    static func outboxID(_ value: RedisValue) throws(StoreError) -> OutboxID {
        guard let id = value.string.flatMap({ OutboxID($0) }) else { throw outboxMalformed }
        return id
    }
}

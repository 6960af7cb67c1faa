import NIOCore
import RedisClient

/// What a Redis is and holds, as far as it can be known without changing anything there.
public struct StoreLook: Hashable, Sendable {
    public var redisVersion: String
    /// Nil where there is no store yet.
    public var settings: StoreSettings?
    /// Of the store's records.
    var format: Int64
    var isReplica: Bool
    /// Nil where Redis does not tell.
    var evictionPolicy: String?

    /// - Parameter wanted: what a store that is made there would have.
    public func text(wanted: StoreSettings) -> String {
        guard let settings else {
            return "no store yet; the first start makes one of \(wanted.partitions) partitions"
        }
        return
            "a store of \(settings.partitions) partitions\(settings.hasTestClock ? " on a test clock" : "")"
    }

    /// Why a server with these settings would not start, or not work, on it; nil if it would.
    public func problem(wanted: StoreSettings) -> String? {
        if isReplica { return "this Redis is a replica and takes no writes; name its primary" }
        if let evictionPolicy, evictionPolicy != "noeviction" {
            return
                "this Redis evicts keys (maxmemory-policy \(evictionPolicy)) and would lose cases; set it to noeviction"
        }
        guard let settings, settings != wanted || format != StoreSettings.format else { return nil }
        return
            "the store in this Redis has \(Self.words(settings, format)), and these settings ask for \(Self.words(wanted, StoreSettings.format))"
    }

    private static func words(_ settings: StoreSettings, _ format: Int64) -> String {
        "format \(format), \(settings.partitions) partitions and \(settings.hasTestClock ? "a" : "no") test clock"
    }
}

extension ReturnsStore {
    /// Looks at a Redis before anything is opened there.
    public static func look(
        redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> StoreLook {
        let key = StoreKeys.store
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await redis.pipeline(
                [
                    RedisCommand("HMGET", .text(key), "format", "partitions", "test_clock"),
                    RedisCommand("INFO", "server"), RedisCommand("INFO", "replication"),
                    RedisCommand("CONFIG", "GET", "maxmemory-policy"),
                ], key: key, deadline: deadline)
            for reply in replies.prefix(3) { _ = try reply.checked() }
        } catch {
            throw StoreError(error)
        }
        let found = (replies[0].array ?? []).map(\.integer)
        let format = found.first ?? nil
        return StoreLook(
            redisVersion: version(replies[1].string ?? ""),
            settings: format == nil
                ? nil : StoreSettings(partitions: Int(found[1] ?? -1), hasTestClock: found[2] == 1),
            format: format ?? StoreSettings.format,
            isReplica: replies[2].string?.contains("role:slave") ?? false,
            evictionPolicy: replies[3].array?.last?.string)
    }
}

import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// An order as it is read and sent.
package struct ReadOrder: Sendable {
    package let stored: StoredOrder
    package let outline: OrderOutline
}

/// An order's own timeline, the oldest entry first; bounded by `CountLimits.orderEntriesMax`.
package struct OrderTimeline: Sendable {
    /// As messages with all their groups; their bytes are whole.
    package private(set) var entries: [ByteBuffer] = []
    /// The places of damaged entries, from 1 on. They hide no other.
    package private(set) var unreadable: [Int] = []

    fileprivate init(_ values: [RedisValue]) {
        for (index, value) in values.enumerated() {
            do throws(StoreError) {
                entries.append(try ReturnsStore.checkedContents(value, "entry of an order's timeline"))
            } catch {
                unreadable.append(index + 1)
            }
        }
    }
}

/// Reads of orders on which nothing is decided: what is stored is sent, also what a newer build wrote.
extension ReturnsStore {
    package nonisolated(nonsending) func readOrder(
        _ key: OrderKey, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> ReadOrder? {
        let redisKey = keys(key).order(key)
        let reply = try await replyToRead(Self.orderCommand(redisKey), key: redisKey, deadline: deadline)
        guard let found = try readOrder(reply, key) else {
            try await confirmRun(deadline: deadline)
            return nil
        }
        return found
    }

    package nonisolated(nonsending) func readOrderAndTimeline(
        _ key: OrderKey, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (order: ReadOrder, timeline: OrderTimeline)? {
        let keys = keys(key)
        let replies = try await repliesToReads(
            [
                Self.orderCommand(keys.order(key)),
                RedisCommand("LRANGE", .text(keys.orderTimeline(key)), 0, -1),
            ], key: keys.order(key), deadline: deadline)
        guard let found = try readOrder(replies[0], key) else {
            try await confirmRun(deadline: deadline)
            return nil
        }
        do throws(StoreError) {
            return (found, OrderTimeline(try Self.checked(replies[1]).array ?? []))
        } catch {
            throw error.of(key)
        }
    }

    /// - Returns: Nil also for another sale channel's order, whatever the record is like.
    private func readOrder(_ reply: RedisValue, _ key: OrderKey) throws(StoreError) -> ReadOrder? {
        guard let stored = try storedOrder(reply, key) else { return nil }
        return ReadOrder(
            stored: stored, outline: try stored.outline(key, knowing: identity.settings.highestLevel))
    }
}

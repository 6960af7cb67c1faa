import NIOCore
import RedisClient

extension ReturnsStore {
    /// Those of some keys that hold something of another type than the store puts there: what touches them is refused.
    func keysOfAnotherType(
        among keys: [String], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [String] {
        let known = keys.compactMap { key in StoreKeys.type(ofKey: key).map { (key: key, type: $0) } }
        let types = try await pipeline(
            known.map { RedisCommand("TYPE", .text($0.key)) }, deadline: deadline)
        // One that is gone is of no type.
        return zip(known, types).filter { $1.string != $0.type && $1.string != "none" }.map(\.0.key)
    }

    /// The keys of a partition's log of events that hold something of another type, for operators.
    public func damagedOutboxKeys(
        of partition: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [String] {
        let keys = StoreKeys(partition: partition)
        return try await keysOfAnotherType(
            among: [keys.outbox, keys.outboxTrimmed, keys.outboxHeld, keys.outboxLost, keys.outboxConsumers],
            deadline: deadline)
    }
}

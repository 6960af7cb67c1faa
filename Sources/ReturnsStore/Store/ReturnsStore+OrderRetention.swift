import NIOCore
import RedisClient
import ReturnsDomain

extension Order {
    /// What the set of orders without cases holds for this one: score and member.
    var quietEntry: [RedisArgument] { [.text(String(quietSince.milliseconds)), .text(key.member)] }
}

/// What became of some orders that were due to go.
public struct OrderRemoval: Hashable, Sendable {
    public var removed = 0
    /// Entries that stay, since their orders cannot be read or do not say what the set says; run verify-indexes.
    public var passedOver = 0
    /// Entries that were looked at.
    public var looked = 0
}

extension ReturnsStore {
    /// One call looks at no more orders than this.
    public static let orderRemovalsMax = 32

    /// By partition, whether an order without cases has been quiet for as long; nil where that cannot be read.
    public func hasQuietOrders(
        since: Instant, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Bool?] {
        let heads = (0..<partitioning.count).map { partition in
            RedisCommand(
                "ZRANGE", .text(StoreKeys(partition: partition).ordersWithoutCases), 0, 0, "WITHSCORES")
        }
        return try await readEach(heads, deadline: deadline).map { reply in
            guard case .success(let reply) = reply else { return nil }
            return reply.array?.last.map { (Self.time(score: $0) ?? Instant(milliseconds: 0)) <= since }
                ?? false
        }
    }

    /// Removes the orders of a partition that have been quiet for as long and have no case.
    ///
    /// The order's record decides; the set only finds it. The removal compares version and time once more, so whoever
    /// opens a case or pushes the order meanwhile keeps it.
    /// - Parameter offset: Entries that were passed over before.
    public func removeQuietOrders(
        partition: Int, since: Instant, offset: Int = 0, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> OrderRemoval {
        let keys = StoreKeys(partition: partition)
        let entries = try await send(
            RedisCommand(
                "ZRANGEBYSCORE", .text(keys.ordersWithoutCases), "-inf", .integer(since.milliseconds),
                "LIMIT", .integer(Int64(offset)), .integer(Int64(Self.orderRemovalsMax))),
            key: keys.ordersWithoutCases, deadline: deadline)
        let members = (entries.array ?? []).map { $0.string.flatMap { OrderKey(member: $0) } }
        let due = members.compactMap(\.self)
        var removal = OrderRemoval(passedOver: members.count - due.count, looked: members.count)
        guard !due.isEmpty else { return removal }
        let records = try await repliesToReads(
            due.map { Self.orderCommand(keys.order($0)) }, key: nil, deadline: deadline)
        var removable: [(key: OrderKey, version: UInt64)] = []
        for (key, record) in zip(due, records) {
            do throws(StoreError) {
                let order = try decodeOrder(record, key)
                guard order.map({ $0.cases.isEmpty && $0.quietSince <= since }) ?? true else {
                    removal.passedOver += 1
                    continue
                }
                removable.append((key, order?.version ?? 0))
            } catch {
                guard error.code == .corrupt else { throw error }
                removal.passedOver += 1
            }
        }
        guard !removable.isEmpty else { return removal }
        let call = StoreCall(
            Self.removeOrdersFunction, .partition(partition),
            keys: [keys.ordersWithoutCases] + removable.map { keys.order($0.key) })
        let reply = try await send(
            call.appending(
                [.integer(since.milliseconds)]
                    + removable.flatMap { [.text($0.key.member), .text(String($0.version))] }),
            effect: .once, deadline: deadline)
        removal.removed = Int(reply.integer ?? 0)
        return removal
    }

    private static let removeOrdersFunction = FunctionLibrary.store.name("remove_orders")
}

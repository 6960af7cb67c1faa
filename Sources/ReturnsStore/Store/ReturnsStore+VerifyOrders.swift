import NIOCore
import RedisClient
import ReturnsDomain

/// The order says whether a case stands on it; the set of orders without cases is an index of that.
extension ReturnsStore {
    /// An order without cases stands in the set at its time, and its cases are all due that it has to tell something.
    func verifyOrder(
        _ key: OrderKey, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        guard let order = try await loadOrder(key, deadline: deadline) else { return }
        try await verifyUntold(of: order, repair: repair, into: &report, deadline: deadline)
        try await verifyCases(of: order, into: &report, deadline: deadline)
        guard order.cases.isEmpty else { return }
        let keys = keys(key)
        guard try await quietScore(of: key, deadline: deadline) != order.quietSince.milliseconds,
            // It may have been pushed between the two reads, which need not change its version.
            let again = try await loadOrder(key, deadline: deadline), again == order,
            try await quietScore(of: key, deadline: deadline) != order.quietSince.milliseconds
        else { return }
        var isRepaired = false
        if repair {
            var builder = CommitBuilder()
            builder.guardVersion(keys.order(key), order.version)
            builder.addToSet(keys.ordersWithoutCases, scoresAndMembers: order.quietEntry)
            isRepaired = try await commit(verifying: key, builder, deadline: deadline)
        }
        report.add(.init(index: keys.order(key), id: nil, problem: .missing, isRepaired: isRepaired))
    }

    /// The cases that the order names are there: one is written with the other, and kept for ever.
    private func verifyCases(
        of order: Order, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        let ids = order.cases.map(\.id)
        guard !ids.isEmpty else { return }
        let replies = try await pipeline(
            ids.map { RedisCommand("EXISTS", .text(StoreKeys(partition: $0.partition).returnCase($0))) },
            deadline: deadline)
        for (id, reply) in zip(ids, replies) where reply.integer == 0 { report.addMissingRecord(id) }
    }

    /// What stands in the set is an order without cases.
    func verifyQuietOrder(
        _ member: [UInt8], at set: String, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        let text = String(decoding: member, as: UTF8.self)
        var builder = CommitBuilder()
        var isRepaired = false
        if let key = OrderKey(member: text), self.keys(key).ordersWithoutCases == set {
            let order: Order?
            do throws(StoreError) {
                order = try await loadOrder(key, deadline: deadline)
            } catch {
                // It is reported once, as itself.
                guard error.code == .corrupt else { throw error }
                return
            }
            if let order, order.cases.isEmpty { return }
            let score = try await quietScore(of: key, deadline: deadline)
            let again = try await loadOrder(key, deadline: deadline)
            guard score != nil, again?.version == order?.version else { return }
            builder.guardVersion(self.keys(key).order(key), order?.version ?? 0)
        }
        if repair, let partition = StoreKeys.partition(ofKey: set) {
            builder.removeFromSet(set, members: [.bytes(member)])
            isRepaired =
                try await commit(try builder.call(partition: partition), deadline: deadline) == .committed
        }
        report.add(.init(index: set, id: nil, problem: .stale, isRepaired: isRepaired))
    }

    /// A case lives as long as its order and the other way round: its order is there.
    func verifyOrder(
        of value: Case, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        let key = keys(value.order).order(value.order)
        let reply = try await send(RedisCommand("EXISTS", .text(key)), key: key, deadline: deadline)
        guard reply.integer == 0 else { return }
        report.add(.init(index: key, id: value.id, problem: .recordMissing, isRepaired: false))
    }

    private func quietScore(of key: OrderKey, deadline: NIODeadline) async throws(StoreError) -> Int64? {
        let set = keys(key).ordersWithoutCases
        let reply = try await send(
            RedisCommand("ZSCORE", .text(set), .text(key.member)), key: set, deadline: deadline)
        return Self.time(score: reply)?.milliseconds
    }

    private func commit(
        verifying key: OrderKey, _ builder: CommitBuilder, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        try await commit(try builder.call(partition: partitioning.partition(of: key)), deadline: deadline)
            == .committed
    }
}

import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport

@testable import ReturnsStore

/// Orders and cases with refunds of every kind, as the store holds them; a test changes them by hand and writes them as they are.
struct MoneyWorld: Sendable {
    var orders: [String: Order] = [:]
    var cases: [String: Case] = [:]
    /// Of each case, its order's name.
    private(set) var orderOfCase: [String: String] = [:]

    /// - `paid`: two refunds over both lines and both payments: `succeeded` with shipping, and `open`, which is in flight.
    /// - `other`: `other` was refunded by another method, `failed` has a refund that failed.
    /// - `late`: `late` has a refund that was given up and succeeded beside the second one, so 20.00 are overpaid; `dead` has one that
    ///   was given up.
    static func made() throws -> MoneyWorld {
        var world = MoneyWorld()
        let toInspected = "verify approve tell ship receive inspect"
        try world.open("paid", "succeeded", [RequestedLine(lineID: "1", quantity: 2)]) { desk in
            try desk.follow(toInspected)
            let shares = [("card-1", 1_500), ("gift-1", 1_000)].map {
                RefundShare(reference: $0.0, amountMinor: $0.1)
            }
            try desk.run(.refund(RefundOrder(shippingMinor: 500, payments: shares)), as: Cast.fei)
            try desk.follow("record_refund")
        }
        try world.open(
            "paid", "open",
            [RequestedLine(lineID: "1", quantity: 3), RequestedLine(lineID: "2", quantity: 3)]
        ) { desk in
            try desk.follow(toInspected + " refund")
        }
        try world.open("other", "other", [RequestedLine(lineID: "1", quantity: 2)]) { desk in
            try desk.follow(toInspected)
            try desk.run(
                .refund(RefundOrder(otherMethod: "bank transfer", otherMethodReason: "the card is closed")),
                as: Cast.sue)
            try desk.follow("record_refund")
        }
        try world.open("other", "failed", [RequestedLine(lineID: "3", quantity: 2)]) { desk in
            try desk.follow(toInspected + " refund record_refund:1")
        }
        try world.open("late", "late", [RequestedLine(lineID: "1", quantity: 2)]) { desk in
            try desk.follow(toInspected + " refund record_refund:1 abandon_refund refund record_refund tell")
            try desk.run(
                .recordRefund(
                    RefundReport(
                        refundID: "\(desk.value.id)-1", result: .succeeded(voucher: "V9", document: nil))),
                as: Cast.fei)
        }
        try world.open("late", "dead", [RequestedLine(lineID: "2", quantity: 3)]) { desk in
            try desk.follow(toInspected + " refund record_refund:1 abandon_refund")
        }
        return world
    }

    private mutating func open(
        _ order: String, _ name: String, _ lines: [RequestedLine], _ body: (inout Desk) throws -> Void
    ) throws {
        let known = orders[order] ?? Fixture.order(number: "W-\(order)")
        let partition = Partitioning(count: StoreFixture.partitions).partition(of: known.key)
        var desk = Desk(
            order: known, now: cases.values.map(\.updatedAt).max() ?? Fixture.monday)
        let id = CaseID(at: desk.now, partition: partition, random: UInt32(cases.count + 1))
        try desk.submit(Fixture.submission(id: id, lines: lines))
        try body(&desk)
        orders[order] = desk.order
        cases[name] = desk.value
        orderOfCase[name] = order
    }

    /// Writes every record with checksums that fit, whatever it says, over all that was there.
    func write(to fixture: StoreFixture) async throws {
        for order in orders.values {
            var command = RedisCommand("HSET")
            command.append(fixture.store.keys(order.key).order(order.key))
            for argument in OrderRecord(order).arguments(version: order.version) { command.append(argument) }
            _ = try await fixture.clients[0].send(command, key: nil).checked()
        }
        for value in cases.values {
            let record = CaseRecord(value)
            var command = RedisCommand("HSET")
            command.append(StoreKeys(partition: value.id.partition).returnCase(value.id))
            command.append("v")
            command.append(.integer(Int64(clamping: value.version)))
            command.append("f")
            command.append(.bytes(CaseFacts(value, record).encode()))
            for group in CaseRecord.Group.allCases {
                command.append(.text(group.field))
                command.append(.buffer(record[group]))
            }
            _ = try await fixture.clients[0].send(command, key: nil).checked()
        }
    }

    func erase(from fixture: StoreFixture) async throws {
        for order in orders.values {
            _ = try await fixture.command("DEL", .text(fixture.store.keys(order.key).order(order.key)))
        }
        for value in cases.values {
            _ = try await fixture.command(
                "DEL", .text(StoreKeys(partition: value.id.partition).returnCase(value.id)))
        }
    }
}

extension ReturnsStore {
    /// Walks over the whole store.
    func verifiedMoney() async throws(StoreError) -> MoneyReport {
        var walk = try await beginMoneyWalk()
        while !walk.isDone { try await continueMoneyWalk(&walk) }
        return walk.report
    }
}

import Logging
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// Passes over orders without cases: once a minute, some at a time, none that has a case.
@Suite(.serialized) struct OrderExpiryTests {
    private static let end = Fixture.monday.adding(61 * Milliseconds.day)

    private static func expiry(_ days: Int64?, _ sweeping: Sweeping) -> OrderExpiry {
        OrderExpiry(
            retention: OrderRetention(days: days), policies: sweeping.policies,
            metrics: ReturnsMetrics(factory: sweeping.registry, schema: ""), logger: sweeping.logger)
    }

    private static func put(_ count: Int, _ sweeping: Sweeping) async throws {
        for number in 0..<count {
            var order = Fixture.order(number: "Q-\(number)")
            order.updatedAt = Fixture.monday
            let digits = String(number)
            let request = CommitRequest(
                id: String(repeating: "0", count: 32 - digits.count) + digits,
                fingerprint: [UInt8](repeating: 1, count: 32))
            #expect(
                try await sweeping.store.commit(order, before: nil, result: 1, request: request) == .committed
            )
        }
    }

    @Test func aPassRemovesWhatWasKeptLongEnoughAndCountsIt() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(3)
            try await Self.put(100, sweeping)
            var schedule = OrderExpiry.Schedule()
            let expiry = Self.expiry(60, sweeping)
            try await expiry.pass(&schedule, now: Self.end.adding(-1), store: sweeping.store)
            #expect(try await sweeping.store.verifyIndexes(repair: false).orders == 103)
            try await expiry.pass(&schedule, now: Self.end, store: sweeping.store)
            let report = try await sweeping.store.verifyIndexes(repair: false)
            #expect(report.orders == 3 && report.problems == 0)
            for value in cases { #expect(try await sweeping.store.loadOrder(value.order) != nil) }
            #expect(sweeping.registry.text().contains("returns_orders_expired_total 100"))
        }
    }

    @Test func aPassLooksAtABoundedNumberAndTheNextFollowsAtOnce() async throws {
        try await Sweeping.with { sweeping in
            try await Self.put(OrderExpiry.passOrdersMax + 200, sweeping)
            var schedule = OrderExpiry.Schedule()
            let expiry = Self.expiry(60, sweeping)
            try await expiry.pass(&schedule, now: Self.end, store: sweeping.store)
            let left = try await sweeping.store.verifyIndexes(repair: false).orders
            #expect((1...200).contains(left) && schedule.isDue(Self.end))
            try await expiry.pass(&schedule, now: Self.end, store: sweeping.store)
            #expect(try await sweeping.store.verifyIndexes(repair: false).orders == 0)
            #expect(!schedule.isDue(Self.end))
        }
    }

    /// Also by a clock that was set back.
    @Test func passesAreAMinuteApart() async throws {
        try await Sweeping.with { sweeping in
            var schedule = OrderExpiry.Schedule()
            #expect(schedule.isDue(Self.end))
            try await Self.expiry(nil, sweeping).pass(&schedule, now: Self.end, store: sweeping.store)
            #expect(!schedule.isDue(Self.end.adding(59_999)))
            #expect(schedule.isDue(Self.end.adding(60_000)) && schedule.isDue(Self.end.adding(-1)))
        }
    }

    @Test func withoutALimitNothingIsRemoved() async throws {
        try await Sweeping.with { sweeping in
            try await Self.put(2, sweeping)
            var schedule = OrderExpiry.Schedule()
            let ever = Fixture.utc(2500, 1, 1)
            try await Self.expiry(nil, sweeping).pass(&schedule, now: ever, store: sweeping.store)
            #expect(try await sweeping.store.verifyIndexes(repair: false).orders == 2)
        }
    }
}

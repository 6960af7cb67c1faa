import ReturnsDomain
import ReturnsTestSupport
import Testing

/// How long an order without cases is kept: 400 days, or the return window where that is longer.
@Suite struct OrderRetentionTests {
    private static let retention = OrderRetention(days: 400)
    private static let day = Milliseconds.day

    private static func order(delivered: Instant?, pushed: Instant) -> Order {
        var order = Fixture.order(placedAt: Fixture.utc(2026, 1, 1))
        order.deliveredAt = delivered
        order.updatedAt = pushed
        return order
    }

    /// Days kept, delivery, push, return window, and the end.
    private static let ends: [(Int64?, Instant?, Instant, Int64, Instant?)] = [
        (400, nil, Fixture.utc(2026, 1, 1), 30, Fixture.utc(2027, 2, 5)),
        (400, nil, Fixture.utc(2026, 1, 3), 30, Fixture.utc(2027, 2, 7)),
        (400, Fixture.utc(2026, 1, 11), Fixture.utc(2026, 1, 3), 30, Fixture.utc(2027, 2, 15)),
        (10, nil, Fixture.utc(2026, 1, 1), 30, Fixture.utc(2026, 2, 1)),
        (400, nil, Fixture.utc(2026, 1, 1), 500, Fixture.utc(2027, 5, 17)),
        (nil, nil, Fixture.utc(2026, 1, 1), 30, nil),
    ]

    @Test(arguments: ends.indices) func itEndsAfterDeliveryPushAndWindow(_ index: Int) {
        let (days, delivered, pushed, window, end) = Self.ends[index]
        let retention = OrderRetention(days: days).covering(windowDays: window)
        let order = Self.order(delivered: delivered, pushed: pushed)
        #expect(retention.end(of: order) == end)
        guard let end else {
            return #expect(retention.removable(now: .init(milliseconds: 0)) == nil)
        }
        #expect(!retention.isOver(for: order, now: end.adding(-1)))
        #expect(retention.isOver(for: order, now: end))
        // The record goes a day later.
        let gone = end.adding(Self.day)
        #expect(retention.removable(now: gone.adding(-1))! < order.quietSince)
        #expect(retention.removable(now: gone)! == order.quietSince)
    }

    @Test func anOrderWithACaseStays() {
        var order = Self.order(delivered: nil, pushed: Fixture.utc(2026, 1, 1))
        order.cases = [OrderCase(id: Fixture.caseID(1), channelRef: "")]
        #expect(Self.retention.end(of: order) == nil)
        #expect(!Self.retention.isOver(for: order, now: Fixture.utc(2100, 1, 1)))
    }

    @Test func eachPushKeepsAnOrderWithoutCasesLonger() throws {
        let pushed = Fixture.order()
        func put(_ order: Order, over known: Order?, _ now: Instant) throws -> OrderUpdate {
            try Order.put(order, over: known, actor: Cast.shop, now: now).get()
        }
        guard case .created(let first) = try put(pushed, over: nil, Fixture.monday),
            case .unchanged(var again) = try put(pushed, over: first, Fixture.monday.adding(Self.day))
        else { return #expect(Bool(false), "another result") }
        #expect(again.version == first.version && again.updatedAt == Fixture.monday.adding(Self.day))
        // A server whose clock runs behind takes nothing back.
        guard case .unchanged(again) = try put(pushed, over: again, Fixture.monday) else {
            return #expect(Bool(false), "another result")
        }
        again.cases = [OrderCase(id: Fixture.caseID(1), channelRef: "")]
        guard case .unchanged(again) = try put(pushed, over: again, Fixture.utc(2026, 5, 1)) else {
            return #expect(Bool(false), "another result")
        }
    }

    private static func submit(on order: Order?, now: Instant, keeping: OrderRetention) -> Result<
        CaseTransition, CaseRejection
    > {
        Case.decide(
            nil, order: order, command: .submit(Fixture.submission(id: Fixture.caseID(1, at: now))),
            actor: Cast.shop, now: now, policy: Fixture.policy(), sla: .standard(), orderRetention: keeping)
    }

    @Test func noCaseIsOpenedOnAnOrderThatIsKeptNoLonger() throws {
        let order = Self.order(delivered: nil, pushed: Fixture.utc(2026, 1, 1))
        let end = Fixture.utc(2027, 2, 5)
        #expect(throws: Never.self) {
            _ = try Self.submit(on: order, now: end.adding(-1), keeping: Self.retention).get()
            _ = try Self.submit(on: order, now: end, keeping: .forever).get()
        }
        for absent in [order, nil] {
            guard case .failure(let rejection) = Self.submit(on: absent, now: end, keeping: Self.retention)
            else { return #expect(Bool(false), "opened") }
            #expect(rejection.code == "ORDER_UNKNOWN" && rejection.kind == .notFound)
            #expect(
                rejection.text
                    == "no such order; push it first or check channel and number; orders without cases are kept 400 days after delivery and last push: push an older one again"
            )
        }
    }

    /// Its case goes on, whatever the setting.
    @Test func aCaseGoesOnHoweverOldItsOrderIs() throws {
        let order = Self.order(delivered: nil, pushed: Fixture.utc(2026, 1, 1))
        let opened = try Self.submit(on: order, now: Fixture.monday, keeping: Self.retention).get()
        #expect(throws: Never.self) {
            _ = try Case.decide(
                opened.caseAfter, order: opened.orderAfter, command: .sweep, actor: .system,
                now: Fixture.utc(2100, 1, 1), policy: Fixture.policy(), sla: .standard(),
                orderRetention: Self.retention
            ).get()
        }
    }
}

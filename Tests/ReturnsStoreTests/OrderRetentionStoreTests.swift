import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Orders without cases stand in a set of their own, from which the oldest are removed; an order's first case takes it
    /// out in the same commit.
    @Suite struct OrderRetentionStoreTests {
        private static let later = Fixture.monday.adding(Milliseconds.day)

        private static func put(_ number: Int, at time: Instant, _ fixture: StoreFixture) async throws
            -> Order
        {
            var order = Fixture.order(number: "SO-\(number)")
            order.updatedAt = time
            #expect(
                try await fixture.store.commit(
                    order, before: nil, result: 1, request: .test(100 + number)) == .committed)
            return order
        }

        private static func opening(_ order: Order, _ fixture: StoreFixture) throws -> CaseTransition {
            // Orders of one partition have cases of different ids.
            let number = order.key.orderNumber.split(separator: "-").last.flatMap { UInt32($0) }
            let id = CaseID(
                at: Fixture.monday, partition: fixture.store.partitioning.partition(of: order.key),
                random: try #require(number))
            return try Case.decide(
                nil, order: order, command: .submit(Fixture.submission(id: id)), actor: Cast.shop,
                now: Fixture.monday, policy: Fixture.policy(), sla: .standard()
            ).get()
        }

        private static func remove(_ order: Order, since: Instant, _ fixture: StoreFixture) async throws
            -> OrderRemoval
        {
            try await fixture.store.removeQuietOrders(
                partition: fixture.store.partitioning.partition(of: order.key), since: since)
        }

        private static func score(_ order: Order, _ fixture: StoreFixture) async throws -> String? {
            try await fixture.command(
                "ZSCORE", .text(fixture.store.keys(order.key).ordersWithoutCases), .text(order.key.member)
            ).string
        }

        @Test func aPushSetsItsTimeAndTheFirstCaseKeepsItForEver() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(1, at: Fixture.monday, fixture)
                #expect(try await Self.score(order, fixture) == String(Fixture.monday.milliseconds))
                var again = order
                again.updatedAt = Self.later
                #expect(
                    try await fixture.store.commit(again, before: order, result: 3, request: .test(2))
                        == .committed)
                #expect(try await Self.score(order, fixture) == String(Self.later.milliseconds))
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)

                let opening = try Self.opening(again, fixture)
                #expect(try await fixture.store.commit(opening, request: nil) == .committed)
                #expect(try await Self.score(order, fixture) == nil)
                let removal = try await Self.remove(order, since: Fixture.utc(2100, 1, 1), fixture)
                #expect(removal == OrderRemoval())
                #expect(try await fixture.store.loadOrder(order.key) == opening.orderAfter)
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }

        @Test func itIsRemovedWhenItWasQuietForLongEnough() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(1, at: Fixture.monday, fixture)
                let before = Fixture.monday.adding(-1)
                #expect(try await fixture.store.hasQuietOrders(since: before).allSatisfy { $0 == false })
                #expect(try await Self.remove(order, since: before, fixture) == OrderRemoval())
                #expect(
                    try await fixture.store.hasQuietOrders(since: Fixture.monday).count { $0 == true } == 1)
                let removal = try await Self.remove(order, since: Fixture.monday, fixture)
                #expect(removal == OrderRemoval(removed: 1, passedOver: 0, looked: 1))
                #expect(try await fixture.store.loadOrder(order.key) == nil)
                #expect(try await Self.score(order, fixture) == nil)
                let report = try await fixture.store.verifyIndexes(repair: false)
                #expect(report.problems == 0 && report.orders == 0)
            }
        }

        /// A case that was decided before the removal and is committed after it is not opened.
        @Test func noCaseIsOpenedOnAnOrderThatIsGone() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(1, at: Fixture.monday, fixture)
                let opening = try Self.opening(order, fixture)
                #expect(try await Self.remove(order, since: Fixture.monday, fixture).removed == 1)
                #expect(try await fixture.store.commit(opening, request: nil) == .stale)
                #expect(try await fixture.store.loadCase(opening.caseAfter.id) == nil)
            }
        }

        /// The removal compares in Redis: whoever read the order before a case was opened on it, or before it was pushed
        /// again, removes nothing.
        @Test(arguments: [true, false]) func aRemovalThatWasOvertakenRemovesNothing(_ opens: Bool)
            async throws
        {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(1, at: Fixture.monday, fixture)
                let keys = fixture.store.keys(order.key)
                if opens {
                    #expect(
                        try await fixture.store.commit(Self.opening(order, fixture), request: nil)
                            == .committed)
                } else {
                    var again = order
                    again.updatedAt = Self.later
                    #expect(
                        try await fixture.store.commit(again, before: order, result: 3, request: .test(2))
                            == .committed)
                }
                let call = StoreCall(
                    FunctionLibrary.store.name("remove_orders"),
                    .partition(fixture.store.partitioning.partition(of: order.key)),
                    keys: [keys.ordersWithoutCases, keys.order(order.key)]
                ).appending([
                    .integer(Fixture.monday.milliseconds), .text(order.key.member), .text("1"),
                ])
                let reply = try await fixture.store.send(call, effect: .once, deadline: .distantFuture)
                #expect(reply.integer == 0)
                #expect(try await fixture.store.loadOrder(order.key) != nil)
            }
        }

        /// Opening cases and removing orders at the same time, on connections of their own: an order and its case are both
        /// there, or neither is.
        @Test func casesAndRemovalsThatRaceLeaveNoCaseAlone() async throws {
            try await StoreFixture.with(connections: 2) { fixture in
                var openings: [CaseTransition] = []
                for number in 0..<60 {
                    let order = try await Self.put(number, at: Fixture.monday, fixture)
                    openings.append(try Self.opening(order, fixture))
                }
                async let removals: Void = {
                    for partition in 0..<StoreFixture.partitions {
                        _ = try await fixture.stores[1].removeQuietOrders(
                            partition: partition, since: Fixture.monday)
                    }
                }()
                for opening in openings {
                    let outcome = try await fixture.stores[0].commit(opening, request: nil)
                    #expect(outcome == .committed || outcome == .stale)
                }
                try await removals
                for opening in openings {
                    let order = try await fixture.store.loadOrder(opening.caseAfter.order)
                    let value = try await fixture.store.loadCase(opening.caseAfter.id)
                    #expect((order == nil) == (value == nil))
                }
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }

        /// What cannot be read, or has a case although the set names it, stays; what stands behind it goes.
        @Test func whatCannotBeRemovedHoldsUpNothing() async throws {
            try await StoreFixture.with { fixture in
                let damaged = try await Self.put(1, at: Fixture.monday.adding(-2), fixture)
                let keys = fixture.store.keys(damaged.key)
                _ = try await fixture.command("HSET", .text(keys.order(damaged.key)), "b", "damage")
                _ = try await fixture.command("ZADD", .text(keys.ordersWithoutCases), 1, "no order")
                // Of the same partition.
                let number = try #require(
                    (2...10_000).first {
                        let key = OrderKey(saleChannel: "online", orderNumber: "SO-\($0)")
                        return fixture.store.partitioning.partition(of: key)
                            == fixture.store.partitioning.partition(of: damaged.key)
                    })
                let whole = try await Self.put(number, at: Fixture.monday, fixture)
                let removal = try await Self.remove(whole, since: Fixture.monday, fixture)
                #expect(removal == OrderRemoval(removed: 1, passedOver: 2, looked: 3))
                #expect(try await fixture.store.loadOrder(whole.key) == nil)
            }
        }

        /// Orders of before this set was kept, and entries that nobody calls for.
        @Test func verifyIndexesProvesAndRepairsTheSet() async throws {
            try await StoreFixture.with { fixture in
                let old = try await Self.put(1, at: Fixture.monday, fixture)
                let moved = try await Self.put(2, at: Fixture.monday, fixture)
                let opened = try await Self.put(3, at: Fixture.monday, fixture)
                let opening = try Self.opening(opened, fixture)
                #expect(try await fixture.store.commit(opening, request: nil) == .committed)
                _ = try await fixture.command(
                    "ZREM", .text(fixture.store.keys(old.key).ordersWithoutCases), .text(old.key.member))
                _ = try await fixture.command(
                    "ZADD", .text(fixture.store.keys(moved.key).ordersWithoutCases), 7,
                    .text(moved.key.member))
                for stale in [opened.key.member, "online:none", "nothing"] {
                    _ = try await fixture.command(
                        "ZADD", .text(fixture.store.keys(opened.key).ordersWithoutCases), 7, .text(stale))
                }
                for (repair, isRepaired) in [(false, false), (true, true)] {
                    let report = try await fixture.store.verifyIndexes(repair: repair)
                    #expect(report.findings.count { $0.problem == .missing } == 2)
                    #expect(report.findings.count { $0.problem == .stale } == 3)
                    #expect(report.findings.allSatisfy { $0.isRepaired == isRepaired })
                }
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
                #expect(try await Self.score(old, fixture) == String(Fixture.monday.milliseconds))
            }
        }

        @Test func verifyIndexesNamesACaseWithoutItsOrder() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(1, at: Fixture.monday, fixture)
                let opening = try Self.opening(order, fixture)
                #expect(try await fixture.store.commit(opening, request: nil) == .committed)
                let key = fixture.store.keys(order.key).order(order.key)
                _ = try await fixture.command("DEL", .text(key))
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(
                    report.findings == [
                        .init(
                            index: key, id: opening.caseAfter.id, problem: .recordMissing, isRepaired: false)
                    ])
            }
        }
    }
}

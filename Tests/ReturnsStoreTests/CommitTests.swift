import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct CommitTests {
        private let policy = Fixture.policy()

        /// An order and a first case on it, decided but not committed.
        private func submission(_ order: Order, random: UInt32 = 1) throws -> CaseTransition {
            let id = CaseID(
                at: Fixture.monday, partition: Partitioning(count: 64).partition(of: order.key),
                random: random)
            return try Case.decide(
                nil, order: order, command: .submit(Fixture.submission(id: id)), actor: Cast.shop,
                now: Fixture.monday,
                policy: policy, sla: .standard()
            ).get()
        }

        private func put(_ order: Order, _ fixture: StoreFixture) async throws {
            #expect(
                try await fixture.store.commit(order, before: nil, result: 1, request: .test(1)) == .committed
            )
        }

        @Test func aTransitionIsReadBackAsItWasDecided() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                try await put(order, fixture)
                let transition = try submission(order)
                #expect(try await fixture.store.commit(transition, request: .test(2)) == .committed)
                #expect(try await fixture.store.loadCase(transition.caseAfter.id) == transition.caseAfter)
                #expect(try await fixture.store.loadOrder(order.key) == transition.orderAfter)
                #expect(try await fixture.store.loadTimeline(transition.caseAfter.id) == transition.entries)
                #expect(
                    try await fixture.store.nextFiring(after: Instant(milliseconds: 0))
                        == transition.caseAfter.nextFiringAt)
                let listed = try await fixture.store.list(.state(.submitted), limit: 10)
                #expect(listed.ids == [transition.caseAfter.id] && !listed.hasMore)
            }
        }

        @Test func theSameRequestReplaysAndAnotherOneIsRefused() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                try await put(order, fixture)
                let transition = try submission(order)
                #expect(try await fixture.store.commit(transition, request: .test(2)) == .committed)
                let replay = try await fixture.store.commit(transition, request: .test(2))
                let outcome = RequestRecord.Outcome.changedCase(transition.caseAfter.id, version: 1)
                #expect(
                    replay
                        == .replay(
                            RequestRecord(fingerprint: [UInt8](repeating: 1, count: 32), outcome: outcome)))
                #expect(
                    try await fixture.store.commit(transition, request: .test(2, content: 9))
                        == .requestIDReused)
                #expect(
                    try await fixture.store.loadTimeline(transition.caseAfter.id).count
                        == transition.entries.count)
            }
        }

        /// Two cases decided on the same version of an order: the second one writes nothing at all.
        @Test func aStaleGuardWritesNothing() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                try await put(order, fixture)
                let first = try submission(order, random: 1)
                let second = try submission(order, random: 2)
                #expect(try await fixture.store.commit(first, request: .test(2)) == .committed)
                let keysBefore = try await fixture.command("DBSIZE").integer
                #expect(try await fixture.store.commit(second, request: .test(3)) == .stale)
                #expect(try await fixture.command("DBSIZE").integer == keysBefore)
                #expect(try await fixture.store.loadCase(second.caseAfter.id) == nil)
                #expect(try await fixture.store.loadOrder(order.key) == first.orderAfter)
            }
        }

        /// A key of another type refuses the commit, whichever key it is, and nothing of it stays.
        @Test(arguments: [
            "outbox", "deadlines", "running:review", "changed", "index:all", "index:open",
            "index:state:submitted", "index:channel:online", "orders-without-cases",
        ])
        func aForeignTypeWritesNothing(name: String) async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                try await put(order, fixture)
                let transition = try submission(order)
                let id = transition.caseAfter.id
                #expect(transition.caseAfter.order.saleChannel == "online")
                let tag = "{p\(id.partition < 10 ? "0" : "")\(id.partition)}"
                _ = try await fixture.command("SET", .text("\(tag):\(name)"), "of another type")
                let before = try await fixture.command("DBSIZE").integer
                let error = await #expect(throws: StoreError.self) {
                    try await fixture.store.commit(transition, request: .test(2))
                }
                #expect(error?.caseID == id && error?.partition == id.partition)
                #expect(error?.refusal == .keyOfAnotherType)
                #expect(try await fixture.store.loadCase(id) == nil)
                #expect(try await fixture.store.loadOrder(order.key) == order)
                #expect(try await fixture.command("DBSIZE").integer == before, "something stays")
                let found = try await fixture.store.verifyIndexes(repair: false).findings
                #expect(found.map(\.index) == ["\(tag):\(name)"] && found[0].problem == .unreadable)
            }
        }

        /// One write of a plan, as commit.lua documents it.
        private static func write(_ operation: Character, key: UInt8 = 1, arguments: UInt8) -> [UInt8] {
            [operation.asciiValue!, 0, key, 0, arguments]
        }

        private static let malformed: [(plan: [UInt8], arguments: [String])] = [
            ([], []),
            ([0, 0] + write("Q", arguments: 0), []),
            ([0, 0] + write("H", key: 2, arguments: 2), ["a", "b"]),
            ([0, 0] + write("H", arguments: 1), ["a"]),
            ([0, 0] + write("H", arguments: 2), ["a"]),
            ([0, 0] + write("H", arguments: 2), ["a", "b", "more"]),
            ([0, 0] + write("H", arguments: 2).dropLast(), ["a", "b"]),
            ([0, 0] + write("L", arguments: 2), ["a", "b"]),
            ([0, 0] + write("Z", arguments: 2), ["high", "b"]),
            ([0, 0] + write("Z", arguments: 2), ["inf", "b"]),
            ([0, 0] + write("Z", arguments: 2) + write("Z", arguments: 2), ["1", "b", "nan", "c"]),
            ([0, 0] + write("Z", arguments: 2) + write("Z", arguments: 2), ["1", "b", " 2", "c"]),
            ([0, 0] + write("Z", arguments: 2), ["1e3", "b"]),
            ([0, 0] + write("I", arguments: 2), ["a", "-1"]),
            ([0, 0] + write("I", arguments: 2) + write("I", arguments: 2), ["a", "1", "b", "007"]),
            ([0, 0] + write("I", arguments: 2), ["a", "1000000000000000"]),
            ([0, 0] + write("H", arguments: 2) + write("I", arguments: 2), ["a", "b", "a", "1"]),
            ([0, 0] + write("L", arguments: 1) + write("H", arguments: 2), ["m", "a", "b"]),
            ([0, 0] + write("H", arguments: 2) + write("X", arguments: 1), ["a", "b", "a"]),
            ([0, 0] + write("H", arguments: 2) + write("R", arguments: 1), ["a", "b", "a"]),
            ([2, 1] + [UInt8](repeating: 1, count: 1_026), []),
            ([0, 1, 0, 9], ["0"]),
            ([0, 1, 0, 1], []),
            ([0, 1, 0], ["0"]),
            ([0], []),
            ([0, 0] + (0...CommitBuilder.writesMax).flatMap { _ in write("R", arguments: 1) }, []),
        ]

        /// Whatever is malformed in a call is an error, and the write that stands before it is not made.
        @Test(arguments: malformed.indices)
        func malformedCallsWriteNothing(index: Int) async throws {
            let (plan, arguments) = Self.malformed[index]
            try await StoreFixture.with { fixture in
                let before = try await fixture.command("DBSIZE").integer
                let call = StoreCall(CommitBuilder.function, .partition(0), keys: ["{p00}:case:X"])
                    .appending(["", "", 0, .bytes(plan)] + arguments.map { .text($0) })
                let command = call.command(run: try fixture.store.identity.run())
                let reply = try await fixture.clients[0].pipeline([command], key: nil)[0]
                #expect(reply.error?.prefix == "MALFORMED", "the function took \(plan) \(arguments)")
                #expect(try await fixture.command("DBSIZE").integer == before)
            }
        }

        /// A sum that Redis does not add to, or would not any more, refuses the whole commit.
        @Test(arguments: [
            ["007"], ["many"], ["-1"], [" 1"], ["9223372036854775807"], ["99999999999999999999"],
            ["999999999999999"], ["999999999999998", "1", "1"],
        ])
        func aDamagedFigureWritesNothing(figureAndAmounts: [String]) async throws {
            try await StoreFixture.with { fixture in
                let (record, sums) = ("{p00}:case:X", "{p00}:attainment:1")
                _ = try await fixture.command("HSET", .text(sums), "sum", .text(figureAndAmounts[0]))
                let amounts = figureAndAmounts.count > 1 ? Array(figureAndAmounts.dropFirst()) : ["1"]
                let plan =
                    [0, 0] + Self.write("H", arguments: 2) + Self.write("R", key: 3, arguments: 1)
                    + amounts.flatMap { _ in Self.write("I", key: 2, arguments: 2) }
                let call = StoreCall(
                    CommitBuilder.function, .partition(0), keys: [record, sums, "{p00}:story:X"]
                ).appending(
                    ["", "", 0, .bytes(plan), "a", "b", "entry"] + amounts.flatMap { ["sum", .text($0)] })
                let command = call.command(run: try fixture.store.identity.run())
                let reply = try await fixture.clients[0].pipeline([command], key: nil)[0]
                #expect(reply.error?.prefix == "WRONGTYPE")
                #expect(try await fixture.command("EXISTS", .text(record), "{p00}:story:X").integer == 0)
                #expect(try await fixture.command("HGET", .text(sums), "sum").string == figureAndAmounts[0])
            }
        }

        /// How long a request record stays is looked at before the first write.
        @Test(arguments: ["", "soon", "0", "-1", "007", "1.5", "99999999999999999999"])
        func aRetentionThatIsNoNumberWritesNothing(retention: String) async throws {
            try await StoreFixture.with { fixture in
                let before = try await fixture.command("DBSIZE").integer
                let call = StoreCall(
                    CommitBuilder.function, .partition(0), keys: ["{p00}:request:X", "{p00}:case:X"]
                ).appending([
                    "fingerprint", "record", .text(retention),
                    .bytes([0, 0] + Self.write("H", key: 2, arguments: 2)), "a", "b",
                ])
                let command = call.command(run: try fixture.store.identity.run())
                let reply = try await fixture.clients[0].pipeline([command], key: nil)[0]
                #expect(reply.error?.prefix == "MALFORMED")
                #expect(try await fixture.command("DBSIZE").integer == before)
            }
        }

        @Test func aCallWithoutAPlanIsMalformed() async throws {
            try await StoreFixture.with { fixture in
                let call = StoreCall(CommitBuilder.function, .partition(0), keys: ["{p00}:case:X"])
                    .appending(["", "", 0])
                let command = call.command(run: try fixture.store.identity.run())
                let reply = try await fixture.clients[0].pipeline([command], key: nil)[0]
                #expect(reply.error?.prefix == "MALFORMED")
            }
        }

        @Test func manyWritersOnOneOrderNeverOversell() async throws {
            try await StoreFixture.with(connections: 4) { fixture in
                var order = Fixture.order()
                order.lines = [OrderLine(lineID: "1", sku: "MUG", quantity: 40, unitPriceMinor: 100)]
                order.shippingPaidMinor = 0
                order.payments = [Payment(reference: "card-1", method: .card, amountMinor: 4_000)]
                try await put(order, fixture)
                let key = order.key
                let opened = try await withThrowingTaskGroup(of: Int.self) { group in
                    for (writer, store) in fixture.stores.enumerated() {
                        group.addTask {
                            try await Self.submitUntilRefused(
                                key, writer: writer, store: store, policy: policy)
                        }
                    }
                    return try await group.reduce(0, +)
                }
                // Two units a case: forty units make twenty cases.
                #expect(opened == 20)
                let after = try #require(try await fixture.store.loadOrder(key))
                #expect(after.lines[0].reservedUnits == 40)
                #expect(after.cases.count == 20)
            }
        }

        private static func submitUntilRefused(
            _ key: OrderKey, writer: Int, store: ReturnsStore, policy: ReturnPolicy
        ) async throws -> Int {
            var opened = 0
            for attempt in 0..<10_000 {
                let order = try await store.loadOrder(key)
                let id = CaseID(
                    at: Fixture.monday, partition: store.partitioning.partition(of: key),
                    random: UInt32(writer * 100_000 + attempt))
                let decision = Case.decide(
                    nil, order: order, command: .submit(Fixture.submission(id: id)), actor: Cast.shop,
                    now: Fixture.monday,
                    policy: policy, sla: .standard())
                guard case .success(let transition) = decision else { return opened }
                switch try await store.commit(transition, request: .test(writer << 20 | attempt + 10)) {
                case .committed: opened += 1
                case .stale: continue
                case .replay, .requestIDReused: Issue.record("a fresh request id was known")
                }
            }
            return opened
        }
    }
}

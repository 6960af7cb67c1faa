import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// paid = kept + refunded + in flight, over a whole store.
    @Suite struct VerifyMoneyTests {
        @Test func aStoreThatIsRightIsGreenAndAddsUp() async throws {
            try await StoreFixture.with { fixture in
                let world = try MoneyWorld.made()
                try await world.write(to: fixture)
                let report = try await fixture.store.verifiedMoney()
                #expect(report.problems == 0, "\(report.findings)")
                #expect(report.orders == 3 && report.cases == 6 && report.payments == 6)
                #expect(report.refunds == 7)
                // Each order was paid with 98.99. Refunded: 20.00 and 5.00 of shipping, 20.00 by bank transfer, 20.00 late.
                // In flight: 2 more of line 1 at 29.99, line 2 at 30.00, and 14.00 that failed. Beyond: 20.00.
                let totals = try #require(report.totals["EUR"])
                #expect(report.totals.count == 1 && totals.orders == 3)
                #expect(totals.paidMinor == 29_697)
                #expect(totals.refundedMinor == 2_500 + 2_000 + 2_000)
                #expect(totals.inFlightMinor == 2_999 + 3_000 + 1_400)
                #expect(totals.keptMinor == 29_697 - 6_500 - 7_399)
                #expect(totals.overpaidMinor == 2_000)
                #expect(report.overpaidOrders == 1)
                #expect(
                    report.overpaid == [
                        MoneyReport.Overpaid(
                            order: world.orders["late"]!.key, currency: CurrencyCode("EUR")!,
                            amountMinor: 2_000, cases: [world.cases["late"]!.id])
                    ])
            }
        }

        /// Every fault is found, and the record that holds it, or the one beside it that it no longer fits, is named.
        @Test func eachPlantedFaultIsFoundAndNamed() async throws {
            try await StoreFixture.with { fixture in
                let world = try MoneyWorld.made()
                let faults = MoneyFault.all(in: world)
                print("\(faults.count) faults planted into stored money")
                #expect(faults.count >= 100)
                #expect(Set(faults.map(\.description)).count == faults.count)
                for fault in faults {
                    var changed = world
                    fault.plant(&changed)
                    try await world.erase(from: fixture)
                    try await changed.write(to: fixture)
                    let report = try await fixture.store.verifiedMoney()
                    #expect(report.problems > 0, "\(fault) was not found")
                    let orderName = world.orderOfCase[fault.of] ?? fault.of
                    let order = world.orders[orderName]?.key
                    let id = world.cases[fault.of]?.id
                    let isNamed = report.findings.contains { found in
                        guard fault.problems.contains(found.finding.problem) else { return false }
                        return found.order == order || (id != nil && found.finding.caseID == id)
                    }
                    #expect(isNamed, "\(fault): \(report.findings)")
                }
                try await world.erase(from: fixture)
                try await world.write(to: fixture)
                #expect(try await fixture.store.verifiedMoney().problems == 0)
            }
        }

        /// What cannot be read is named once, and not green; a newer build's is told apart.
        @Test(arguments: [true, false]) func whatCannotBeReadIsNamed(_ isNewer: Bool) async throws {
            try await StoreFixture.with { fixture in
                let world = try MoneyWorld.made()
                try await world.write(to: fixture)
                let value = try #require(world.cases["succeeded"])
                let key = StoreKeys(partition: value.id.partition).returnCase(value.id)
                var facts = CaseFacts(value, CaseRecord(value))
                if isNewer {
                    facts.level = WriterLevel(WriterLevel.highest.number + 1)
                } else {
                    facts.parts[0].checksum ^= 1
                }
                _ = try await fixture.command("HSET", .text(key), "f", .bytes(facts.encode()))
                let report = try await fixture.store.verifiedMoney()
                #expect(report.problems == 1)
                let found = try #require(report.findings.first?.finding)
                #expect(found.caseID == value.id && found.problem == (isNewer ? .newer : .unreadable))
                // The other orders count.
                #expect(report.totals["EUR"]?.orders == 2)
            }
        }

        /// A listing that is wrong hides no money: the walk goes by the records themselves.
        @Test func noListingIsNeeded() async throws {
            try await StoreFixture.with { fixture in
                var world = try MoneyWorld.made()
                world.orders["paid"]!.shippingCommittedMinor -= 1
                try await world.write(to: fixture)
                let id = try #require(world.cases["succeeded"]).id
                let all = StoreKeys(partition: id.partition).index(.all)
                #expect(try await fixture.command("EXISTS", .text(all)).integer == 0)
                let report = try await fixture.store.verifiedMoney()
                #expect(report.problems == 2)
                #expect(Set(report.findings.map(\.finding.problem)) == [.shipping, .order])
                let shipping = try #require(
                    report.findings.map(\.finding).first { $0.problem == .shipping })
                #expect(shipping.recorded == 499 && shipping.proved == 500)
            }
        }

        /// Writers move money all the while, and nothing that is right is called wrong.
        @Test func aStoreAtWorkIsReadAsItWasTogether() async throws {
            try await StoreFixture.with(connections: StoreWalk.writers + 1) { fixture in
                let walks = (0..<12).map { number in
                    StoreWalk(
                        number: number, seed: UInt64(number), rows: WalkRows(), policy: Fixture.policy())
                }
                let stores = Array(fixture.stores.prefix(StoreWalk.writers))
                let executors = fixture.clients.map { LoopTaskExecutor($0.eventLoop) }
                let reader = fixture.stores[StoreWalk.writers]
                var rounds = 0
                async let writing: Void = {
                    for walk in walks { try await walk.run(stores, on: executors) }
                }()
                repeat {
                    let report = try await reader.verifiedMoney()
                    #expect(report.findings.map(\.finding) == [])
                    rounds += 1
                } while rounds < 20
                try await writing
                let report = try await reader.verifiedMoney()
                #expect(report.findings.map(\.finding) == [] && report.orders == 12)
            }
        }
    }
}

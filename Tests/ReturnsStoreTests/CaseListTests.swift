import Foundation
import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Synchronization
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Every pair of filters against a plain scan over the cases as the domain has them.
    @Suite struct CaseListTests {
        private static let count = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1" ? 100_000 : 240

        /// One filter, and by itself which cases it lets pass.
        private struct Part {
            let name: String
            let set: (inout CaseFilter) -> Void
            let lets: (Case) -> Bool
        }

        private static func parts(_ cases: [Case]) -> [Part] {
            let later = cases.map(\.updatedAt).sorted()[cases.count * 3 / 4]
            let due = cases.compactMap { firstDue($0) }.sorted()
            let before = due[due.count / 3]
            let some = Set(stride(from: 0, to: cases.count, by: 5).map { cases[$0].id })
            return [
                Part(name: "state", set: { $0.states = [.approved] }, lets: { $0.state == .approved }),
                Part(
                    name: "states", set: { $0.states = [.inTransit, .received, .cancelled] },
                    lets: { $0.state == .inTransit || $0.state == .received || $0.state == .cancelled }),
                Part(name: "among", set: { $0.among = Array(some) }, lets: { some.contains($0.id) }),
                Part(name: "customer", set: { $0.customerID = "C-2" }, lets: { $0.customerID == "C-2" }),
                Part(
                    name: "waybill", set: { $0.trackingNumber = "T3" },
                    lets: { value in value.shipments.contains { $0.trackingNumber == "T3" } }),
                Part(
                    name: "channel", set: { $0.saleChannels = ["store"] },
                    lets: { $0.order.saleChannel == "store" }),
                Part(
                    name: "channels", set: { $0.saleChannels = ["online", "outlet", "nowhere"] },
                    lets: { $0.order.saleChannel != "store" }),
                Part(
                    name: "visible", set: { $0.visibleSaleChannels = ["store", "outlet"] },
                    lets: { $0.order.saleChannel != "online" }),
                Part(
                    name: "person", set: { $0.person = "sara" },
                    lets: { value in isOpen(value) && value.assignments.contains { $0.person == "sara" } }),
                Part(
                    name: "team", set: { $0.team = "night" },
                    lets: { value in isOpen(value) && value.assignments.contains { $0.team == "night" } }),
                Part(
                    name: "changed since", set: { $0.changedSince = later }, lets: { $0.updatedAt >= later }),
                Part(
                    name: "due before", set: { $0.dueBefore = before },
                    lets: { firstDue($0).map { $0 < before } ?? false }),
                Part(name: "open", set: { $0.isOpenOnly = true }, lets: isOpen),
            ]
        }

        private static func isOpen(_ value: Case) -> Bool {
            ![CaseState.closed, .cancelled, .expired].contains(value.state)
        }

        private static func firstDue(_ value: Case) -> Instant? {
            value.clocks.filter { $0.isRunning && !$0.isPaused }.map(\.dueAt).min()
        }

        @Test func everyPairOfFiltersListsWhatAScanFinds() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(Self.count, into: fixture.store).values
                let parts = Self.parts(cases)
                var (listed, listings) = (0, 0)
                for (first, one) in parts.enumerated() {
                    for other in parts[first...] {
                        var filter = CaseFilter()
                        one.set(&filter)
                        other.set(&filter)
                        // Of two that set the same field the second one holds.
                        let lets =
                            CaseFilter.isSameField(one.name, other.name)
                            ? other.lets : { one.lets($0) && other.lets($0) }
                        let expected = cases.filter(lets)
                        // Of very many cases the other sorts would show nothing more.
                        let sorts: [CaseSort] =
                            expected.count > 5_000 ? [.newest] : [.newest, .oldest, .changed, .due]
                        let size = min(ReturnsStore.pageCasesMax, max(1, expected.count / 3))
                        for sort in sorts {
                            // Every other list is read from short listings of late and changed cases.
                            var limits = CasePageLimits(casesMax: size)
                            if listings % 2 == 0 { (limits.narrowedMin, limits.sourceMax) = (0, 40) }
                            listings += 1
                            let found = try await fixture.store.all(filter, sort: sort, limits: limits)
                            #expect(
                                found.ids == Self.sorted(expected, sort).map(\.id),
                                "\(one.name) and \(other.name), \(sort)")
                            listed += found.ids.count
                        }
                    }
                }
                #expect(listed > Self.count)
            }
        }

        private static func sorted(_ cases: [Case], _ sort: CaseSort) -> [Case] {
            switch sort {
            case .newest: cases.sorted { $0.id > $1.id }
            case .oldest: cases.sorted { $0.id < $1.id }
            case .changed: cases.sorted { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
            case .due:
                cases.compactMap { value in firstDue(value).map { (at: $0, value: value) } }
                    .sorted { ($0.at, $0.value.id) < ($1.at, $1.value.id) }.map(\.value)
            }
        }

        /// A page that has passed over as many cases as it may, or is full by bytes, says where the list goes on.
        @Test func aPageThatEndsEarlySaysSo() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(120, into: fixture.store).values
                var filter = CaseFilter()
                filter.saleChannels = ["store"]
                filter.isOpenOnly = true
                let expected = cases.filter { $0.order.saleChannel == "store" && Self.isOpen($0) }
                for sort in [CaseSort.newest, .oldest, .changed, .due] {
                    for (passedMax, bytesMax) in [(1, 1 << 20), (7, 1 << 20), (10_000, 1), (10_000, 3_000)] {
                        var limits = CasePageLimits(casesMax: 500)
                        limits.passedMax = passedMax
                        limits.bytesMax = bytesMax
                        let found = try await fixture.store.all(filter, sort: sort, limits: limits)
                        #expect(found.ids == Self.sorted(expected, sort).map(\.id))
                        #expect(found.pages > 3)
                    }
                }
            }
        }

        /// A case that no reply of the connection can hold is named, and the list goes on behind it.
        @Test func aCaseAboveTheMessageLimitIsNamed() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(40, into: fixture.store).values
                let sizes = try await fixture.store.page(
                    CaseFilter(), sort: .oldest, limits: CasePageLimits(casesMax: 500)
                ).cases.map(\.record.bytes)
                let median = sizes.sorted()[20]
                for casesMax in [1, 3, 500] {
                    var limits = CasePageLimits(casesMax: casesMax)
                    limits.caseBytesMax = median
                    var (shown, tooLarge) = ([CaseID](), [CaseID]())
                    var place: CasePlace?
                    repeat {
                        let page = try await fixture.store.page(
                            CaseFilter(), sort: .oldest, after: place, limits: limits)
                        shown += page.cases.map(\.id)
                        tooLarge += page.tooLarge
                        place = page.next
                    } while place != nil
                    let expected = zip(cases.sorted { $0.id < $1.id }, sizes)
                    #expect(shown == expected.filter { $1 <= median }.map(\.0.id))
                    #expect(tooLarge == expected.filter { $1 > median }.map(\.0.id))
                    #expect(!tooLarge.isEmpty)
                }
            }
        }

        /// More cases than one read takes, all of them changed in the same millisecond.
        @Test func changesOfOneMomentAreListedOnce() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let cases = try await ListedCases(200, minutesApart: 0, into: store).values
                var filter = CaseFilter()
                filter.changedSince = Fixture.monday
                let keys = (0..<store.partitioning.count).map { StoreKeys(partition: $0).changed }
                for key in keys { _ = try await fixture.command("DEL", .text(key)) }
                for value in cases {
                    _ = try await fixture.command(
                        "ZADD", .text(StoreKeys(partition: value.id.partition).changed),
                        .integer(Fixture.monday.milliseconds), .bytes(value.id.asciiBytes))
                }
                for limit in [1, 3, 50] {
                    let found = try await store.all(
                        filter, sort: .changed, limits: CasePageLimits(casesMax: limit))
                    #expect(found.ids == cases.map(\.id).sorted())
                }
            }
        }

        /// What matches while all the pages are read is on one page, whatever else it does; what changes is on one at least.
        @Test func aListHoldsItsPromiseWhileCasesChange() async throws {
            try await StoreFixture.with(connections: 3) { fixture in
                let listed = try await ListedCases(90, into: fixture.store)
                let busy = Array(listed.desks.filter { $0.value.state == .submitted }.prefix(12))
                try #require(busy.count >= 3)
                let writers = [fixture.stores[1], fixture.stores[2]]
                let isOver = Flag()
                try await withThrowingTaskGroup(of: Int.self) { group in
                    defer { isOver.raise() }
                    for (number, writer) in writers.enumerated() {
                        let own = busy.indices.filter { $0 % 2 == number }.map { busy[$0] }
                        group.addTask {
                            try await Self.change(own, in: writer, until: isOver)
                        }
                    }
                    var filter = CaseFilter()
                    filter.states = [.submitted, .infoNeeded]
                    let steady = Set(listed.values.filter { filter.states.contains($0.state) }.map(\.id))
                    for round in 0..<30 {
                        let found = try await fixture.store.all(
                            filter, sort: round % 2 == 0 ? .newest : .oldest,
                            limits: CasePageLimits(casesMax: 4))
                        #expect(found.ids.count == steady.count && Set(found.ids) == steady)
                    }
                    var changed = CaseFilter()
                    changed.changedSince = Fixture.monday
                    for _ in 0..<5 {
                        let found = try await fixture.store.all(
                            changed, sort: .changed, limits: CasePageLimits(casesMax: 9))
                        #expect(Set(found.ids) == Set(listed.values.map(\.id)))
                    }
                    isOver.raise()
                    #expect(try await group.reduce(0, +) > 30, "too little changed meanwhile")
                }
            }
        }

        private final class Flag: Sendable {
            private let value = Mutex(false)
            var isRaised: Bool { value.withLock { $0 } }
            func raise() { value.withLock { $0 = true } }
        }

        /// Lets cases go back and forth between two states until it is over.
        private static func change(
            _ desks: [Desk], in store: ReturnsStore, until isOver: Flag
        ) async throws -> Int {
            var desks = desks
            var changes = 0
            while !isOver.isRaised {
                for index in desks.indices {
                    let isAsked = desks[index].value.state == .infoNeeded
                    guard desks[index].value.clocks.count < CountLimits.caseClocksMax else { continue }
                    let transition = try desks[index].run(
                        isAsked ? .provideInfo(answer: "blue") : .requestInfo(question: "which?"),
                        as: isAsked ? Cast.shop : Cast.sara, after: 1)
                    let outcome = try await store.commit(transition, request: nil)
                    guard outcome == .committed else {
                        throw StoreError(.corrupt, "a change was not committed: \(outcome)")
                    }
                    changes += 1
                }
            }
            return changes
        }

        /// What a round reads of a set grows from one to the next, and never to more than a function of the listings takes.
        @Test func noShareIsAboveWhatTheListingsTake() {
            for sets in [1, 2, 8, 9, 64, 1_024] {
                for limit in [1, 50, 500] {
                    var share = ReturnsStore.firstShare(limit, sets: sets)
                    for _ in 0..<20 {
                        #expect((1...1_000).contains(share), "\(sets) sets, \(limit) cases")
                        share = ReturnsStore.nextShare(share, sets: sets)
                    }
                }
            }
        }

        /// Cases whose facts, record or key are damaged are named, and all others are listed.
        @Test func damagedCasesAreNamedAndHideNoOthers() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(60, into: fixture.store).values
                let damaged = Array(cases.prefix(4))
                func key(_ value: Case) -> RedisArgument {
                    .text(StoreKeys(partition: value.id.partition).returnCase(value.id))
                }
                _ = try await fixture.command("HSET", key(damaged[0]), "f", "nonsense")
                _ = try await fixture.command("HSET", key(damaged[1]), "b", "nonsense")
                _ = try await fixture.command("HDEL", key(damaged[2]), "f")
                _ = try await fixture.command("SET", key(damaged[3]), "text")
                for sort in [CaseSort.newest, .oldest, .changed] {
                    let found = try await fixture.store.all(
                        CaseFilter(), sort: sort, limits: CasePageLimits(casesMax: 7))
                    #expect(Set(found.unreadable) == Set(damaged.map(\.id)))
                    #expect(Set(found.ids) == Set(cases.dropFirst(4).map(\.id)))
                }
                // Nobody hears of a damaged case of a channel that they may not see.
                var filter = CaseFilter()
                filter.visibleSaleChannels = ["store"]
                let visible = damaged.filter { $0.order.saleChannel == "store" }.map(\.id)
                let found = try await fixture.store.all(filter, sort: .newest)
                #expect(Set(found.unreadable) == Set(visible))
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(Set(report.findings.compactMap(\.id)) == Set(damaged.map(\.id)))
                #expect(report.findings.allSatisfy { $0.problem == .unreadable } && report.repairs == 0)
            }
        }

        /// A damaged case or order of another sale channel is as absent as a whole one, and one of the own channel is told.
        @Test func damageOfOtherChannelsShowsToNobody() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(12, into: fixture.store).values
                let store = fixture.store.within(.channels(["store"]))
                for (number, value) in cases.enumerated() {
                    let keys = StoreKeys(partition: value.id.partition)
                    let keyOfCase = RedisArgument.text(keys.returnCase(value.id))
                    let keyOfOrder = RedisArgument.text(keys.order(value.order))
                    if number % 2 == 0 {
                        _ = try await fixture.command("HSET", keyOfCase, "b", "nonsense")
                        _ = try await fixture.command("HSET", keyOfOrder, "b", "nonsense")
                    } else {
                        _ = try await fixture.command("SET", keyOfCase, "text")
                        _ = try await fixture.command("SET", keyOfOrder, "text")
                    }
                    let isOwn = value.order.saleChannel == "store"
                    func isTold(_ load: () async throws -> Bool) async -> Bool {
                        do {
                            return try await load()
                        } catch {
                            return (error as? StoreError)?.code == .corrupt
                        }
                    }
                    #expect(await isTold { try await store.loadCase(value.id) != nil } == isOwn)
                    #expect(
                        await isTold { try await store.loadEach([value.id])[0].get() != nil } == isOwn)
                    #expect(await isTold { try await store.loadOrder(value.order) != nil } == isOwn)
                }
                #expect(cases.contains { $0.order.saleChannel == "store" })
                #expect(cases.contains { $0.order.saleChannel != "store" })
            }
        }

        /// An entry that names no case ends no list before its end.
        @Test func foreignEntriesArePassedOver() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(40, into: fixture.store).values
                for partition in 0..<64 {
                    let keys = StoreKeys(partition: partition)
                    for member in ["0", "9 foreign", "zz", "ABCDEFGHJKMNPQRS"] {
                        _ = try await fixture.command("ZADD", .text(keys.index(.all)), 0, .text(member))
                        _ = try await fixture.command("ZADD", .text(keys.changed), 5, .text(member))
                    }
                }
                for sort in [CaseSort.newest, .oldest, .changed] {
                    let found = try await fixture.store.all(
                        CaseFilter(), sort: sort, limits: CasePageLimits(casesMax: 3))
                    #expect(Set(found.ids) == Set(cases.map(\.id)) && found.ids.count == cases.count)
                }
            }
        }
    }
}

extension CaseFilter {
    /// Whether two filters of the test set the same field.
    fileprivate static func isSameField(_ one: String, _ other: String) -> Bool {
        one == other || (one.hasPrefix("state") && other.hasPrefix("state"))
            || (one.hasPrefix("channel") && other.hasPrefix("channel"))
    }
}

import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct EventGroupTests {
        private typealias Times = EventGroupPage.Times

        private func group(
            _ name: String = "erp", at milliseconds: UInt64 = 0, acknowledgeMilliseconds: Int64 = 60_000,
            instance: UInt64 = 1
        ) -> EventGroup {
            EventGroup(
                name: name, instance: instance,
                filter: EventFilter(types: [.noted], states: [.closed], saleChannels: ["online"]),
                acknowledgeMilliseconds: acknowledgeMilliseconds, createdAt: Fixture.monday,
                createdBy: "boss",
                start: OutboxCursor(
                    positions: Array(repeating: .at(milliseconds), count: StoreFixture.partitions),
                    seenThroughMilliseconds: Int64(milliseconds)))
        }

        private func read(
            _ fixture: StoreFixture, _ group: EventGroup, _ consumer: String, limit: Int = 100,
            _ request: EventGroupRequest = .next, partition: Int = 3, idleMilliseconds: Int64 = 600_000
        ) async throws -> EventGroupPage {
            try await fixture.store.readEventGroup(
                group, consumer: consumer, [(partition, request)], limit: limit,
                consumerIdleMilliseconds: idleMilliseconds)[0]
        }

        private func add(_ fixture: StoreFixture, _ group: EventGroup) async throws {
            let request = CommitRequest.test(Int.random(in: 1_000...Int.max))
            #expect(try await fixture.store.addEventGroup(group, request: request) == .added)
        }

        @Test func aGroupIsKeptAsItWasCreated() async throws {
            try await StoreFixture.with { fixture in
                let group = group()
                let first = try await fixture.store.addEventGroup(group, request: .test(1))
                #expect(first == .added)
                #expect(try await fixture.store.loadEventGroups().records == [group])
                let other = self.group(instance: 2)
                #expect(try await fixture.store.addEventGroup(other, request: .test(2)) == .exists(group))
                // The same request, sent again for a lost reply, comes with what it would have made now.
                #expect(
                    try await fixture.store.addEventGroup(other, request: .test(1)) == .replay(group))
                let reused = CommitRequest.test(1, content: 9)
                #expect(
                    try await fixture.store.addEventGroup(other, request: reused) == .requestIDReused)
            }
        }

        /// A request that comes again neither removes what was created since, nor creates what was removed since.
        @Test func eachRequestChangesGroupsOnce() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let group = group()
                let first = try await store.addEventGroup(group, request: .test(1))
                #expect(first == .added)
                #expect(try await store.removeEventGroup("erp", request: .test(2)) == .removed)
                #expect(try await store.loadEventGroup("erp") == nil)
                #expect(try await read(fixture, group, "a") == .missing)
                #expect(try await store.addEventGroup(group, request: .test(1)) == .deletedSince)
                let second = self.group(instance: 2)
                #expect(try await store.addEventGroup(second, request: .test(3)) == .added)
                #expect(try await store.removeEventGroup("erp", request: .test(2)) == .replay)
                #expect(try await store.loadEventGroup("erp") == second)
                #expect(try await read(fixture, second, "a").times == Times([], []))
                #expect(try await store.removeEventGroup("none", request: .test(4)) == .missing)
            }
        }

        @Test func aDamagedGroupHidesNoOtherAndIsRemovedByItsName() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let (whole, broken) = (group(), group("a", instance: 2))
                for group in [whole, broken] { try await add(fixture, group) }
                try await fixture.addEvent(1)
                _ = try await fixture.command("HSET", .text(StoreKeys.eventGroups), "a", "junk")
                let found = try await store.loadEventGroups()
                #expect(found.records == [whole] && found.unread.damaged == ["a"])
                #expect(try await store.removeEventGroup("a", request: .test(1)) == .removed)
                // Its places have gone with it, and no others.
                #expect(try await read(fixture, broken, "c") == .missing)
                #expect(try await read(fixture, whole, "c").times == Times([], [1]))
                let anew = group("a", instance: 3)
                try await add(fixture, anew)
                #expect(try await store.removeEventGroup("a", request: .test(1)) == .replay)
                #expect(try await store.repeatedGroupRemoval("a", request: .test(1)) == .replay)
                #expect(try await read(fixture, anew, "c").times == Times([], [1]))
                #expect(try await store.loadEventGroups().records == [anew, whole])
            }
        }

        @Test func aGroupOfANewerBuildIsLeftAsItIs() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let (whole, form, filter) = (
                    group(), group("form", instance: 2), group("filter", instance: 3)
                )
                for group in [whole, form, filter] { try await add(fixture, group) }
                let newerForm = resealed(form.encodeRecord()) { $0[0] += 1 }
                var newerFilter = filter
                newerFilter.filter.states = [.UNRECOGNIZED(999)]
                _ = try await fixture.command(
                    "HSET", .text(StoreKeys.eventGroups), "form", .bytes(newerForm), "filter",
                    .bytes(newerFilter.encodeRecord()), "long",
                    .bytes(resealed(whole.encodeRecord()) { $0.append(0) }), "bit",
                    .bytes(whole.encodeRecord().dropLast() + [0]))
                let found = try await store.loadEventGroups()
                #expect(found.records == [whole] && found.unread.newer == ["filter", "form"])
                #expect(found.unread.damaged == ["bit", "long"])
                // Its record is not written back without what is not known of it.
                let loss = StoreLoss(
                    fork: StoreRun(number: 8, tag: 8), run: StoreRun(number: 9, tag: 9), at: Fixture.monday)
                for group in [form, filter] {
                    let error = await #expect(throws: StoreError.self) {
                        try await store.confirmLoss(loss, of: group)
                    }
                    #expect(error?.isNewer == true && error?.record == .eventGroup(group.name))
                }
                let kept = try await fixture.command("HGET", .text(StoreKeys.eventGroups), "form")
                #expect(kept.bytes.map { Array($0.readableBytesView) } == newerForm)
            }
        }

        @Test func aDamagedPartitionHidesNoOther() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let group = group()
                try await add(fixture, group)
                try await fixture.addEvent(1)
                _ = try await fixture.command("DEL", .text(StoreKeys(partition: 2).outbox))
                _ = try await fixture.command("SET", .text(StoreKeys(partition: 2).outbox), "junk")
                let pages = try await store.readEventGroup(
                    group, consumer: "a", [(2, .next), (3, .next)], limit: 9)
                #expect(pages[0] == .unreadable && pages[1].times == Times([], [1]))
                let state = try await store.eventGroupState(group)
                #expect(state.unreadablePartitions == [2] && state.pending == 1 && state.lag == nil)
                let figures = try await store.consumerFiguresEach([.at(0, partition: 2), .at(0)], of: "")
                #expect(throws: StoreError.self) { try figures[0].get() }
                #expect(try figures[1].get().kept == 1)
            }
        }

        /// A list of many must not keep Redis from others' calls.
        @Test func placesInAllPartitionsAreLookedAtSomeAtATime() async throws {
            try await StoreFixture.with { fixture in
                let counted = LossyTopology(fixture.clients[0], [])
                let store = ReturnsStore(redis: counted, identity: fixture.store.identity)
                let slices = StoreFixture.partitions / ReturnsStore.sliceCallsMax
                #expect(slices > 1)
                let group = group()
                try await add(fixture, group)
                _ = try await store.eventGroupState(group)
                #expect(counted.attempts == slices)
                let places = (0..<StoreFixture.partitions).map { EventID.at(0, partition: $0) }
                #expect(try await store.consumerFigures(places, of: "").count == places.count)
                #expect(counted.attempts == 2 * slices)
            }
        }

        @Test func groupsAreLimited() async throws {
            try await StoreFixture.with { fixture in
                for number in 0..<ReturnsStore.eventGroupsMax {
                    try await add(fixture, group("g\(number)"))
                }
                let addition = try await fixture.store.addEventGroup(group("more"), request: .test(1))
                #expect(addition == .full)
            }
        }

        @Test func eachEventGoesToOneConsumer() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...6)
                let group = group(at: 1)
                try await add(fixture, group)
                #expect(try await read(fixture, group, "a", limit: 2).times == Times([], [2, 3]))
                #expect(try await read(fixture, group, "b", limit: 2).times == Times([], [4, 5]))
                #expect(try await read(fixture, group, "a").times == Times([], [6]))
                #expect(try await read(fixture, group, "b").times == Times([], []))
                var state = try await fixture.store.eventGroupState(group)
                #expect(state.pending == 5 && state.consumers == ["a", "b"] && !state.isBehind)
                try await fixture.store.acknowledge((2...6).map { .at($0) }, group: group)
                state = try await fixture.store.eventGroupState(group)
                #expect(state.pending == 0 && state.lag == 0)
            }
        }

        @Test func lagCountsWhatNobodyWasGiven() async throws {
            try await StoreFixture.with { fixture in
                let group = group()
                try await add(fixture, group)
                try await fixture.addEvents(1...4)
                try await fixture.addEvents(1...3, partition: 9)
                _ = try await read(fixture, group, "a", limit: 1)
                let state = try await fixture.store.eventGroupState(group)
                #expect(state.lag == 6 && state.pending == 1)
            }
        }

        /// As of a group "from now": also where events have come between the look at the log's end and the group.
        @Test func aGroupThatBeginsWithinTheLogKnowsItsLag() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...4)
                for (name, place, lag) in [("end", UInt64(4), UInt64(2)), ("before", 3, 5)] {
                    let group = group(name, at: place)
                    try await add(fixture, group)
                    try await fixture.addEvents(5...6, partition: name == "end" ? 3 : 9)
                    #expect(try await fixture.store.eventGroupState(group).lag == lag, "\(name)")
                }
            }
        }

        @Test func whatIsNotAcknowledgedInTimeGoesToAnother() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...3)
                // A millisecond: whatever was given before the next command was given too long ago.
                let group = group(acknowledgeMilliseconds: 1)
                try await add(fixture, group)
                #expect(try await read(fixture, group, "a").times == Times([], [1, 2, 3]))
                try await fixture.store.acknowledge([.at(2)], group: group)
                while true {
                    let times = try #require(try await read(fixture, group, "b").times)
                    if times.again.isEmpty { continue }
                    #expect(times == Times([1, 3], []))
                    break
                }
                // Whoever acknowledges: it is done with.
                try await fixture.store.acknowledge([.at(1), .at(3)], group: group)
                #expect(try await fixture.store.eventGroupState(group).pending == 0)
            }
        }

        @Test func aConsumerThatComesBackGetsItsOwnAgain() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...5)
                let group = group()
                try await add(fixture, group)
                #expect(try await read(fixture, group, "a", limit: 3).times == Times([], [1, 2, 3]))
                #expect(try await read(fixture, group, "b").times == Times([], [4, 5]))
                try await fixture.store.acknowledge([.at(1)], group: group)
                #expect(try await read(fixture, group, "b", .own(after: .zero)).times == Times([4, 5], []))
                #expect(
                    try await read(fixture, group, "a", limit: 1, .own(after: .zero)).times == Times([2], []))
                #expect(try await read(fixture, group, "a", .own(after: .at(2))).times == Times([3], []))
                #expect(try await read(fixture, group, "a", .own(after: .at(3))).times == Times([], []))
            }
        }

        /// Neither events that it was not given, nor those that it has not acknowledged, are lost in silence.
        @Test func aGroupBehindTheWatermarkSaysSo() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...5)
                let (late, slow, done) = (group("late"), group("slow"), group("done"))
                for group in [late, slow, done] {
                    try await add(fixture, group)
                }
                _ = try await read(fixture, slow, "a")
                try await fixture.store.acknowledge([.at(1), .at(3), .at(4), .at(5)], group: slow)
                _ = try await read(fixture, done, "a")
                try await fixture.store.acknowledge((1...5).map { .at($0) }, group: done)
                _ = try await fixture.trim(keeping: 3)
                #expect(try await read(fixture, late, "a") == .trimmed)
                #expect(try await read(fixture, slow, "a") == .trimmed)
                #expect(try await read(fixture, slow, "a", .own(after: .zero)) == .trimmed)
                #expect(try await read(fixture, done, "a").times == Times([], []))
                let state = try await fixture.store.eventGroupState(late)
                #expect(state.isBehind && state.unfinishedSince == .zero)
                #expect(try await fixture.store.eventGroupState(slow).isBehind)
                #expect(try await !fixture.store.eventGroupState(done).isBehind)
            }
        }

        /// A group that is created anew forgets what it has not acknowledged, also where nothing was trimmed.
        @Test func aGroupsFirstUnfinishedEventIsFoundInAnyPartition() async throws {
            try await StoreFixture.with { fixture in
                func since(_ group: EventGroup) async throws -> OutboxID? {
                    try await fixture.store.eventGroupState(group).unfinishedSince
                }
                let group = group(at: 10)
                try await add(fixture, group)
                #expect(try await since(group) == nil)
                try await fixture.addEvents(20...25, partition: 3)
                try await fixture.addEvents(18...22, partition: 5)
                #expect(try await since(group) == .at(18))
                _ = try await read(fixture, group, "a", partition: 3)
                _ = try await read(fixture, group, "a", partition: 5)
                #expect(try await since(group) == .at(18))
                _ = try await fixture.trim(keeping: 1, partition: 3)
                #expect(try await fixture.store.eventGroupState(group).isBehind)
                #expect(try await since(group) == .at(18))
                try await fixture.store.acknowledge(
                    (18...22).map { EventID(partition: 5, position: .at($0)) }, group: group)
                #expect(try await since(group) == .at(20))
                try await fixture.store.acknowledge((20...25).map { .at($0) }, group: group)
                #expect(try await since(group) == nil)
            }
        }

        /// Whoever finds the group missing makes it anew; not when that is because it is being deleted.
        @Test func aDeletedGroupLeavesNoPlaces() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                try await fixture.addEvents(1...2)
                for instance in 1...50 {
                    let group = group(instance: UInt64(instance))
                    try await add(fixture, group)
                    async let isPlaced = store.placeEventGroup(group)
                    let removal = try await store.removeEventGroup("erp", request: .test(instance))
                    #expect(removal == .removed)
                    _ = try await isPlaced
                    #expect(try await !store.placeEventGroup(group))
                    #expect(try await read(fixture, group, "a") == .missing)
                }
            }
        }

        /// Consumers that died with events in hand hold no place for ever: a newcomer takes the place of the longest silent one,
        /// and its events.
        @Test func deadConsumersMakeRoom() async throws {
            try await StoreFixture.with { fixture in
                let group = group(acknowledgeMilliseconds: 1)
                try await add(fixture, group)
                try await fixture.addEvents(1...128)
                for number in 0..<64 {
                    // In one call each: nobody is given anew what another one was given a millisecond ago.
                    _ = try await fixture.command(
                        "XREADGROUP", "GROUP", .text(group.redisName), .text("dead\(number)"), "COUNT", "2",
                        "STREAMS", .text(StoreKeys(partition: 3).outbox), ">")
                }
                #expect(try await read(fixture, group, "new") == .crowded)
                var given: Set<UInt64> = []
                // The dead are silent for a millisecond by the next command or the one after it.
                while given.count < 128 {
                    let page = try await read(fixture, group, "new", limit: 16, idleMilliseconds: 1)
                    if page == .crowded { continue }
                    let times = try #require(page.times)
                    #expect(times.fresh.isEmpty)
                    given.formUnion(times.again)
                    try await fixture.store.acknowledge(times.again.map { .at($0) }, group: group)
                }
                #expect(try await fixture.store.eventGroupState(group).pending == 0)
            }
        }

        /// What trimming cannot free does not grow without end.
        @Test func whatIsPendingIsLimited() async throws {
            try await StoreFixture.with { fixture in
                let group = group()
                try await add(fixture, group)
                let pendingMax = ReturnsStore.groupPendingMax
                // Straight into Redis, many at a time.
                _ = try await fixture.command(
                    "EVAL",
                    "for id = 1, 1028 do redis.call('XADD', KEYS[1], id .. '-0', 'type', 'noted') end",
                    "1", .text(StoreKeys(partition: 3).outbox))
                var given = 0
                for number in 0..<6 {
                    given +=
                        try await read(fixture, group, "c\(number)", limit: 1_024).times?.fresh.count ?? 0
                }
                #expect(given == pendingMax)
                #expect(try await fixture.store.eventGroupState(group).pending == UInt64(pendingMax))
                #expect(try await fixture.trim(keeping: 100_000).fullGroups == [group.name])
                try await fixture.store.acknowledge([.at(1), .at(2)], group: group)
                #expect(try await fixture.trim(keeping: 100_000).fullGroups == [])
                #expect(
                    try await read(fixture, group, "c7", limit: 1_024).times
                        == Times([], [1_025, 1_026]))
            }
        }

        @Test func consumersOfAGroupAreLimited() async throws {
            try await StoreFixture.with { fixture in
                let group = group()
                try await add(fixture, group)
                try await fixture.addEvents(1...65)
                for number in 0..<64 { _ = try await read(fixture, group, "c\(number)", limit: 1) }
                let refused = try await read(fixture, group, "more")
                #expect(refused == .crowded)
                #expect(try await read(fixture, group, "c0").times == Times([], [65]))
            }
        }
    }
}

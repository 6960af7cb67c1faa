import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// What belongs to whom: assigned cases, leases, and the day's figures.
    @Suite struct WorkTests {
        /// A case that is put into the store, and goes on in it.
        private struct StoredDesk {
            let store: ReturnsStore
            var desk: Desk

            init(_ store: ReturnsStore, number: String) async throws {
                self.store = store
                let order = Fixture.order(number: number)
                desk = Desk(order: order)
                _ = try await store.commit(
                    order, before: nil, result: 1, request: .test(Int.random(in: 1_000...1_000_000)))
                let partition = store.partitioning.partition(of: order.key)
                let id = CaseID(
                    at: Fixture.monday, partition: partition, random: .random(in: CaseID.randomRange))
                try await take(.submit(Fixture.submission(id: id)), as: Cast.shop)
            }

            @discardableResult
            mutating func take(_ command: Command, as actor: Actor, after: Int64 = Milliseconds.minute)
                async throws -> CaseTransition
            {
                let transition = try desk.run(command, as: actor, after: after)
                #expect(try await store.commit(transition, request: nil) == .committed)
                return transition
            }
        }

        @Test func openCasesAreListedUnderWhomTheyAreAssignedTo() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var first = try await StoredDesk(store, number: "SO-1")
                let second = try await StoredDesk(store, number: "SO-2")
                try await first.take(.assign(.service, person: "sara", team: "day"), as: Cast.sue)
                func listed(_ index: CaseIndex) async throws -> [CaseID] {
                    try await store.list(index, limit: 10).ids
                }
                #expect(try await listed(.person("sara")) == [first.desk.value.id])
                #expect(try await listed(.team("day")) == [first.desk.value.id])
                #expect(Set(try await listed(.all)) == [first.desk.value.id, second.desk.value.id])
                try await first.take(.assign(.service, person: "simon", team: ""), as: Cast.sue)
                #expect(try await listed(.person("sara")).isEmpty)
                #expect(try await listed(.team("day")).isEmpty)
                #expect(try await listed(.person("simon")) == [first.desk.value.id])
                // What is over is nobody's work any more.
                try await first.take(.cancel(reason: "keeps it"), as: Cast.shop)
                #expect(try await listed(.person("simon")).isEmpty)
                let report = try await store.verifyIndexes(repair: false)
                #expect(report.problems == 0)
            }
        }

        @Test func aLeaseIsOnePersonsUntilItEnds() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let review = WorkPart(id: Fixture.caseID(1), role: .service)
                let parts = [review, WorkPart(id: Fixture.caseID(1), role: .finance)]
                let sara = WorkLease(person: "sara", kind: .review, ordinal: 1)
                let simon = WorkLease(person: "simon", kind: .review, ordinal: 1)
                func lease(_ lease: WorkLease, over found: WorkLease? = nil, ms: Int64 = 60_000)
                    async throws -> Bool
                {
                    try await store.leaseWork(on: review, lease, over: found, milliseconds: ms)
                }
                #expect(try await lease(sara))
                #expect(try await !lease(simon))
                #expect(try await lease(sara))
                // Each department has its own part of the case.
                #expect(try await store.workLeases(on: parts) == [sara, nil])
                #expect(try await store.workTaken(by: "sara", role: .service) == review.id)
                #expect(try await !store.releaseWork(on: review.id, by: "simon"))
                #expect(try await store.releaseWork(on: review.id, by: "sara"))
                #expect(try await lease(simon))
                // One that has lost its meaning gives way, if it is still the one that was looked at.
                #expect(try await !lease(sara, over: WorkLease(person: "simon", kind: .notify, ordinal: 1)))
                #expect(try await lease(sara, over: simon, ms: 1))
                while try await store.workLeases(on: parts)[0] != nil {}
                #expect(try await lease(simon))
            }
        }

        /// A stale lease is given back as it was seen: nothing that came in its place, and no other part of the case.
        @Test func aLeaseIsGivenBackOnlyAsItWasSeen() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let review = WorkPart(id: Fixture.caseID(1), role: .service)
                let refund = WorkPart(id: Fixture.caseID(1), role: .finance)
                let seen = WorkLease(person: "sara", kind: .review, ordinal: 1)
                let finance = WorkLease(person: "sara", kind: .refund, ordinal: 1)
                let later = WorkLease(person: "sara", kind: .notify, ordinal: 1)
                let other = WorkLease(person: "simon", kind: .review, ordinal: 1)
                let isTaken = try await store.leaseWork(on: refund, finance, over: nil, milliseconds: 60_000)
                #expect(isTaken)
                var before: WorkLease?
                for lease in [other, later] {
                    #expect(try await store.leaseWork(on: review, lease, over: before, milliseconds: 60_000))
                    #expect(try await !store.releaseWork(on: review, seen))
                    #expect(try await store.workLeases(on: [review, refund]) == [lease, finance])
                    before = lease
                }
                #expect(try await store.leaseWork(on: review, seen, over: before, milliseconds: 60_000))
                #expect(try await store.releaseWork(on: review, seen))
                #expect(try await store.workLeases(on: [review, refund]) == [nil, finance])
            }
        }

        /// Figures that are no numbers refuse a commit before it writes anything.
        @Test func damagedFiguresRefuseTheWholeCommit() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var stored = try await StoredDesk(store, number: "SO-1")
                let before = try await store.loadCase(stored.desk.value.id)
                let partition = stored.desk.value.id.partition
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                let key = StoreKeys(partition: partition).attainment(day: day)
                _ = try await store.send(
                    RedisCommand("HSET", .text(key), "review||sara|met", "x"), key: key,
                    deadline: .distantFuture)
                let transition = try stored.desk.run(
                    .reject(code: "c", reason: "r", alternative: "a"), as: Cast.sara)
                await #expect(throws: StoreError.self) {
                    try await store.commit(transition, request: .test(7))
                }
                #expect(try await store.loadCase(stored.desk.value.id) == before)
            }
        }

        @Test func theDaysFiguresAddUpOverPartitions() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var sara = Cast.sara
                sara.team = "day"
                var expected: Int64 = 0
                for number in 1...5 {
                    var stored = try await StoredDesk(store, number: "SO-\(number)")
                    let after = Int64(number) * Milliseconds.hour
                    expected += after
                    let actor = number == 5 ? Cast.simon : sara
                    try await stored.take(
                        .reject(code: "c", reason: "r", alternative: "a"), as: actor, after: after)
                }
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                let sums = try await store.attainment(days: day...(day + 1)).sums
                    .filter { $0.kind == .review }.sorted { $0.person < $1.person }
                #expect(sums.map(\.person) == ["sara", "simon"] && sums.map(\.team) == ["day", ""])
                #expect(sums.map(\.met) == [4, 1] && sums.map(\.missed) == [0, 0])
                #expect(sums.reduce(0) { $0 + $1.takenMilliseconds } == expected)
                #expect(try await store.attainment(days: (day + 2)...(day + 3)).sums.isEmpty)
            }
        }

        /// A day's hash takes no new names once it is full: what is counted for them counts together.
        @Test func namesBeyondTheLimitCountTogether() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                for (number, actor, known) in [(1, Cast.sara, "x"), (2, Cast.simon, "review||simon|met")] {
                    var stored = try await StoredDesk(store, number: "SO-\(number)")
                    let key = StoreKeys(partition: stored.desk.value.id.partition).attainment(day: day)
                    var fill = RedisCommand("HSET", .text(key))
                    for field in (1..<4_096).map({ "notify||p\($0)|met" }) {
                        fill.append(field)
                        fill.append(1)
                    }
                    fill.append(known == "x" ? "notify||p0|met" : known)
                    fill.append(5)
                    _ = try await store.send(fill, key: key, deadline: .distantFuture)
                    try await stored.take(.reject(code: "c", reason: "r", alternative: "a"), as: actor)
                }
                let sums = try await store.attainment(days: day...day).sums.filter { $0.kind == .review }
                #expect(Set(sums.map(\.person)) == ["(other)", "simon"])
                #expect(sums.first { $0.person == "(other)" }?.met == 1)
                #expect(sums.first { $0.person == "simon" }?.met == 6)
            }
        }

        /// Figures of earlier days are taken away some at a time; what is told of them comes first and never goes back.
        @Test func figuresAreForgottenInBoundedSteps() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var stored = try await StoredDesk(store, number: "SO-1")
                try await stored.take(.reject(code: "c", reason: "r", alternative: "a"), as: Cast.sara)
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                #expect(try await store.attainmentKeptFrom() == nil)
                func forget(before day: Int32) async throws -> Int {
                    var steps = 1
                    while try await store.forgetAttainment(before: day) { steps += 1 }
                    return steps
                }
                // The days of ten years at first, then those that came meanwhile.
                #expect(try await forget(before: day) == 29)
                #expect(try await store.attainmentKeptFrom() == day)
                #expect(try await store.attainment(days: day...day).sums.map(\.met).reduce(0, +) == 1)
                #expect(try await forget(before: day) == 1)
                #expect(try await forget(before: day + 1) == 1)
                #expect(try await store.attainment(days: day...day).sums.isEmpty)
                #expect(try await store.attainmentKeptFrom() == day + 1)
                // A server that keeps more brings nothing back.
                #expect(try await forget(before: day - 50) == 1)
                #expect(try await store.attainmentKeptFrom() == day + 1)
            }
        }

        /// A commit that is made again counts nothing again.
        @Test func aReplayedCommitCountsOnce() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var stored = try await StoredDesk(store, number: "SO-1")
                let transition = try stored.desk.run(
                    .reject(code: "c", reason: "r", alternative: "a"), as: Cast.sara)
                #expect(try await store.commit(transition, request: .test(7)) == .committed)
                for _ in 0..<3 {
                    guard case .replay = try await store.commit(transition, request: .test(7)) else {
                        #expect(Bool(false), "the commit was made twice")
                        return
                    }
                }
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                #expect(try await store.attainment(days: day...day).sums.map(\.met) == [1])
            }
        }
        /// Kinds of clocks and measures that only a newer build knows: what is known is told, and that there is more.
        @Test func figuresOfANewerBuildAreLeftOutAndToldOf() async throws {
            try await StoreFixture.with { fixture in
                let day = WorkingCalendar.standard.localDay(of: Fixture.monday)
                let key = StoreKeys(partition: 1).attainment(day: day)
                _ = try await fixture.command("HSET", .text(key), "review|desk|ann|met", 2)
                let known = try await fixture.store.attainment(days: day...day)
                #expect(known.sums.map(\.met) == [2] && !known.leavesOutNewer)
                for field in [
                    "dispute_2|desk|ann|met", "review|desk|ann|reopened", "review|desk|ann|met|online",
                ] {
                    _ = try await fixture.command("HSET", .text(key), .text(field), 1)
                    let figures = try await fixture.store.attainment(days: day...day)
                    #expect(figures.sums.map(\.met) == [2] && figures.leavesOutNewer)
                    _ = try await fixture.command("HDEL", .text(key), .text(field))
                }
                for field in ["junk", "review|desk|ann|", "Re view|desk|ann|met"] {
                    _ = try await fixture.command("HSET", .text(key), .text(field), 1)
                    let error = await #expect(throws: StoreError.self) {
                        try await fixture.store.attainment(days: day...day)
                    }
                    #expect(error?.code == .corrupt && error?.isNewer == false, "\(field)")
                    _ = try await fixture.command("HDEL", .text(key), .text(field))
                }
            }
        }

        /// Somebody works on it, for a clock that only a newer build knows.
        @Test func aLeaseOfANewerBuildIsSomebodys() async throws {
            try await StoreFixture.with { fixture in
                let part = WorkPart(id: Fixture.caseID(1), role: .service)
                let key = StoreKeys(partition: part.id.partition).workLease(part)
                _ = try await fixture.command("SET", .text(key), "dispute/1/ann")
                let lease = try #require(try await fixture.store.workLeases(on: [part])[0])
                #expect(lease.person == "ann" && lease.text == "dispute/1/ann")
                #expect(ClockKind.allCases.allSatisfy { !lease.isFor($0, 1) })
                #expect(try await fixture.store.releaseWork(on: part, lease))
            }
        }
    }
}

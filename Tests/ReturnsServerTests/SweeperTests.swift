import CoreMetrics
import Logging
import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import TestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

@Suite(.serialized) struct SweeperTests {
    @Test func aSweepFiresWhatIsDueOnceAndCountsIt() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(40)
            let sweeper = sweeping.sweeper()
            #expect(try await sweeper.sweep(store: sweeping.store).cases == 0)
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let warned = try await sweeper.sweep(store: sweeping.store)
            #expect(warned == .init(now: sweeping.clock.now(), cases: 40, firings: 40))
            #expect(try await sweeper.sweep(store: sweeping.store).cases == 0)
            // The breach, and the first escalation, which is due four hours later.
            sweeping.clock.set(Fixture.monday.adding(28 * Milliseconds.hour + 500))
            #expect(try await sweeper.sweep(store: sweeping.store).firings == 80)
            for value in cases {
                let clock = try #require(try await sweeping.store.loadCase(value.id)?.clocks.first)
                #expect(clock.warnedAt.count == 1 && clock.breachedAt != nil && clock.escalatedAt.count == 1)
            }
            let text = sweeping.registry.text()
            for firing in ["warn_1", "breach", "escalate_1"] {
                #expect(text.contains(#"returns_clock_firings_total{clock="review",firing="\#(firing)"} 40"#))
            }
            #expect(text.contains(#"returns_clock_firings_total{clock="refund",firing="escalate_3"} 0"#))
            // Warned an hour late, breached four, escalated half a second.
            #expect(text.contains(#"returns_clock_firing_lag_seconds_bucket{le="0.25"} 0"#))
            #expect(text.contains(#"returns_clock_firing_lag_seconds_bucket{le="0.5"} 40"#))
            #expect(text.contains(#"returns_clock_firing_lag_seconds_bucket{le="900"} 40"#))
            #expect(text.contains(#"returns_clock_firing_lag_seconds_bucket{le="3600"} 80"#))
            #expect(text.contains(#"returns_clock_firing_lag_seconds_bucket{le="86400"} 120"#))
        }
    }

    /// Whoever changed the payments ended before the cases were told: the sweeper tells each once.
    @Test func aSweepTellsWhatAnOrderHasToTell() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(2)
            let change = PaymentsChange(
                payments: [Payment(reference: "card-2", method: .card, amountMinor: 9_899)], reason: "closed")
            for (number, value) in cases.enumerated() {
                let order = try await sweeping.store.loadOrder(value.order)
                let transition = try Order.changePayments(
                    change, of: order, owedDeciders: OrderOwedDeciders([value]), actor: Cast.sue,
                    now: Fixture.monday
                ).get()
                let request = CommitRequest(
                    id: String(repeating: "\(number)", count: 32),
                    fingerprint: [UInt8](repeating: 1, count: 32))
                #expect(try await sweeping.store.commit(transition, request: request) == .committed)
            }
            let sweeper = sweeping.sweeper()
            let told = try await sweeper.sweep(store: sweeping.store)
            #expect(told.cases == 2 && told.firings == 0 && told.failures == 0)
            #expect(try await sweeper.sweep(store: sweeping.store).cases == 0)
            for value in cases {
                let story = try await sweeping.store.timeline(value.id).items.map {
                    try NumberedEntry(bytes: $0.message).entry
                }
                #expect(story.count { $0.kind == .paymentsChanged } == 1)
            }
        }
    }

    @Test func aSweepLooksAtNoMoreCasesThanItIsTold() async throws {
        try await Sweeping.with { sweeping in
            _ = try await sweeping.open(30)
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let sweeper = sweeping.sweeper()
            let first = try await sweeper.sweep(store: sweeping.store, limit: 20)
            #expect((first.cases, first.firings, first.isFull) == (20, 20, true))
            let second = try await sweeper.sweep(store: sweeping.store, limit: 20)
            #expect((second.cases, second.firings, second.isFull) == (10, 10, false))
        }
    }

    /// A case that cannot be read, one that is gone, and an entry that names no case keep nobody else from firing.
    @Test func whatCannotBeFiredHidesNothingBehindIt() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(200)
            let broken = StoreKeys(partition: cases[0].id.partition)
            _ = try await sweeping.command("HSET", .text(broken.returnCase(cases[0].id)), "b", "nonsense")
            let gone = StoreKeys(partition: cases[1].id.partition)
            _ = try await sweeping.command("DEL", .text(gone.returnCase(cases[1].id)))
            let wrong = StoreKeys(partition: cases[2].id.partition)
            _ = try await sweeping.command("DEL", .text(wrong.returnCase(cases[2].id)))
            _ = try await sweeping.command("SET", .text(wrong.returnCase(cases[2].id)), "text")
            _ = try await sweeping.command("ZADD", .text(broken.deadlines), 5, "no clock")
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let result = try await sweeping.sweeper().sweep(store: sweeping.store)
            #expect((result.firings, result.failures, result.conflicts) == (197, 4, 0))
            #expect(
                Set(result.unread.damaged) == Set(cases.prefix(3).map(\.id))
                    && result.unreadableDeadlines == 1)
            #expect(result.unread.newer.isEmpty && result.refused.isEmpty)
            // They stay due, and are passed over each time.
            let again = try await sweeping.sweeper().sweep(store: sweeping.store)
            #expect((again.firings, again.failures) == (0, 4))
        }
    }

    /// A case that a newer build wrote is no failure: the servers of that build fire it.
    @Test func aCaseOfANewerLevelIsLeftToNewerServers() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(3)
            try await sweeping.raise(cases[0], to: WriterLevel(WriterLevel.highest.number + 1))
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let result = try await sweeping.sweeper().sweep(store: sweeping.store)
            #expect((result.firings, result.failures) == (2, 0))
            #expect(result.unread.newer == [cases[0].id])
        }
    }

    /// A partition whose keys hold something else fails for itself: the others are swept, and their orders expire.
    @Test func aPartitionThatCannotBeReadKeepsNoOtherFromBeingSwept() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(40)
            let broken = 2
            let others = cases.count { $0.id.partition != broken }
            #expect((1..<40).contains(others))
            let keys = StoreKeys(partition: broken)
            for key in [keys.deadlines, keys.ordersWithoutCases] {
                _ = try await sweeping.command("DEL", .text(key))
                _ = try await sweeping.command("SET", .text(key), "text")
            }
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let log = CapturedLog()
            let result = try await sweeping.sweeper(log.logger).sweep(store: sweeping.store)
            #expect((result.firings, result.failures) == (others, 1))
            #expect(log.text.contains("p\(broken)"))
            #expect(try await sweeping.store.nextFiring(after: result.now) != nil)
            let expiry = OrderExpiry(
                retention: OrderRetention(days: 60), policies: sweeping.policies, logger: log.logger)
            var schedule = OrderExpiry.Schedule()
            try await expiry.pass(
                &schedule, now: Fixture.monday.adding(61 * Milliseconds.day), store: sweeping.store)
            #expect(log.text.contains("cannot be found"))
        }
    }

    /// A damaged field stops trimming in its partition, which is said, and in no other.
    @Test func aPartitionThatCannotBeTrimmedIsSaid() async throws {
        try await Sweeping.with { sweeping in
            for partition in 0..<4 {
                for _ in 1...5 {
                    _ = try await sweeping.command(
                        "XADD", .text(StoreKeys(partition: partition).outbox), "*", "type", "noted")
                }
            }
            _ = try await sweeping.command("SET", .text(StoreKeys(partition: 0).outboxHeld), "text")
            let log = CapturedLog()
            let trimmer = OutboxTrimmer(
                store: sweeping.store, retention: OutboxRetention(eventsMax: 1), logger: log.logger)
            try await trimmer.trim()
            try await trimmer.trim()
            for partition in 0..<4 {
                let left = try await sweeping.command("XLEN", .text(StoreKeys(partition: partition).outbox))
                #expect(left.integer == (partition == 0 ? 5 : 1))
            }
            let lines = log.text.split(separator: "\n").filter { $0.contains("cannot be trimmed") }
            #expect(lines.count == 1 && lines[0].contains(StoreKeys(partition: 0).outboxHeld))
            #expect(trimmer.warnings.count == 1 && trimmer.warnings[0].contains("partition 0 "))
            _ = try await sweeping.command("DEL", .text(StoreKeys(partition: 0).outboxHeld))
            try await trimmer.trim()
            #expect(trimmer.warnings.isEmpty)
        }
    }

    @Test func aCommitFunctionThatIsLostIsLoadedAgain() async throws {
        try await Sweeping.with { sweeping in
            _ = try await sweeping.open(20)
            _ = try await sweeping.command("FUNCTION", "FLUSH")
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            #expect(try await sweeping.sweeper().sweep(store: sweeping.store).firings == 20)
        }
    }

    @Test func sweepsThatRunAtOnceFireEverythingOnce() async throws {
        try await Sweeping.with { sweeping in
            _ = try await sweeping.open(100)
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let firings = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<4 {
                    tasks.addTask { try await sweeping.sweeper().sweep(store: sweeping.store).firings }
                }
                return try await tasks.reduce(0, +)
            }
            #expect(firings == 100)
            var events: Int64 = 0
            for partition in 0..<4 {
                let key = StoreKeys(partition: partition).outbox
                events += try await sweeping.command("XLEN", .text(key)).integer ?? 0
            }
            #expect(events == 200, "a submission and a warning for each case")
        }
    }
}

@Suite(.serialized) struct SweepLeasesTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func later(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    @Test func onePartitionHasOneSweeper() async throws {
        try await Sweeping.with { sweeping in
            var first = SweepLeases()
            var second = SweepLeases()
            #expect(try await first.take(1, store: sweeping.store))
            #expect(try await !second.take(1, store: sweeping.store))
            #expect(try await second.take(2, store: sweeping.store))
            #expect((first.heldCount, second.heldCount) == (1, 1))
            await first.release(store: sweeping.store)
            #expect(first.heldCount == 0)
            #expect(try await second.take(1, store: sweeping.store))
            let left = try await sweeping.command("PTTL", .text(StoreKeys(partition: 1).sweepLease)).integer
            #expect((1...SweepLeases.termMilliseconds).contains(try #require(left)))
        }
    }

    @Test func whoHoldsALeaseRenewsIt() async throws {
        try await Sweeping.with { sweeping in
            let key = StoreKeys(partition: 1).sweepLease
            var leases = SweepLeases()
            #expect(try await leases.take(1, store: sweeping.store, now: start))
            let token = try await sweeping.command("GET", .text(key)).string
            #expect(
                try await leases.keep(store: sweeping.store, now: later(SweepLeases.renewalMilliseconds - 1)))
            #expect(try await sweeping.command("GET", .text(key)).string == token)
            #expect(try await leases.keep(store: sweeping.store, now: later(SweepLeases.renewalMilliseconds)))
            #expect(try await sweeping.command("GET", .text(key)).string != token)
            // What lapsed and was taken by another is neither renewed nor given up on the other's behalf.
            _ = try await sweeping.command("SET", .text(key), "another")
            #expect(
                try await !leases.keep(store: sweeping.store, now: later(3 * SweepLeases.renewalMilliseconds))
            )
            await leases.release(store: sweeping.store)
            #expect(try await sweeping.command("GET", .text(key)).string == "another")
        }
    }

    /// As Redis's clock makes it when it steps back under a sweeper that has died.
    @Test func aLeaseThatShowsNoLifeIsSeized() async throws {
        try await Sweeping.with { sweeping in
            let key = StoreKeys(partition: 1).sweepLease
            let patience = SweepLeases.patienceMilliseconds
            var leases = SweepLeases()
            _ = try await sweeping.command("SET", .text(key), "dead", "PX", 3_600_000)
            #expect(try await !leases.take(1, store: sweeping.store, now: start))
            #expect(try await !leases.take(1, store: sweeping.store, now: later(patience)))
            // A renewal in between is a sign of life.
            _ = try await sweeping.command("SET", .text(key), "alive", "PX", 3_600_000)
            #expect(try await !leases.take(1, store: sweeping.store, now: later(patience + 1)))
            #expect(try await !leases.take(1, store: sweeping.store, now: later(2 * patience + 1)))
            #expect(try await leases.take(1, store: sweeping.store, now: later(2 * patience + 2)))
            let left = try await sweeping.command("PTTL", .text(key)).integer
            #expect((1...SweepLeases.termMilliseconds).contains(try #require(left)))
        }
    }
}

@Suite struct SweepPaceTests {
    /// Calls wait for commits that come together; where they wait for the disk in any case, it is waited for once.
    @Test func commitsGoTogetherWhereNobodyWaitsLongerForIt() {
        for (pace, together) in [
            (SweepPace(rests: true), false), (SweepPace(rests: true, waitsForDisk: true), true),
            (SweepPace(rests: false), true),
        ] {
            #expect(pace.commitsTogether == together)
            #expect(pace.cases == (together ? SweepPace.readCasesMax : SweepPace.readCasesMin))
        }
    }

    @Test func aRestIsInProportionAndBounded() {
        #expect(SweepPace.rest(after: .milliseconds(1)) == .milliseconds(SweepPace.restsPerWork))
        #expect(SweepPace.rest(after: .seconds(3_600)) == .milliseconds(SweepPace.restMillisecondsMax))
        #expect(
            SweepPace.rest(after: .nanoseconds(Int64.max)) == .milliseconds(SweepPace.restMillisecondsMax))
        #expect(SweepPace.rest(after: .zero) == .zero)
    }
    /// A clock of a kind that only a newer build knows is its case's, and no entry that names nothing.
    @Test func aClockOfANewerBuildIsLeftToItsServers() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(2)
            try await sweeping.raise(cases[0], to: WriterLevel(WriterLevel.highest.number + 1))
            let key = StoreKeys(partition: cases[0].id.partition).deadlines
            _ = try await sweeping.command("ZADD", .text(key), 5, .text("\(cases[0].id)/dispute/1"))
            let result = try await sweeping.sweeper().sweep(store: sweeping.store)
            #expect(result.unread.newer == [cases[0].id])
            #expect(result.failures == 0 && result.unreadableDeadlines == 0)
        }
    }

    /// The case is whole: what it is decided by is named, and hides nobody else's clocks.
    @Test(arguments: [true, false]) func aPolicyThatCannotBeReadIsNamedAndNotTheCase(_ isNewer: Bool)
        async throws
    {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(3)
            var stored = StoredPolicies(
                policies: [Fixture.policy()], slaPolicies: [], calendars: [.standard])
            let rules = NamedRecord.rules(.slaPolicy(cases[0].slaVersion))
            stored.unreadable[.slaPolicy(cases[0].slaVersion)] =
                isNewer ? .newer(rules) : StoreError(.corrupt, "its checksum does not fit").of(rules)
            let sweeper = Sweeper(
                policies: PolicyBook(stored), clock: sweeping.clock, logger: sweeping.logger)
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            let result = try await sweeper.sweep(store: sweeping.store)
            #expect(result.unread.isEmpty && result.unreadableDeadlines == 0)
            #expect(Set(result.refused.keys) == Set(cases.map(\.id)))
            #expect(result.failures == (isNewer ? 0 : 3))
            for refusal in result.refused.values {
                #expect(refusal.reason == (isNewer ? "RECORD_NEWER" : "RECORD_UNREADABLE"))
                #expect(refusal.text.contains("version \(cases[0].slaVersion) of the SLA policy"))
            }
        }
    }

    /// A case whose firing needs a level that the store is not at waits for it, and nobody behind it does.
    @Test func aCaseAheadOfTheStoresLevelHidesNothingBehindIt() async throws {
        try await Sweeping.with { sweeping in
            let cases = try await sweeping.open(12)
            let ahead = cases.filter { $0.id.partition == cases[0].id.partition }
            sweeping.clock.set(Fixture.monday.adding(21 * Milliseconds.hour))
            // To a server that knows no level every field is of a later one.
            try await ConnectedStore.with(sweeping.socketPath, knowing: WriterLevel(0)) { _, store in
                for value in ahead {
                    try await sweeping.raise(value, to: WriterLevel(0))
                    try await sweeping.raise(orderOf: value, to: WriterLevel(0))
                }
                let result = try await sweeping.sweeper().sweep(store: store)
                #expect(Set(result.refused.keys) == Set(ahead.map(\.id)))
                #expect(result.refused.values.allSatisfy { $0.reason == "LEVEL_TOO_LOW" && !$0.isFault })
                #expect(Set(result.unread.newer).count == cases.count - ahead.count)
                #expect(result.cases == cases.count && result.failures == 0)
            }
        }
    }
}

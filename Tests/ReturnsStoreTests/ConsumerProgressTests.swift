import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// How far consumers inside have come: fenced by the epoch of a lease, in each partition by itself.
    @Suite struct ConsumerProgressTests {
        private static let name = "webhook:erp@1"

        private static func progress(_ milliseconds: UInt64, loss: OutboxLoss? = nil) -> ConsumerProgress {
            ConsumerProgress(
                place: OutboxPlace(position: .at(milliseconds), ordinal: Int64(milliseconds), attempts: 2),
                loss: loss, untold: loss)
        }

        private static let loss = OutboxLoss(
            after: .at(2), through: .at(7), events: 5, since: Instant(milliseconds: 8),
            last: Instant(milliseconds: 9), run: StoreRun("6.ab"))

        private static func everywhere(_ progress: ConsumerProgress) -> [ConsumerProgress] {
            Array(repeating: progress, count: StoreFixture.partitions)
        }

        private static func held(_ fixture: StoreFixture, _ partition: Int) async throws -> String? {
            try await fixture.command(
                "HGET", .text(StoreKeys(partition: partition).outboxHeld), .text(name)
            ).string
        }

        @Test func whatIsTakenIsReadAsItWasWritten() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let none = try await store.storedProgress(of: Self.name)
                #expect(none.allSatisfy { $0 == .none })
                let all = (0..<StoreFixture.partitions).map {
                    Self.progress(UInt64($0), loss: $0 == 3 ? Self.loss : nil)
                }
                #expect(try await store.takeConsumer(Self.name, epoch: 4, all, over: none))
                let found = try await store.storedProgress(of: Self.name)
                #expect(found.map(\.progress) == all && found.allSatisfy { $0.epoch == 4 })
                #expect(try await Self.held(fixture, 9) == "9-0")
            }
        }

        /// Whoever had the lease before moves nothing from the moment that another one has taken over, in any partition.
        @Test func anEarlierEpochMovesNothing() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                func take(_ epoch: Int64, at milliseconds: UInt64) async throws -> Bool {
                    try await store.takeConsumer(
                        Self.name, epoch: epoch, Self.everywhere(Self.progress(milliseconds)),
                        over: try await store.storedProgress(of: Self.name))
                }
                func move(_ epoch: Int64, _ milliseconds: UInt64) async throws -> ConsumerMove {
                    try await store.moveConsumer(
                        Self.name, epoch: epoch, Self.progress(milliseconds), partition: 3)
                }
                #expect(try await move(1, 1) == .lost)
                #expect(try await take(1, at: 0))
                #expect(try await move(1, 5) == .moved)
                #expect(try await Self.held(fixture, 3) == "5-0")
                #expect(try await take(2, at: 5))
                #expect(try await move(1, 9) == .lost)
                #expect(try await move(2, 6) == .moved)
                #expect(try await move(3, 9) == .lost)
                // Nor is it taken back.
                #expect(try await !take(1, at: 9))
                let found = try await store.storedProgress(of: Self.name)
                #expect(found[3].progress == Self.progress(6) && found[4].progress == Self.progress(5))
                #expect(try await Self.held(fixture, 3) == "6-0")
            }
        }

        /// Two servers that both believe to have the lease: what the other one wrote between reading and taking is not undone.
        @Test func whatMovedSinceItWasReadIsNotTaken() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let none = try await store.storedProgress(of: Self.name)
                let all = Self.everywhere(Self.progress(1))
                #expect(try await store.takeConsumer(Self.name, epoch: 1, all, over: none))
                #expect(try await !store.takeConsumer(Self.name, epoch: 2, all, over: none))
                let read = try await store.storedProgress(of: Self.name)
                _ = try await store.moveConsumer(Self.name, epoch: 1, Self.progress(7), partition: 3)
                #expect(try await !store.takeConsumer(Self.name, epoch: 2, all, over: read))
                let found = try await store.storedProgress(of: Self.name)
                #expect(found[3].progress == Self.progress(7))
            }
        }

        /// What a consumer that was disabled ends with holds nothing; one that is gone leaves nothing.
        @Test func whatWasLetGoIsNotHeldAgain() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let none = try await store.storedProgress(of: Self.name)
                _ = try await store.takeConsumer(
                    Self.name, epoch: 1, Self.everywhere(Self.progress(1)), over: none)
                try await store.releaseOutbox(Self.name)
                let moved = try await store.moveConsumer(
                    Self.name, epoch: 1, Self.progress(7), partition: 3)
                #expect(moved == .moved)
                #expect(try await Self.held(fixture, 3) == nil)
                #expect(try await store.storedProgress(of: Self.name)[3].progress == Self.progress(7))
                try await store.forgetConsumer(Self.name)
                #expect(try await store.storedProgress(of: Self.name) == none)
                let keys = try await fixture.command("KEYS", "*outbox*").array ?? []
                #expect(keys.isEmpty)
            }
        }

        @Test func damageIsToldFromWhatANewerBuildWrote() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let key = StoreKeys(partition: 3).outboxConsumers
                let whole = StoredProgress(Self.progress(3, loss: Self.loss), epoch: 2, of: Self.name).text
                let other = StoredProgress(Self.progress(3), epoch: 2, of: "webhook:erp@2").text
                let newer = CheckedText.sealed("2 3-0 3 2;;;more", name: Self.name)
                for (text, isNewer) in [
                    ("junk", false), (other, false), (whole.replacing("3-0", with: "4-0"), false),
                    (whole.replacing("2 3-0", with: "3 3-0"), false), (newer, true),
                ] {
                    _ = try await fixture.command("HSET", .text(key), .text(Self.name), .text(text))
                    let error = await #expect(throws: StoreError.self) {
                        try await store.storedProgress(of: Self.name)
                    }
                    #expect(error?.code == .corrupt && error?.isNewer == isNewer, "\(text)")
                }
                _ = try await fixture.command("HSET", .text(key), .text(Self.name), .text(whole))
                #expect(try await store.storedProgress(of: Self.name)[3].epoch == 2)
            }
        }

        /// What was asked of a webhook's progress is taken over once, by whoever delivers next, and is shown at once.
        @Test func anOrderIsTakenOnce() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let webhook = Webhook(
                    name: "erp", instance: 1, url: "https://erp.example.com/in", secret: [7],
                    filter: EventFilter(), giveUpMilliseconds: 60_000, attemptsMax: 20,
                    createdAt: Fixture.monday, createdBy: "boss")
                let places = Array(
                    repeating: OutboxPlace(position: .at(1), ordinal: 1), count: StoreFixture.partitions)
                _ = try await store.addWebhook(
                    webhook, state: WebhookState(epoch: 1, places: places), request: .test(1))
                func lease() async throws -> Int64? {
                    let lease = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                    if case .held(let epoch) = lease { return epoch }
                    return nil
                }
                #expect(try await lease() == 2)
                var state = try #require(try await store.takeWebhook(webhook, epoch: 2))
                #expect(state.places == places)
                let moved = ConsumerProgress(place: OutboxPlace(position: .at(8), ordinal: 8))
                #expect(
                    try await store.moveConsumer(webhook.holder, epoch: 2, moved, partition: 3) == .moved)
                state = try #require(try await store.loadWebhookState(webhook))
                #expect(state.places[3] == moved.place && state.orders.isEmpty)
                // Two orders, of which nobody has taken the first: neither is forgotten.
                let back = OutboxPlace(position: .at(4), ordinal: 4, attempts: 3)
                let fresh = OutboxPlace(position: .at(4), ordinal: 4)
                let orders = [
                    ConsumerOrder(place: back), ConsumerOrder(loss: Self.loss, forgetsAttempts: true),
                ]
                for (number, order) in orders.enumerated() {
                    #expect(
                        try await store.changeWebhook(
                            webhook, state, orders: [3: order], request: .test(number + 2)) == .changed)
                    state = try #require(try await store.loadWebhookState(webhook))
                }
                #expect(state.places[3] == fresh && state.losses == [3: Self.loss])
                #expect(state.untold == [3: Self.loss] && state.epoch == 4)
                // Whoever was at it before does not know of them, and is stopped by the epoch alone.
                #expect(try await store.takeWebhook(webhook, epoch: 2) == nil)
                #expect(try await lease() == 4)
                let taken = try #require(try await store.takeWebhook(webhook, epoch: 4))
                #expect(
                    taken.progress[3] == ConsumerProgress(place: fresh, loss: Self.loss, untold: Self.loss))
                #expect(
                    try await store.moveConsumer(webhook.holder, epoch: 2, moved, partition: 3) == .lost)
                let told = ConsumerProgress(place: OutboxPlace(position: .at(5), ordinal: 5), loss: Self.loss)
                #expect(
                    try await store.moveConsumer(webhook.holder, epoch: 4, told, partition: 3) == .moved)
                state = try #require(try await store.loadWebhookState(webhook))
                #expect(state.progress[3] == told && state.orders.isEmpty)
                // Gone, nothing of it is left.
                _ = try await store.removeWebhook("erp", request: .test(9))
                #expect(try await store.releaseStrayWebhooks() == 1)
                #expect(try await store.storedProgress(of: webhook.holder).allSatisfy { $0 == .none })
            }
        }
    }
}

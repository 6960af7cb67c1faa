import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct WebhookStoreTests {
        func webhook(_ name: String = "erp", instance: UInt64 = 1) -> Webhook {
            Webhook(
                name: name, instance: instance, url: "https://erp.example.com/in", secret: [7, 0, 255],
                filter: EventFilter(types: [.noted], states: [.closed], saleChannels: ["online"]),
                giveUpMilliseconds: 60_000, attemptsMax: 20, createdAt: Fixture.monday, createdBy: "boss")
        }

        func state(at milliseconds: UInt64 = 0, ordinal: Int64 = 0, epoch: Int64 = 1) -> WebhookState {
            WebhookState(
                epoch: epoch,
                places: Array(
                    repeating: OutboxPlace(position: .at(milliseconds), ordinal: ordinal),
                    count: StoreFixture.partitions))
        }

        func add(_ fixture: StoreFixture, _ webhook: Webhook, _ state: WebhookState? = nil)
            async throws
        {
            let addition = try await fixture.store.addWebhook(
                webhook, state: state ?? self.state(), request: .test(Int.random(in: 1_000...Int.max)))
            #expect(addition == .added)
        }

        func delivery(_ id: String, _ verdict: WebhookDelivery.Verdict, at: Int64 = 5)
            -> WebhookDelivery
        {
            WebhookDelivery(
                eventID: id, type: .noted, attempt: 2, httpStatus: verdict == .delivered ? 200 : 0,
                error: verdict == .delivered ? .unspecified : .closed, at: Instant(milliseconds: at),
                durationMilliseconds: 12, verdict: verdict)
        }

        @Test func aWebhookIsKeptAsItWasCreated() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook, state) = (fixture.store, webhook(), state(at: 3, ordinal: 2))
                #expect(try await store.addWebhook(webhook, state: state, request: .test(1)) == .added)
                #expect(try await store.loadWebhooks().records == [webhook])
                let found = try #require(try await store.loadWebhook("erp"))
                #expect(found.webhook == webhook && found.state.untaken == state)
                #expect(try await store.loadWebhook("other") == nil)
            }
        }

        /// Whoever decided on a record that has changed since decides anew, or would undo what the other did.
        @Test func aRecordIsReplacedAsItWasDecidedOn() async throws {
            try await StoreFixture.with { fixture in
                let (store, before, state) = (fixture.store, webhook(), state(epoch: 4))
                #expect(try await store.addWebhook(before, state: state, request: .test(1)) == .added)
                var moved = before
                moved.url = "https://other.example.com/in"
                let change = try await store.changeWebhook(
                    before, state, [.failures(0)], replacement: moved, answer: [9], request: .test(2))
                #expect(change == .changed)
                let found = try #require(try await store.loadWebhook("erp"))
                #expect(found.webhook == moved && found.state.epoch == 5)
                #expect(found.state.places == state.places)
                var filtered = before
                filtered.filter = EventFilter()
                for decided in [state, found.state] {
                    #expect(
                        try await store.changeWebhook(
                            before, decided, replacement: filtered, request: .test(3)) == .moved)
                }
                #expect(try await store.loadWebhook("erp")?.webhook == moved)
                let again = try await store.changeWebhook(
                    before, state, [], replacement: moved, request: .test(2))
                #expect(again == .replay([9]))
            }
        }

        @Test func twoSecretsSignUntilTheOlderEnds() throws {
            var webhook = webhook()
            let first = webhook.secret
            #expect(webhook.encodeRecord()[0] == 3, "older builds read it")
            webhook.secret = [1, 2]
            webhook.oldSecret = .init(secret: first, until: Fixture.monday)
            webhook.rotations = 1
            #expect(webhook.secrets(at: Fixture.monday.adding(-1)) == [[1, 2], first])
            #expect(webhook.secrets(at: Fixture.monday) == [[1, 2]])
            for old in [webhook.oldSecret, nil] {
                webhook.oldSecret = old
                let read = try webhook.encodeRecord().withUnsafeBytes { try Webhook(record: $0) }
                #expect(read == webhook)
            }
            webhook.oldSecret = .init(secret: Array("hidden".utf8), until: Fixture.monday)
            var dump = ""
            Swift.dump((webhook, webhook.oldSecret), to: &dump)
            #expect(!dump.contains("104") && !"\(webhook) \(webhook.oldSecret!)".contains("hidden"))
        }

        @Test func aDamagedWebhookHidesNoOtherAndIsRemovedByItsName() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let (whole, broken, stateless) = (
                    webhook(), webhook("a", instance: 2), webhook("z", instance: 3)
                )
                for webhook in [whole, broken, stateless] {
                    try await add(fixture, webhook)
                    try await store.holdOutbox(webhook, state().places)
                }
                _ = try await fixture.command("HSET", .text(StoreKeys.webhooks), "a", "junk")
                let found = try await store.loadWebhooks()
                #expect(found.records == [whole, stateless] && found.unread.damaged == ["a"])
                // One whose state is damaged, or lost, is not taken for one that has gone.
                let key = StoreKeys.webhookState("z")
                for damage in ["HSET", "DEL"] {
                    _ =
                        try await
                        (damage == "DEL"
                        ? fixture.command("DEL", .text(key))
                        : fixture.command("HSET", .text(key), "p3", "junk"))
                    let error = await #expect(throws: StoreError.self) {
                        try await store.loadWebhookState(stateless)
                    }
                    #expect(error?.code == .corrupt)
                }
                // Nobody knows that these are not enabled.
                #expect(try await store.releaseStrayWebhooks() == 0)
                for (number, name) in ["a", "z"].enumerated() {
                    #expect(try await store.removeWebhook(name, request: .test(number + 1)) == .changed)
                }
                #expect(try await store.loadWebhookState(stateless) == nil)
                #expect(try await store.releaseStrayWebhooks() == 2)
                let left = try await store.loadWebhooks()
                #expect(left.records == [whole] && left.unread.isEmpty)
            }
        }

        @Test func eachRequestMakesOneWebhook() async throws {
            try await StoreFixture.with { fixture in
                let (store, first, other) = (fixture.store, webhook(), webhook(instance: 2))
                #expect(try await store.addWebhook(first, state: state(), request: .test(1)) == .added)
                #expect(try await store.addWebhook(other, state: state(), request: .test(2)) == .exists)
                // Sent again for a lost reply: the secret is that of the webhook that was made.
                #expect(
                    try await store.addWebhook(other, state: state(), request: .test(1)) == .replay(first))
                let reused = CommitRequest.test(1, content: 9)
                #expect(
                    try await store.addWebhook(other, state: state(), request: reused) == .requestIDReused)
                #expect(try await store.removeWebhook("erp", request: .test(3)) == .changed)
                #expect(try await store.removeWebhook("erp", request: .test(3)) == .replay([]))
                #expect(try await store.removeWebhook("erp", request: .test(4)) == .missing)
                #expect(
                    try await store.addWebhook(first, state: state(), request: .test(1)) == .deletedSince)
                try await add(fixture, other)
                #expect(
                    try await store.addWebhook(first, state: state(), request: .test(1)) == .deletedSince)
                // No record of a request holds a secret.
                for number in 1...4 {
                    let key = StoreKeys.webhookRequest(CommitRequest.test(number).id)
                    let kept = try await fixture.command("GET", .text(key)).bytes.map {
                        Array($0.readableBytesView)
                    }
                    #expect((kept?.count ?? 0) < 32 + 24)
                }
            }
        }

        @Test func webhooksAreLimited() async throws {
            try await StoreFixture.with { fixture in
                for number in 0..<ReturnsStore.webhooksMax { try await add(fixture, webhook("w\(number)")) }
                #expect(
                    try await fixture.store.addWebhook(webhook(), state: state(), request: .test(1)) == .full)
            }
        }

        @Test func oneServerAtATimeDelivers() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                func lease(_ owner: String) async throws -> WebhookLease {
                    try await store.leaseWebhook("erp", owner: owner, milliseconds: 60_000)
                }
                // Taken, it has a new epoch; renewed, it keeps it.
                #expect(try await lease("a") == .held(epoch: 2))
                #expect(try await lease("b") == .refused)
                #expect(try await lease("a") == .held(epoch: 2))
                try await store.releaseWebhook("erp", owner: "b")
                #expect(try await lease("b") == .refused)
                try await store.releaseWebhook("erp", owner: "a")
                #expect(try await lease("b") == .held(epoch: 3))
                // Who has lost the lease records nothing.
                func record(_ owner: String, epoch: Int64 = 3) async throws -> WebhookRecording {
                    try await store.recordDelivery(
                        delivery("p03-9-0", .failed), of: webhook, owner: owner, epoch: epoch, [.failures(1)])
                }
                #expect(try await record("a") == .lost)
                #expect(try await record("b", epoch: 7) == .moved)
                #expect(try await store.loadWebhook("erp")?.state.untaken == state(epoch: 3))
                // Nor does who had it before another one had it.
                #expect(try await record("b", epoch: 2) == .moved)
                #expect(try await record("b") == .recorded)
                #expect(try await store.loadWebhook("erp")?.state.failures == 1)
                #expect(try await lease("nobody's") == .refused)
                #expect(
                    try await store.leaseWebhook("none", owner: "a", milliseconds: 60_000) == .refused)
            }
        }

        /// Epochs of two webhooks of one name are never the same, and none is rounded.
        @Test func aWebhookMadeAnewHasEpochsOfItsOwn() async throws {
            try await StoreFixture.with { fixture in
                let (old, new) = (webhook(instance: 1), webhook(instance: UInt64(UInt32.max)))
                try await add(fixture, old, state(epoch: old.firstEpoch))
                let store = fixture.store
                func lease() async throws -> WebhookLease {
                    try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                }
                #expect(try await lease() == .held(epoch: old.firstEpoch + 1))
                #expect(try await store.removeWebhook("erp", request: .test(2)) == .changed)
                try await add(fixture, new, state(epoch: new.firstEpoch))
                // The same server, still at the old one.
                #expect(
                    try await store.recordDelivery(
                        delivery("p03-1-0", .failed), of: old, owner: "a", epoch: old.firstEpoch + 1, [])
                        == .lost)
                #expect(try await lease() == .held(epoch: new.firstEpoch + 1))
                #expect(try await lease() == .held(epoch: new.firstEpoch + 1))
                #expect(
                    try await store.recordDelivery(
                        delivery("p03-1-0", .failed), of: old, owner: "a", epoch: old.firstEpoch + 1, [])
                        == .moved)
            }
        }

        /// A change is decided on what was read, made once for each request, and noticed by whoever delivers.
        @Test func changesRaiseTheEpoch() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                let fields: [WebhookField] = [.enabled(false), .reason(.byHand)]
                func change(_ number: Int, _ state: WebhookState) async throws -> WebhookChange {
                    try await store.changeWebhook(
                        webhook, state, fields, answer: [1, 2], request: .test(number))
                }
                #expect(try await change(1, state(epoch: 2)) == .changed)
                #expect(try await change(1, state(epoch: 2)) == .replay([1, 2]))
                #expect(try await change(2, state(epoch: 2)) == .moved)
                let found = try #require(try await store.loadWebhookState(webhook))
                #expect(found.epoch == 3 && !found.isEnabled && found.reason == .byHand)
                #expect(
                    try await store.recordDelivery(
                        delivery("p03-1-0", .failed), of: webhook, owner: "a", epoch: 2, []) == .moved)
                // A disabled one is nobody's.
                #expect(
                    try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000) == .refused)
                var gone = webhook
                gone.instance = 99
                #expect(
                    try await store.changeWebhook(gone, found, fields, request: .test(3)) == .missing)
            }
        }

        @Test func deliveriesAreKeptTheNewestFirst() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                let most = ReturnsStore.webhookDeliveriesMax
                for number in 1...(most + 2) {
                    _ = try await store.recordDelivery(
                        delivery("p03-\(number)-0", .failed, at: Int64(number)), of: webhook, owner: "a",
                        epoch: 2, [.failures(1)])
                }
                let kept = try await store.loadWebhookDeliveries("erp", limit: 1_000).items
                #expect(kept.count == most)
                #expect(kept.first == delivery("p03-\(most + 2)-0", .failed, at: Int64(most + 2)))
                let first = try await store.loadWebhookDeliveries("erp", limit: 3)
                #expect(first.items == Array(kept[..<3]) && first.next == kept[2].place)
                let last = try await store.loadWebhookDeliveries("erp", after: kept[2].place, limit: most - 3)
                #expect(last.items == Array(kept[3...]) && last.next == nil)
                // What came before a place that is forgotten is forgotten, too.
                let forgotten = delivery("p03-1-0", .failed, at: 1).place
                #expect(WebhookDeliveryPlace(forgotten.description) == forgotten)
                #expect(
                    try await store.loadWebhookDeliveries("erp", after: forgotten, limit: 3).items.isEmpty)
                for text in ["", "1-2", "1-a-p03-1-0", "01-2-p03-1-0"] {
                    #expect(WebhookDeliveryPlace(text) == nil)
                }
            }
        }

        @Test func whatIsSetAsideStaysUntilItIsDelivered() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                for (number, verdict) in [WebhookDelivery.Verdict.aside, .failed, .aside].enumerated() {
                    _ = try await store.recordDelivery(
                        delivery("p03-\(number)-0", verdict, at: Int64(number)), of: webhook, owner: "a",
                        epoch: 2, [])
                }
                #expect(try await store.loadWebhookAside("erp") == ["p03-2-0", "p03-0-0"])
                let asked = delivery("p03-2-0", .delivered)
                try await store.recordAsked(asked, of: webhook, request: .test(1))
                #expect(try await store.loadWebhookAside("erp") == ["p03-0-0"])
                guard case .replay(let answer) = try await store.webhookAnswer(to: .test(1)) else {
                    Issue.record("no record of the request")
                    return
                }
                #expect(try store.askedDelivery(answer) == asked)
                #expect(try await store.webhookAnswer(to: .test(1, content: 9)) == .requestIDReused)
                #expect(try await store.webhookAnswer(to: .test(2)) == nil)
                #expect(try await store.countWebhookAside("erp") == 1)
                // With the webhook goes what is known of its deliveries.
                _ = try await store.removeWebhook("erp", request: .test(3))
                #expect(try await store.loadWebhookAside("erp").isEmpty)
                #expect(try await store.loadWebhookDeliveries("erp", limit: 9).items.isEmpty)
            }
        }

        /// Later ones push out the oldest, which is counted.
        @Test func whatIsSetAsideIsLimitedAndTheRestIsCounted() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                for number in 1...(ReturnsStore.webhookAsideMax + 3) {
                    _ = try await store.recordDelivery(
                        delivery("p03-\(number)-0", .aside, at: Int64(number)), of: webhook, owner: "a",
                        epoch: 2, [])
                }
                #expect(try await store.countWebhookAside("erp") == ReturnsStore.webhookAsideMax)
                #expect(try await store.loadWebhookState(webhook)?.asideForgotten == 3)
            }
        }

        @Test func lossesAreKeptUntilTheyAreConfirmed() async throws {
            try await StoreFixture.with { fixture in
                let (store, webhook) = (fixture.store, webhook())
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                let loss = OutboxLoss(
                    after: .at(2), through: .at(7), events: 5, since: Instant(milliseconds: 8),
                    last: Instant(milliseconds: 9))
                let unknown = OutboxLoss(
                    after: .zero, through: .at(3), events: nil, since: Instant(milliseconds: 7),
                    last: Instant(milliseconds: 10))
                _ = try await store.takeWebhook(webhook, epoch: 2)
                for (partition, loss, untold) in [(3, loss, loss), (9, unknown, nil)] {
                    var progress = state().progress[partition]
                    (progress.loss, progress.untold) = (loss, untold)
                    #expect(
                        try await store.moveConsumer(
                            webhook.holder, epoch: 2, progress, partition: partition) == .moved)
                }
                var found = try #require(try await store.loadWebhookState(webhook))
                #expect(found.losses == [3: loss, 9: unknown] && found.untold == [3: loss])
                // Up to the time that somebody knows of: what was lost later is not confirmed with it.
                #expect(
                    try await store.changeWebhook(
                        webhook, found, [.confirmedThrough(loss.last)], request: .test(1)) == .changed)
                found = try #require(try await store.loadWebhookState(webhook))
                #expect(found.losses == [9: unknown] && found.untold == [3: loss])
                let later = unknown.noted(after: [], confirmedThrough: unknown.last)
                #expect(later.last == unknown.last.adding(1) && unknown.noted(after: []) == unknown)
                #expect(
                    loss.joined(unknown)
                        == OutboxLoss(
                            after: .zero, through: .at(7), events: nil, since: Instant(milliseconds: 7),
                            last: Instant(milliseconds: 10)))
            }
        }

        @Test func figuresTellWhatIsBehindAndWhatIsLost() async throws {
            try await StoreFixture.with { fixture in
                func figures(_ milliseconds: UInt64) async throws -> ConsumerFigures {
                    try await fixture.store.consumerFigures([.at(milliseconds)], of: "")[0]
                }
                #expect(try await figures(0).end == OutboxPlace(position: .zero, ordinal: 0))
                try await fixture.addEvents(1...10)
                let place = OutboxPlace(position: .at(2), ordinal: 2)
                #expect(try await figures(2).lag(of: place) == 8)
                #expect(try await figures(2).next == .at(3))
                #expect(try await figures(2).lost(behind: place) == 0)
                _ = try await fixture.trim(keeping: 3)
                let after = try await figures(2)
                #expect(after.lost(behind: place) == 5)
                #expect(after.beginning == OutboxPlace(position: .at(7), ordinal: 7))
                #expect(after.end == OutboxPlace(position: .at(10), ordinal: 10))
                let unknown = OutboxPlace(position: .at(2), ordinal: nil)
                #expect(after.lag(of: unknown) == nil && after.lost(behind: unknown) == nil)
                #expect(try await figures(10).lag(of: OutboxPlace(position: .at(10), ordinal: nil)) == 0)
                _ = try await fixture.trim(keeping: 0)
                #expect(try await figures(10).beginning == OutboxPlace(position: .at(10), ordinal: 10))
            }
        }

        @Test func whatNobodyNeedsIsLetGo() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                try await fixture.addEvents(1...10)
                try await add(fixture, webhook(), state(at: 4))
                #expect(try await store.releaseStrayWebhooks() == 0)
                #expect(
                    try await fixture.trim(keeping: 0) == OutboxTrim(events: 4, hasMore: false, isHeld: true))
                // A server that was killed left this behind; others that hold the log are none of its business.
                try await store.holdOutbox("webhook:erp@2", finished: .at(1))
                try await store.holdOutbox("mail", finished: .at(8))
                #expect(try await store.releaseStrayWebhooks() == 1)
                _ = try await store.changeWebhook(webhook(), state(), [.enabled(false)], request: .test(1))
                #expect(try await store.releaseStrayWebhooks() == 1)
                #expect(try await fixture.trim(keeping: 0).events == 4)
                #expect(try await store.loadEvent(.at(8)) == nil)
                #expect(try await store.loadEvent(.at(9))?.id == .at(9))
            }
        }
    }
}

extension WebhookState {
    /// Without what tells that nobody has taken its progress yet.
    var untaken: WebhookState {
        var state = self
        state.orders = [:]
        return state
    }
}

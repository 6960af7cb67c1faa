import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

/// Keys of webhooks that hold something else.
extension StoreTests.WebhookStoreTests {
    /// A key that holds something else refuses the whole step: a webhook goes past no event of which nothing was noted.
    @Test func whatCannotBeNotedMovesNothing() async throws {
        try await StoreFixture.with { fixture in
            let (store, webhook) = (fixture.store, webhook())
            let key = StoreKeys.webhookState("erp")
            for damage in [
                ["SET", StoreKeys.webhookDeliveries("erp"), "junk"],
                ["SET", StoreKeys.webhookAside("erp"), "junk"],
                ["HSET", key, "aside_forgotten", "many"],
            ] {
                try await add(fixture, webhook)
                _ = try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
                var command = RedisCommand(named: damage[0])
                for word in damage.dropFirst() { command.append(.text(word)) }
                _ = try await fixture.clients[0].send(command, key: nil).checked()
                let before = try await fixture.command("DUMP", .text(key))
                let aside = delivery("p03-1-0", .aside)
                await #expect(throws: StoreError.self) {
                    try await store.recordDelivery(
                        aside, of: webhook, owner: "a", epoch: 2, [.failures(1)])
                }
                await #expect(throws: StoreError.self) {
                    try await store.recordAsked(aside, of: webhook, request: .test(7))
                }
                #expect(try await fixture.command("DUMP", .text(key)) == before)
                #expect(try await store.webhookAnswer(to: .test(7)) == nil)
                _ = try await store.removeWebhook("erp", request: .test(Int.random(in: 1_000...Int.max)))
            }
        }
    }

    /// An epoch that cannot rise leaves the lease where it was, and the webhook as it was.
    @Test(arguments: ["9223372036854775807", "many"])
    func anEpochThatCannotRiseChangesNothing(_ epoch: String) async throws {
        try await StoreFixture.with { fixture in
            let (store, webhook) = (fixture.store, webhook())
            try await add(fixture, webhook)
            let (key, lease) = (StoreKeys.webhookState("erp"), StoreKeys.webhookLease("erp"))
            _ = try await fixture.command("HSET", .text(key), "epoch", .text(epoch))
            let before = try await fixture.command("DUMP", .text(key))
            await #expect(throws: StoreError.self) {
                try await store.leaseWebhook("erp", owner: "a", milliseconds: 60_000)
            }
            await #expect(throws: StoreError.self) {
                let change = try await store.changeWebhook(
                    webhook, state(epoch: .max), [.enabled(false)], answer: [1], request: .test(7))
                if change == .moved { throw StoreError(.corrupt, "no such epoch") }
            }
            #expect(try await fixture.command("EXISTS", .text(lease)).integer == 0)
            #expect(try await fixture.command("DUMP", .text(key)) == before)
        }
    }

    /// What a newer build wrote is no damage: it is left as it is, by its name.
    @Test func whatANewerBuildWroteIsToldApart() async throws {
        try await StoreFixture.with { fixture in
            let store = fixture.store
            let (whole, form, filter, stateful) = (
                webhook(), webhook("form", instance: 2), webhook("filter", instance: 3),
                webhook("stateful", instance: 4)
            )
            for webhook in [whole, form, filter, stateful] {
                try await add(fixture, webhook)
                try await store.holdOutbox(webhook, state().places)
            }
            let newerForm = resealed(form.encodeRecord()) { $0[0] = Webhook.versions.upperBound + 1 }
            var newerFilter = filter
            newerFilter.filter.types = [.noted, .UNRECOGNIZED(999)]
            _ = try await fixture.command(
                "HSET", .text(StoreKeys.webhooks), "form", .bytes(newerForm), "filter",
                .bytes(newerFilter.encodeRecord()))
            let found = try await store.loadWebhooks()
            #expect(found.records == [whole, stateful] && found.unread.newer == ["filter", "form"])
            #expect(found.unread.damaged.isEmpty)
            let error = await #expect(throws: StoreError.self) { try await store.loadWebhook("form") }
            #expect(error?.isNewer == true && error?.record == .webhook("form"))
            let key = StoreKeys.webhookState("stateful")
            for field in [
                WebhookField("paused_ms", "5"), WebhookField("p3", "1 0-0 0 0 1.a1b2c3d4 7;;"),
                WebhookField("p3", "1 0-0 0 0;;fresh;more"), WebhookField("p900", "1 0-0 0 0;;"),
                WebhookField("failures", "many"),
            ] {
                let before = try await fixture.command("HGET", .text(key), .text(field.name))
                // What is damaged besides makes it no less a newer build's.
                _ = try await fixture.command(
                    "HSET", .text(key), .text(field.name), .text(field.value), "p4", "junk")
                let error = await #expect(throws: StoreError.self) {
                    try await store.loadWebhookState(stateful)
                }
                #expect(error?.isNewer == true, "\(field.name)")
                if let before = before.string {
                    _ = try await fixture.command("HSET", .text(key), .text(field.name), .text(before))
                } else {
                    _ = try await fixture.command("HDEL", .text(key), .text(field.name))
                }
                let place = order(4)
                _ = try await fixture.command("HSET", .text(key), "p4", .text(place.value))
            }
            #expect(try await store.loadWebhookState(stateful) != nil)
            // The log is held for them on.
            #expect(try await store.releaseStrayWebhooks() == 0)
        }
    }

    /// What no build has written is damage, however much it looks like more than this build knows: it can be deleted.
    @Test func damageOfAStateIsNotTakenForANewerBuilds() async throws {
        try await StoreFixture.with { fixture in
            let store = fixture.store
            try await add(fixture, webhook())
            let key = StoreKeys.webhookState("erp")
            let whole = try await fixture.command("DUMP", .text(key))
            let bytes = try #require(whole.bytes)
            let place = order(3)
            for (name, value) in [
                ("p3", "junk of five words here"), ("p3", place.value.replacing("0-0", with: "1-0")),
                ("p2", place.value.replacing("|", with: "|0")),
                ("p2", WebhookField("p3", "1 0-0 7 0;;").value),
                ("failures", "7"), ("paused", "1"), ("enabled", "2"), ("epoch", "x"),
            ] {
                _ = try await fixture.command("HSET", .text(key), .text(name), .text(value))
                let error = await #expect(throws: StoreError.self) {
                    try await store.loadWebhookState(webhook())
                }
                #expect(error?.code == .corrupt && error?.isNewer == false, "\(name) \(value)")
                _ = try await fixture.command("RESTORE", .text(key), 0, .buffer(bytes), "REPLACE")
            }
            #expect(try await store.loadWebhookState(webhook())?.untaken == state())
        }
    }

    private func order(_ partition: Int) -> WebhookField {
        .order(partition, ConsumerOrder(place: state().places[partition]), epoch: 1)
    }

    /// A verdict is a word: one that this build does not know is no damage.
    @Test func aDeliveryWithANewersVerdictIsANewers() throws {
        let record = delivery("p03-1-0", .aside).encodeRecord()
        for (word, isNewer) in [("asid", false), ("aware", true)] {
            let other = resealed(record) { bytes in
                bytes.removeLast(5)
                bytes += Array(word.utf8)
            }
            let error = #expect(throws: RecordError.self) {
                try other.withUnsafeBytes { bytes in try WebhookDelivery(record: bytes) }
            }
            #expect(error?.isNewer == isNewer, "\(word)")
        }
    }

    /// Values of enumerations have 32 bits: a reply with a longer one is no message, and would hide all webhooks.
    @Test func aReasonThatNoReplyCanHoldHidesNoOther() async throws {
        try await StoreFixture.with { fixture in
            let store = fixture.store
            let (whole, damaged) = (webhook(), webhook("other", instance: 2))
            for webhook in [whole, damaged] { try await add(fixture, webhook) }
            for number in ["2147483648", "-2147483649", "x"] {
                _ = try await fixture.command(
                    "HSET", .text(StoreKeys.webhookState("other")), "reason",
                    .text(WebhookField("reason", number).value))
                #expect(try await store.loadWebhookState(whole) != nil)
                let error = await #expect(throws: StoreError.self) {
                    try await store.loadWebhook("other")
                }
                #expect(error?.code == .corrupt && error?.record == .webhook("other"))
            }
        }
    }

    /// Whatever bit of a webhook's record is another: nothing is posted to an address that nobody gave.
    @Test func everyBitOfARecordIsProved() throws {
        let record = webhook().encodeRecord()
        for bit in 0..<record.count * 8 {
            var damaged = record
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: RecordError.self) {
                try damaged.withUnsafeBytes { bytes in try Webhook(record: bytes) }
            }
            #expect(error?.isNewer == false)
        }
    }

    @Test func aFilterWithAFieldThatIsNotKnownIsNone() throws {
        let known = webhook().encodeRecord()
        let message = try webhook().filter.message.serializedBytes() as [UInt8]
        let place = try #require(known.firstRange(of: message))
        let newer = resealed(known) { bytes in
            bytes.insert(contentsOf: [0xA0, 0x1F, 1], at: place.upperBound)
            bytes[place.lowerBound - 1] += 3
        }
        let error = #expect(throws: RecordError.self) {
            try newer.withUnsafeBytes { bytes in try Webhook(record: bytes) }
        }
        #expect(error?.isNewer == true)
        #expect(try known.withUnsafeBytes { bytes in try Webhook(record: bytes) } == webhook())
    }
}

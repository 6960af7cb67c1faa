import RedisClient
import ReturnsDomain
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
                    try await store.recordProgress(
                        webhook, owner: "a", epoch: 2, delivery: aside, [.failures(1)])
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
}

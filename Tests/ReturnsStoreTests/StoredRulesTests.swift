import RedisClient
import ReturnsDomain
import ReturnsRecords
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// What cases are decided by is given to a new store, and to no store that has lost its own.
    @Suite struct StoredRulesTests {
        private static let keys = [StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars]

        private static func withRules(_ body: (StoreFixture) async throws -> Void) async throws {
            try await StoreFixture.with { fixture in
                for _ in 0..<2 {
                    // What an earlier call has added counts once.
                    #expect(try await fixture.store.add(WorkingCalendar.standard))
                    #expect(try await fixture.store.add(SLAPolicy.standard()))
                    #expect(try await fixture.store.add(ReturnPolicy.standard()))
                }
                try await body(fixture)
            }
        }

        private static func found(_ fixture: StoreFixture) async throws -> StoredRules {
            try await fixture.store.identity.storedRules(fixture.store.redis)
        }

        @Test func aNewStoreHasNone() async throws {
            try await StoreFixture.with { fixture in
                let before = try await Self.found(fixture)
                #expect(before == .none)
                // Its first start was cut short.
                _ = try await fixture.store.add(WorkingCalendar.standard)
                let after = try await Self.found(fixture)
                #expect(after == .none)
            }
        }

        @Test(arguments: keys) func aStoreThatHasLostAKindIsNotNew(_ key: String) async throws {
            try await Self.withRules { fixture in
                #expect(try await Self.found(fixture) == .whole)
                _ = try await fixture.command("DEL", .text(key))
                let error = await #expect(throws: StoreError.self) { try await Self.found(fixture) }
                #expect(error?.fault?.code == .torn)
                #expect(error?.description.contains("are gone, and it is not new") == true)
            }
        }

        /// The whole slot may be gone, and taken for a new one after the loss was accepted.
        @Test func aStoreWithCasesIsNotNew() async throws {
            try await StoreFixture.with { fixture in
                _ = try await ListedCases(1, into: fixture.store)
                let error = await #expect(throws: StoreError.self) { try await Self.found(fixture) }
                #expect(
                    error?.fault?.text
                        == "the store's policies and its SLA policies and its calendars are gone, and it is not new"
                )
            }
        }

        @Test func aVersionThatIsGoneIsCounted() async throws {
            try await Self.withRules { fixture in
                var policy = ReturnPolicy.standard()
                policy.version = 2
                #expect(try await fixture.store.add(policy))
                _ = try await fixture.command("HDEL", .text(StoreKeys.policies), "2")
                #expect(try await Self.found(fixture) == .lacks(versions: 1))
            }
        }

        @Test(arguments: keys) func aKeyOfAnotherTypeIsNamed(_ key: String) async throws {
            try await Self.withRules { fixture in
                _ = try await fixture.command("SET", .text(key), "text")
                for look in [
                    { _ = try await Self.found(fixture) }, { _ = try await fixture.store.loadPolicies() },
                ] {
                    let error = await #expect(throws: StoreError.self) { try await look() }
                    #expect(error?.refusal == .keyOfAnotherType)
                    #expect(error?.description.hasPrefix("the key \(key): ") == true)
                }
            }
        }
    }
}

import RedisClient
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct PersistenceTests {
        @Test func aRedisThatWritesEachCommitToDiskIsKnown() async throws {
            try await StoreFixture.with { fixture in
                func set(_ appendOnly: RedisArgument, _ fsync: RedisArgument) async throws {
                    for (name, value) in [("appendonly", appendOnly), ("appendfsync", fsync)] {
                        _ = try await fixture.command("CONFIG", "SET", .text(name), value)
                    }
                }
                try await set("yes", "always")
                #expect(try await fixture.store.waitsForDisk())
                try await set("yes", "everysec")
                #expect(try await !fixture.store.waitsForDisk())
                try await set("no", "always")
                #expect(try await !fixture.store.waitsForDisk())
            }
        }
    }
}

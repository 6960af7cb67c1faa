import Logging
import NIOCore
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// What carries a place in a list, and tells nothing of it.
    @Suite struct CursorKeyTests {
        private static let key = CursorKey(CursorKey.randomText())!
        private static let id = CaseID(at: Fixture.monday, partition: 7, random: 9)

        private static func place(_ kind: ClockKind, at: Int64 = 1_764_073_200_123) -> String {
            "\(at)-\(DeadlineMember(id: id, kind: kind, ordinal: 1).text)"
        }

        /// Not even its length, in which the kinds of clocks differ.
        @Test func aSealedPlaceShowsNothingAndOpens() throws {
            var lengths: Set<Int> = []
            for kind in ClockKind.allCases {
                let bytes = Array("abcdef\(Self.place(kind))".utf8)
                let text = Self.key.seal(bytes)
                lengths.insert(text.utf8.count)
                #expect(Self.key.open(text) == bytes && Self.key.seal(bytes) == text)
                let sealed = String(decoding: try #require(Base64URL.decode(text)), as: UTF8.self)
                #expect(!sealed.contains("\(Self.id)") && !text.contains("\(Self.id)"))
            }
            #expect(lengths.count == 1)
            for length in [0, 63, 64, 65] {
                let bytes = [UInt8](repeating: 7, count: length)
                #expect(Self.key.open(Self.key.seal(bytes)) == bytes)
            }
            #expect("\(Self.key) \(String(reflecting: Self.key))".contains("key of cursors"))
        }

        /// Cursors outlive the server that gave them. Computed with Python's cryptography from the key 00 01 … 1f.
        @Test(arguments: [
            (
                "",
                "AZqNAsaUDbfO4I7zWQSmC3lZexPgLf5YlUGSIDOIDiPZYxrv9O_hPZM5JmXk8MiPOlwRJnC06pN1hc9zbH__t9YjRH4uLXJks7Dlks5PtW-lbpY-e76BRt9_DYGH"
            ),
            (
                "abcdef1764073200123",
                "Aa-PJ-PKXBCFzvubcOtmac3U3-iyKdCAZH96EoaDrtiXM-RdFXDeBgpYBNb5u1EbsMAMigAmyGTN2XdNwyifiifotHWkQUrphzK3d6H_XCKwJVCArqLPyI0FPZiQ"
            ),
            (
                String(repeating: "\u{7}", count: 64),
                "AeXVV3Pwf_55JNT7PVAMFsK4r03WdQT3pasVzLlF6vJ4f9UJwmMqSIDm7fXCFeXUbDzn_QL1u_-HHXwswgx4HJ2Jw-jrOEr2ra7CUHnlmhbSKbNV8nayRLdwFdnEwqDke1r1eDT9LXqmscSY-MytU26VX0qmqzzzUPfR_vf1mCJPnf7tQIyfZh7W4Ky0K2cUhu7M4RIBsdcoeCJ1BQ"
            ),
        ])
        func aPlaceHasTheSameCursorForEver(_ place: String, _ cursor: String) throws {
            let key = try #require(CursorKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"))
            #expect(key.seal(Array(place.utf8)) == cursor)
            #expect(key.open(cursor) == Array(place.utf8))
        }

        /// What is printed can be typed: a word that begins with '-' is a flag.
        @Test func noCursorBeginsAsAFlagDoes() {
            for number in 0..<1_000 {
                #expect(Self.key.seal([UInt8(number % 256), UInt8(number / 256)]).first == "A")
                let cursor = OutboxCursor(
                    positions: [OutboxID(milliseconds: UInt64(number), sequence: 1)],
                    seenThroughMilliseconds: Int64(number))
                #expect(cursor.text.first?.isLetter == true)
            }
        }

        @Test func whatIsChangedCutOrMadeUpOpensNowhere() throws {
            let text = Self.key.seal(Array(Self.place(.review).utf8))
            let other = try #require(CursorKey(CursorKey.randomText()))
            #expect(other.open(text) == nil)
            let bytes = try #require(Base64URL.decode(text))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                #expect(Self.key.open(Base64URL.encode(changed)) == nil, "\(index)")
            }
            for made in ["", "x", "nonsense", "0123456789ab-\(Self.id)", text + "A", String(text.dropLast())]
            {
                #expect(Self.key.open(made) == nil, "\(made)")
            }
            #expect(Self.key.open(String(repeating: "A", count: 513)) == nil)
            #expect(CursorKey("") == nil && CursorKey("AAAA") == nil)
        }

        /// Digits alone, as they are written: one place has one text.
        @Test func placesHaveOneText() {
            let clock = DeadlineMember(id: Self.id, kind: .review, ordinal: 1).text
            for text in ["5-\(clock)", "0-\(clock)", "0-"] { #expect(DuePlace(text)?.description == text) }
            for text in ["+5-\(clock)", "05-\(clock)", "-5-\(clock)", " 5-\(clock)", "5-x", "5", "", "-"] {
                #expect(DuePlace(text) == nil, "\(text)")
            }
            for text in ["\(Self.id)", "5-\(Self.id)"] { #expect(CasePlace(text)?.description == text) }
            for text in [
                "+5-\(Self.id)", "05-\(Self.id)", "5-", "5-5-\(Self.id)", "\(Self.id)".lowercased(), "",
            ] { #expect(CasePlace(text) == nil, "\(text)") }
        }

        /// Another server, and the same one after a restart, knows the store's key.
        @Test func everyServerOfAStoreHasItsKey() async throws {
            try await StoreFixture.with { fixture in
                let text = try fixture.store.cursorKey().seal([1, 2, 3])
                let identity = StoreIdentity(settings: StoreSettings(partitions: StoreFixture.partitions))
                var configuration = RedisClientConfiguration(
                    url: RedisURL(address: .unix(path: fixture.server.socketPath)))
                configuration.prepare = { try await identity.prepare($0) }
                let client = RedisClient(
                    configuration: configuration, on: storeLoops.next(), logger: Logger(label: "test"))
                try await client.connect(deadline: .now() + .seconds(20))
                let key = try ReturnsStore(redis: client, identity: identity).cursorKey()
                await client.shutdown()
                #expect(key.open(text) == [1, 2, 3])
            }
        }
    }
}

import Foundation
import NIOCore
import RedisTestSupport
import Synchronization
import Testing

@testable import RedisClient

extension RedisTests {
    @Suite struct LeakTests {
        /// Counts itself while alive.
        private final class Token: Sendable {
            static let liveCount = Atomic<Int>(0)
            init() { Self.liveCount.add(1, ordering: .relaxed) }
            deinit { Self.liveCount.subtract(1, ordering: .relaxed) }
        }

        /// Whole replies, replies cut off in the middle and refused replies, hundreds of thousands: memory is
        /// as before.
        @Test func decodingLeavesNothingBehind() throws {
            let reply =
                "*4\r\n$40\r\n" + String(repeating: "x", count: 40)
                + "\r\n*2\r\n:1\r\n+OK\r\n$-1\r\n-ERR no\r\n"
            let whole = ByteBuffer(string: reply)
            let cut = ByteBuffer(string: reply + String(reply.prefix(70)))
            let bad = ByteBuffer(string: String(reply.prefix(70)) + "\r\n!\r\n")
            func round(_ count: Int) {
                let decoder = RedisReplyDecoder(limits: RedisLimits())
                for _ in 0..<count {
                    try? DecoderTests.feed(whole, to: decoder) { _ in }
                }
                for _ in 0..<count / 10 {
                    try? DecoderTests.feed(cut, to: RedisReplyDecoder(limits: RedisLimits())) { _ in }
                    try? DecoderTests.feed(bad, to: RedisReplyDecoder(limits: RedisLimits())) { _ in }
                }
            }
            round(1_000)
            let decodersBefore = RedisReplyDecoder.liveCount.load(ordering: .relaxed)
            let before = try Self.residentBytes()
            round(300_000)
            let after = try Self.residentBytes()
            // One leaked allocation per reply would be 32 bytes × 300,000 at the least, a decoder's far more.
            #expect(after - before < 4 << 20)
            #expect(RedisReplyDecoder.liveCount.load(ordering: .relaxed) == decodersBefore)
        }

        private static func residentBytes() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            let pages = try #require(Int(status.split(separator: " ")[1]))
            return pages * Int(getpagesize())
        }

        /// Everything that completions and connections hold is gone with them, whichever way the call ended.
        @Test func connectionsAndCompletionsAreFreed() async throws {
            try await withRedis { server in
                let decodersBefore = RedisReplyDecoder.liveCount.load(ordering: .relaxed)
                weak var weakConnection: RedisConnection?
                weak var weakHandler: RedisChannelHandler?
                do {
                    let connection = try await server.connect()
                    let observer = try await server.connect()
                    weakConnection = connection
                    weakHandler = connection.handler
                    for _ in 0..<5_000 {
                        let token = Token()
                        let reply = try await connection.send(RedisCommand("ECHO", "x"))
                        #expect(reply.string == "x" && Token.liveCount.load(ordering: .relaxed) >= 1)
                        withExtendedLifetime(token) {}
                    }
                    let blocked = Task { [token = Token()] in
                        _ = try? await connection.send(RedisCommand("BLPOP", "list", 0))
                        withExtendedLifetime(token) {}
                    }
                    try await untilBlocked(observer)
                    connection.eventLoop.execute {
                        for _ in 0..<5_000 {
                            let token = Token()
                            connection.send(RedisCommand("PING")) { _ in withExtendedLifetime(token) {} }
                        }
                    }
                    let expired = await redisError {
                        _ = try await connection.send(
                            RedisCommand("PING"), deadline: .now() + .milliseconds(5))
                    }
                    #expect(expired?.code == .deadlineExceeded)
                    blocked.cancel()
                    await blocked.value
                    #expect(Token.liveCount.load(ordering: .relaxed) == 5_000)
                    server.killHard()
                    try await connection.close().get()
                    try await observer.close().get()
                }
                try await eventually("objects stayed alive") {
                    Token.liveCount.load(ordering: .relaxed) == 0 && weakConnection == nil
                        && weakHandler == nil
                        && RedisReplyDecoder.liveCount.load(ordering: .relaxed) == decodersBefore
                }
            }
        }
    }
}

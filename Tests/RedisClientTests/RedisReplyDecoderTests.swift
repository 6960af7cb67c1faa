import NIOCore
import Testing

@testable import RedisClient

extension RedisTests {
    @Suite struct DecoderTests {
        @Test func everyKindOfReply() throws {
            let stream =
                "+OK\r\n-WRONGTYPE no\r\n:-42\r\n$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n:1\r\n*1\r\n+x\r\n"
            let replies = try Self.decode(stream)
            #expect(
                replies == [
                    .simpleString("OK"), .error(RedisErrorReply(message: "WRONGTYPE no")), .integer(-42),
                    .bulkString(ByteBuffer(string: "hello")), .bulkString(ByteBuffer()), .null, .null,
                    .array([]),
                    .array([.integer(1), .array([.simpleString("x")])]),
                ])
        }

        @Test func randomRepliesUnderRandomSplits() throws {
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<300 {
                let expected = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                    Self.randomValue(depth: 0, &generator)
                }
                var stream = ByteBuffer()
                for value in expected { Self.encode(value, into: &stream) }
                let decoder = RedisReplyDecoder(limits: RedisLimits())
                var seen: [RedisValue] = []
                while stream.readableBytes > 0 {
                    let most = [1, 7, 100, 10_000].randomElement(using: &generator)!
                    let count = Int.random(in: 1...min(most, stream.readableBytes), using: &generator)
                    try Self.feed(stream.readSlice(length: count)!, to: decoder) { seen.append($0) }
                }
                #expect(seen == expected)
            }
        }

        static let overLimits: [(String, RedisDecodingError)] = [
            ("$101\r\n", .bulkTooLong(bytesMax: 100)),
            ("$9223372036854775807\r\n", .bulkTooLong(bytesMax: 100)),
            ("*1\r\n$500\r\n", .bulkTooLong(bytesMax: 100)),
            ("*11\r\n", .tooManyElements(elementsMax: 10)),
            ("*2\r\n*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n", .tooManyElements(elementsMax: 10)),
            ("*2147483647\r\n", .tooManyElements(elementsMax: 10)),
            ("*1\r\n*1\r\n*1\r\n*1\r\n", .nestedTooDeep(depthMax: 3)),
            ("+\(line(51))\r\n", .lineTooLong(bytesMax: 50)),
            ("-\(line(60))", .lineTooLong(bytesMax: 50)),
            ("*3\r\n$90\r\n\(line(90))\r\n$90\r\n\(line(90))\r\n$90\r\n", .replyTooLong(bytesMax: 200)),
            ("$3\r\nabcd\r\n", .malformed("a bulk string is longer than its length says")),
        ]

        static func line(_ count: Int) -> String { String(repeating: "x", count: count) }

        @Test(arguments: overLimits)
        func limitsAreNamed(_ stream: String, _ expected: RedisDecodingError) {
            var limits = RedisLimits()
            limits.bulkBytesMax = 100
            limits.lineBytesMax = 50
            limits.replyElementsMax = 10
            limits.nestingDepthMax = 3
            limits.replyBytesMax = 200
            #expect(throws: expected) { try Self.decode(stream, limits) }
            // Byte by byte the answer is the same, and it stays.
            let decoder = RedisReplyDecoder(limits: limits)
            var failures: Set<RedisDecodingError> = []
            for byte in stream.utf8 {
                do { try Self.feed(ByteBuffer(bytes: [byte]), to: decoder) { _ in } } catch {
                    failures.insert(error)
                }
            }
            #expect(failures == [expected])
        }

        @Test func repliesAtTheLimitPass() throws {
            var limits = RedisLimits()
            limits.bulkBytesMax = 100
            limits.replyElementsMax = 3
            limits.nestingDepthMax = 2
            limits.lineBytesMax = 10
            let bulk = "$100\r\n" + String(repeating: "x", count: 100) + "\r\n"
            #expect(try Self.decode(bulk + "*2\r\n*1\r\n+0123456789\r\n:1\r\n", limits).count == 2)
        }

        @Test(
            arguments: [
                "hello\r\n", "$x\r\n", "*x\r\n", ":\r\n", ":12a\r\n", "$-2\r\n", "*-2\r\n",
                ":99999999999999999999\r\n",
                "HTTP/1.1 400 Bad Request\r\n", "\0", "%1\r\n+a\r\n+b\r\n", "_\r\n",
            ])
        func garbageIsRefused(_ stream: String) {
            let error = #expect(throws: RedisDecodingError.self) { try Self.decode(stream) }
            #expect(error?.asRedisError.code == .protocolViolation)
        }

        /// Mutated replies may be refused or understood; they must neither crash nor leave anything behind.
        @Test func mutatedStreamsNeverCrash() {
            var generator = SystemRandomNumberGenerator()
            let before = RedisReplyDecoder.liveCount.load(ordering: .relaxed)
            var refused = 0
            for _ in 0..<4_000 {
                var stream = ByteBuffer()
                Self.encode(Self.randomValue(depth: 0, &generator), into: &stream)
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let position = Int.random(in: 0..<stream.readableBytes, using: &generator)
                    stream.setInteger(
                        "$*:+-0123456789\r\n%\0".utf8.randomElement(using: &generator)!, at: position)
                }
                let decoder = RedisReplyDecoder(limits: RedisLimits())
                do { try Self.feed(stream, to: decoder) { _ in } } catch { refused += 1 }
            }
            #expect(refused > 200)
            #expect(RedisReplyDecoder.liveCount.load(ordering: .relaxed) == before)
        }

        @Test func errorPrefixes() {
            #expect(RedisErrorReply(message: "WRONGTYPE Operation against").prefix == "WRONGTYPE")
            #expect(RedisErrorReply(message: "ERR unknown command").prefix == "ERR")
            #expect(RedisErrorReply(message: "user_script:1: boom").prefix == "ERR")
            #expect(RedisErrorReply(message: "").prefix == "ERR")
            #expect(
                "\(RedisError(RedisErrorReply(message: "ERR value 'secret'")))".contains("secret") == false)
        }

        @Test func integersFromBulkStrings() {
            let cases: [(String, Int64?)] = [
                ("0", 0), ("-1", -1), ("9223372036854775807", .max), ("-9223372036854775808", .min),
                ("9223372036854775808", nil), ("", nil), ("-", nil), ("+1", nil), ("1.5", nil), (" 1", nil),
            ]
            for (text, expected) in cases {
                #expect(RedisValue.bulkString(ByteBuffer(string: text)).integer == expected)
            }
        }

        // MARK: Helpers

        static func decode(_ text: String, _ limits: RedisLimits = .init()) throws(RedisDecodingError)
            -> [RedisValue]
        {
            var replies: [RedisValue] = []
            try feed(ByteBuffer(string: text), to: RedisReplyDecoder(limits: limits)) { replies.append($0) }
            return replies
        }

        static func feed(
            _ bytes: ByteBuffer, to decoder: RedisReplyDecoder, _ body: (RedisValue) -> Void
        ) throws(RedisDecodingError) {
            try bytes.withUnsafeReadableBytes { (bytes) throws(RedisDecodingError) in
                try decoder.decode(bytes) { value in
                    body(value)
                    return true
                }
            }
        }

        static func encode(_ value: RedisValue, into stream: inout ByteBuffer) {
            switch value {
            case .simpleString(let text): stream.writeString("+\(text)\r\n")
            case .error(let reply): stream.writeString("-\(reply.message)\r\n")
            case .integer(let number): stream.writeString(":\(number)\r\n")
            case .null: stream.writeString("$-1\r\n")
            case .bulkString(let bytes):
                stream.writeString("$\(bytes.readableBytes)\r\n")
                stream.writeImmutableBuffer(bytes)
                stream.writeString("\r\n")
            case .array(let elements):
                stream.writeString("*\(elements.count)\r\n")
                for element in elements { encode(element, into: &stream) }
            }
        }

        static func randomValue(depth: Int, _ generator: inout SystemRandomNumberGenerator) -> RedisValue {
            switch Int.random(in: 0..<(depth < 5 ? 7 : 5), using: &generator) {
            case 0: return .simpleString("status\(Int.random(in: 0...99, using: &generator))")
            case 1:
                return .error(
                    RedisErrorReply(message: "ERR number \(Int.random(in: 0...99, using: &generator))"))
            case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
            case 3: return .null
            case 4:
                let count = Int.random(
                    in: 0...[5, 50, 9_000].randomElement(using: &generator)!, using: &generator)
                return .bulkString(
                    ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }))
            default:
                let count = Int.random(in: 0...6, using: &generator)
                return .array((0..<count).map { _ in randomValue(depth: depth + 1, &generator) })
            }
        }
    }
}

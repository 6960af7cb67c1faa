import CHiredis
import NIOCore
import Testing

@testable import RedisClient

extension RedisTests {
    /// hiredis's own formatting is the reference for every byte.
    @Suite struct CommandTests {
        @Test func randomCommandsEqualHiredis() throws {
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<500 {
                let arguments = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    Self.randomArgument(&generator)
                }
                var command = RedisCommand("FCALL")
                for argument in arguments { command.append(argument) }
                var writer = RedisCommandWriter()
                writer.append(command)
                let expected = try Self.formatted(
                    ["FCALL"].map { Array($0.utf8) } + arguments.map(Self.plain))
                #expect(Array(writer.bytes.readableBytesView) == expected)

                var direct = RedisCommandWriter()
                direct.begin("FCALL", argumentCount: arguments.count)
                for argument in arguments { Self.write(argument, to: &direct) }
                #expect(Array(direct.bytes.readableBytesView) == expected)
            }
        }

        @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, Int64.max, Int64.min, -999, 1000])
        func integersAreDecimal(_ value: Int64) throws {
            var writer = RedisCommandWriter()
            writer.append(RedisCommand("INCRBY", "key", .integer(value)))
            let expected = try Self.formatted(["INCRBY", "key", "\(value)"].map { Array($0.utf8) })
            #expect(Array(writer.bytes.readableBytesView) == expected)
        }

        @Test(arguments: [0, 1, 9, 10, 99, 100, 999, 1_000, 9_999, 10_000, 100_000])
        func lengthsAreDecimal(_ length: Int) throws {
            let bytes = [UInt8](repeating: 13, count: length)
            var writer = RedisCommandWriter()
            writer.append(RedisCommand("SET", "key", .bytes(bytes)))
            #expect(
                Array(writer.bytes.readableBytesView)
                    == (try Self.formatted([Array("SET".utf8), Array("key".utf8), bytes])))
        }

        @Test func variadicAndNamedFormsAgree() {
            var named = RedisCommand(named: "ZADD")
            named.append("set")
            named.append(17)
            named.append([1, 2, 3])
            var first = RedisCommandWriter()
            first.append(named)
            var second = RedisCommandWriter()
            second.append(RedisCommand("ZADD", "set", 17, .bytes([1, 2, 3])))
            #expect(first.bytes == second.bytes)
            #expect(first.takeCommandCount() == 1)
            #expect(named.argumentCount == 4)
        }

        @Test func descriptionHoldsNoArgument() {
            let command = RedisCommand("SET", "secret-key", "secret-value")
            #expect(!"\(command)".contains("secret"))
            #expect(!String(reflecting: command).contains("secret"))
        }

        private static func randomArgument(_ generator: inout SystemRandomNumberGenerator) -> RedisArgument {
            let count = Int.random(
                in: 0...[3, 40, 2_000].randomElement(using: &generator)!, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                return .integer(
                    Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0...63))
            case 1: return .text(String(decoding: bytes, as: UTF8.self))
            case 2: return .bytes(bytes)
            default: return .buffer(ByteBuffer(bytes: bytes))
            }
        }

        private static func plain(_ argument: RedisArgument) -> [UInt8] {
            switch argument {
            case .text(let text): Array(text.utf8)
            case .bytes(let bytes): bytes
            case .buffer(let buffer): Array(buffer.readableBytesView)
            case .integer(let value): Array("\(value)".utf8)
            }
        }

        private static func write(_ argument: RedisArgument, to writer: inout RedisCommandWriter) {
            switch argument {
            case .text(let text): writer.append(text)
            case .bytes(let bytes): writer.append(bytes)
            case .buffer(let buffer): writer.append(buffer)
            case .integer(let value): writer.append(value)
            }
        }

        private static func formatted(_ words: [[UInt8]]) throws -> [UInt8] {
            let copies = words.map { word in
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: word.count + 1)
                for (index, byte) in word.enumerated() { copy[index] = CChar(bitPattern: byte) }
                return copy
            }
            defer { for copy in copies { copy.deallocate() } }
            var pointers: [UnsafePointer<CChar>?] = copies.map { UnsafePointer($0) }
            var target: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&target, Int32(words.count), &pointers, words.map(\.count))
            let start = try #require(target)
            defer { redisFreeCommand(start) }
            return (0..<Int(count)).map { UInt8(bitPattern: start[$0]) }
        }
    }
}

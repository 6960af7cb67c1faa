import NIOCore
import Testing

@testable import RedisClient

extension RedisTests {
    /// Transcripts of the FIFO alone: what happens, who is told what.
    @Suite struct PendingRepliesTests {
        final class Log {
            var lines: [String] = []

            func one(_ name: String) -> RedisCompletion {
                .one { self.lines.append("\(name): \(Self.text($0.map { [$0] }))") }
            }

            func several(_ name: String) -> RedisCompletion {
                .several { self.lines.append("\(name): \(Self.text($0))") }
            }

            private static func text(_ result: Result<[RedisValue], RedisError>) -> String {
                switch result {
                case .success(let values):
                    values.map { $0.integer.map(String.init) ?? "\($0)" }.joined(separator: " ")
                case .failure(let error): "\(error.code)"
                }
            }
        }

        @Test func repliesMatchInOrderAcrossUnits() {
            let log = Log()
            var pending = RedisPendingReplies()
            #expect(pending.append(log.one("a"), replies: 1, deadline: .distantFuture) == 0)
            #expect(pending.append(log.several("b"), replies: 3, deadline: .distantFuture) == 1)
            #expect(pending.append(log.one("c"), replies: 1, deadline: .distantFuture) == 2)
            #expect(pending.repliesOwed == 5)
            for reply in 1...5 { Self.receive(.integer(Int64(reply)), &pending) }
            #expect(log.lines == ["a: 1", "b: 2 3 4", "c: 5"])
            #expect(pending.isEmpty && pending.repliesOwed == 0 && pending.nextSequence == 3)
            #expect(Self.receive(.null, &pending) == "unsolicited")
        }

        @Test func abandonedSlotsStillTakeTheirReplies() {
            let log = Log()
            var pending = RedisPendingReplies()
            _ = pending.append(log.several("a"), replies: 2, deadline: .distantFuture)
            let abandoned = pending.append(log.several("b"), replies: 2, deadline: .distantFuture)
            _ = pending.append(log.one("c"), replies: 1, deadline: .distantFuture)
            Self.receive(.integer(1), &pending)
            pending.abandon(abandoned)?.fail(RedisError(.cancelled, .outcomeUnknown, ""))
            #expect(pending.abandon(abandoned).map { _ in true } == nil)
            #expect(pending.repliesOwed == 4)
            for reply in 2...5 { Self.receive(.integer(Int64(reply)), &pending) }
            #expect(log.lines == ["b: cancelled", "a: 1 2", "c: 5"])
            #expect(pending.abandon(abandoned).map { _ in true } == nil)
            #expect(pending.abandon(99).map { _ in true } == nil)
        }

        @Test func aUnitAbandonedHalfwayDropsTheRest() {
            let log = Log()
            var pending = RedisPendingReplies()
            let first = pending.append(log.several("a"), replies: 2, deadline: .distantFuture)
            _ = pending.append(log.one("b"), replies: 1, deadline: .distantFuture)
            Self.receive(.integer(1), &pending)
            #expect(pending.abandon(first).map { _ in true } == true)
            Self.receive(.integer(2), &pending)
            Self.receive(.integer(3), &pending)
            #expect(log.lines == ["b: 3"])
        }

        @Test func deadlinesExpireOnceAndOnlyWhenDue() {
            let log = Log()
            var pending = RedisPendingReplies()
            let start = NIODeadline.uptimeNanoseconds(1_000)
            for (index, after) in [30, 10, 20].enumerated() {
                _ = pending.append(
                    log.one("\(index)"), replies: 1, deadline: start + .nanoseconds(Int64(after)))
            }
            #expect(pending.expire(start + .nanoseconds(9)).isEmpty)
            #expect(pending.expire(start + .nanoseconds(20)).count == 2)
            #expect(pending.expire(start + .nanoseconds(29)).isEmpty)
            #expect(pending.repliesOwed == 3)
            for reply in 1...3 { Self.receive(.integer(Int64(reply)), &pending) }
            #expect(log.lines == ["0: 1"])
            #expect(pending.expire(.distantFuture - .nanoseconds(1)).isEmpty)
        }

        @Test func theEndTellsWhatWasWritten() {
            let log = Log()
            var pending = RedisPendingReplies()
            for name in ["a", "b", "c"] {
                _ = pending.append(log.one(name), replies: 1, deadline: .distantFuture)
            }
            #expect(pending.abandon(0).map { _ in true } == true)
            let ended = pending.removeAll(writtenSequence: 2)
            #expect(ended.map(\.state) == [.outcomeUnknown, .notWritten])
            #expect(pending.isEmpty && pending.repliesOwed == 0 && pending.nextSequence == 3)
        }

        @discardableResult
        private static func receive(_ value: RedisValue, _ pending: inout RedisPendingReplies) -> String {
            switch pending.receive(value) {
            case .unsolicited: return "unsolicited"
            case .nothingToDo: return "nothing"
            case .one(let completion, let value): completion.succeed(value)
            case .several(let completion, let values): completion.succeed(values)
            }
            return "told"
        }
    }
}

import Testing

@testable import RCPServer

@Suite struct CallWeightTests {
    private static let least = RCPCallWeight.replyBytesMin
    private static let unknown = RCPCallWeight.unknownReplyBytes

    private final class Connection {
        let name: String
        init(_ name: String) { self.name = name }
    }
    private typealias Account = RCPCallAccount<Connection>

    // MARK: Weights

    @Test func aCallWeighsItsRequestAndTheReplyToBeExpected() {
        var weight = RCPCallWeight(bytesMax: 1_000_000, methods: 2)
        weight.begin(0, requestBytes: 100)
        #expect(weight.bytes == 100 + Self.unknown)
        weight.begin(1, requestBytes: 7)
        #expect(weight.bytes == 107 + 2 * Self.unknown)
        weight.end(0, requestBytes: 100, replyBytes: 50_000, nowNanoseconds: 0)
        #expect(weight.bytes == 7 + Self.unknown)
        weight.begin(0, requestBytes: 0)
        #expect(weight.bytes == 7 + Self.unknown + 50_000)
    }

    /// A method that may read much for a small reply is begun few times before the first call shows what it reads.
    @Test func readingMethodsWeighMuchUntilOneHasShownWhatItReads() {
        var weight = RCPCallWeight(bytesMax: 4_194_304, methods: 2, firstBytes: [nil, 1_048_576])
        for _ in 1...4 {
            #expect(!weight.isFull)
            weight.begin(1, requestBytes: 0)
        }
        #expect(weight.isFull)
        weight.end(1, requestBytes: 0, replyBytes: 60_000, nowNanoseconds: 0)
        #expect(weight.bytes == 3 * 60_000)
        weight.begin(0, requestBytes: 0)
        #expect(weight.bytes == 3 * 60_000 + Self.unknown)
    }

    /// Calls were begun before the first reply showed what they weigh.
    @Test func theFirstReplyCorrectsTheCallsInProgress() {
        var weight = RCPCallWeight(bytesMax: 4_194_304, methods: 1)
        for _ in 1...60 { weight.begin(0, requestBytes: 20) }
        #expect(!weight.isFull)
        weight.end(0, requestBytes: 20, replyBytes: 600_000, nowNanoseconds: 0)
        #expect(weight.bytes == 59 * 600_020)
        #expect(weight.isFull)
    }

    @Test func largeRepliesCountSoonAndAreForgottenSlowly() {
        var weight = RCPCallWeight(bytesMax: 1_000_000, methods: 1)
        var now: UInt64 = 0
        func reply(_ bytes: Int?) {
            weight.begin(0, requestBytes: 0)
            weight.end(0, requestBytes: 0, replyBytes: bytes, nowNanoseconds: now)
        }
        reply(10)
        #expect(weight.expectedReplyBytes(0) == Self.least)
        reply(1_000_000)
        #expect(weight.expectedReplyBytes(0) > 500_000)
        // However many small ones follow: time alone makes it less.
        for _ in 1...5_000 { reply(10) }
        #expect(weight.expectedReplyBytes(0) == 1_000_000)
        for share in [2, 4, 8] {
            now += RCPCallWeight.largestReplyHalfLifeNanoseconds
            reply(10)
            #expect(weight.expectedReplyBytes(0) == 1_000_000 / share)
        }
        // As often as large ones come, they hold it up.
        reply(900_000)
        #expect(weight.expectedReplyBytes(0) == 900_000)
        now += 10 * RCPCallWeight.largestReplyHalfLifeNanoseconds
        for _ in 1...500 { reply(10) }
        #expect(weight.expectedReplyBytes(0) < Self.least + 32)
        // A time before the last one changes nothing.
        now = 0
        reply(10)
        // One that failed shows nothing.
        reply(nil)
        #expect(weight.expectedReplyBytes(0) < Self.least + 32 && weight.bytes == 0)
    }

    @Test func whateverACallHasHadAllOfItsWeightIsGivenBack() {
        var weight = RCPCallWeight(bytesMax: 1_000_000, methods: 3)
        var open: [(method: Int, requestBytes: Int)] = []
        var numbers = SystemRandomNumberGenerator()
        for _ in 1...5_000 {
            if open.isEmpty || Bool.random(using: &numbers) {
                let call = (Int.random(in: 0...2), Int.random(in: 0...5_000))
                open.append(call)
                weight.begin(call.0, requestBytes: call.1)
            } else {
                let call = open.remove(at: Int.random(in: 0..<open.count))
                let reply = Bool.random() ? Int.random(in: 0...900_000) : nil
                weight.end(call.method, requestBytes: call.requestBytes, replyBytes: reply, nowNanoseconds: 0)
            }
            let sum = open.reduce(0) { $0 + $1.requestBytes + weight.expectedReplyBytes($1.method) }
            #expect(weight.bytes == sum)
        }
        for call in open {
            weight.end(call.method, requestBytes: call.requestBytes, replyBytes: 1, nowNanoseconds: 0)
        }
        #expect(weight.bytes == 0 && weight.calls == 0)
    }

    // MARK: Turns

    @Test func theHeaviestCallBeginsWhereThereIsAnyRoom() {
        var weight = RCPCallWeight(bytesMax: 100, methods: 1)
        #expect(!weight.isFull)
        weight.begin(0, requestBytes: 4_000_000)
        #expect(weight.isFull)
        weight.end(0, requestBytes: 4_000_000, replyBytes: 4_000_000, nowNanoseconds: 0)
        #expect(!weight.isFull)
    }

    @Test func connectionsAreCalledInTurn() {
        let account = Account(bytesMax: 1, methods: 1)
        let connections = ["a", "b", "c"].map(Connection.init)
        account.weight.begin(0, requestBytes: 0)
        #expect(!account.isOpen)
        for connection in connections { account.stand(connection) }
        #expect(account.callNext() == nil)
        var order = ""
        for _ in 1...7 {
            account.weight.end(0, requestBytes: 0, replyBytes: 0, nowNanoseconds: 0)
            // There is room, but others were there before.
            #expect(!account.isOpen)
            let called = account.callNext()
            // One after the other.
            #expect(account.callNext() == nil && !account.isOpen)
            account.turnTaken()
            account.weight.begin(0, requestBytes: 0)
            order += called?.name ?? "-"
            if let called { account.stand(called) }
        }
        #expect(order == "abcabca")
    }

    @Test func aConnectionThatClosesHoldsNobodyUp() {
        let account = Account(bytesMax: 1, methods: 1)
        let (a, b, c) = (Connection("a"), Connection("b"), Connection("c"))
        for connection in [a, b, c] { account.stand(connection) }
        #expect(account.callNext() === a)
        account.leave(a)
        account.leave(b)
        #expect(account.callNext() === c)
        account.turnTaken()
        #expect(account.callNext() == nil && account.isOpen)
    }
}

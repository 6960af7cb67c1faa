import NIOCore
import RCP
import Testing

/// Message streams between the two machines, through real bytes in random pieces and with readers of random pace.
@Suite struct StreamPairTests {
    /// One side of a call: what it has to write, and what it has read.
    struct Side {
        var toWrite: [ByteBuffer] = []
        var mayWrite = true
        var delivered: [ByteBuffer] = []
        var taken: [ByteBuffer] = []
        var sawEnd = false
    }

    /// Calls whose server sends every message back, in order.
    struct Chats {
        var client: RCPClientConnection
        var server: RCPServerConnection
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        var generator: SeededGenerator
        var clients: [UInt32: Side] = [:]
        var servers: [UInt32: Side] = [:]
        var ended: Set<UInt32> = []
        var completed: Set<UInt32> = []
        var heldPeak = 0
        var unsentPeak = 0

        init(seed: UInt64, features: RCPFeatures = .offered) {
            generator = SeededGenerator(seed: seed)
            // Room for all that the streams can hold: what is refused without it has vectors.
            var limits = VectorFixture.shared.limits(.server)
            limits.heldBytesMax =
                limits.streamsMax * (RCPLimits.streamWindowBytes + 2 * limits.messageBytesMax)
            // What compressed messages hold behind a slow reader, credit does not bound.
            if features.contains(.compression) {
                limits.heldBytesMax = 1 << 30
                limits.inflatedBytesMax = 1 << 30
            }
            server = Fixture.server(limits)
            client = Fixture.client(limits, features: features)
            client.connected()
            while client.hasBytes || server.hasBytes || toServer.readableBytes + toClient.readableBytes > 0 {
                move()
            }
        }

        mutating func open(_ messages: [ByteBuffer], method: RCPMethod = Fixture.chat) -> UInt32 {
            let action = client.openCall(method, head: RCPRequestHead(), message: nil)
            guard case .opened(let stream) = action else { preconditionFailure("\(action)") }
            clients[stream] = Side(toWrite: messages)
            return stream
        }

        /// Moves some bytes in both directions and does what follows.
        mutating func move() {
            if let bytes = client.nextBytes(1 + generator.below(100_000)) {
                toServer.writeImmutableBuffer(bytes)
            }
            if let bytes = server.nextBytes(1 + generator.below(100_000)) {
                toClient.writeImmutableBuffer(bytes)
            }
            if let piece = generator.piece(of: &toServer) { server.bytesReceived(piece) }
            while let action = server.nextAction(nowMilliseconds: 0) { perform(action) }
            if let piece = generator.piece(of: &toClient) { client.bytesReceived(piece) }
            while let action = client.nextAction() { perform(action) }
            heldPeak = max(heldPeak, server.heldBytes, client.heldBytes)
            unsentPeak = max(unsentPeak, server.unsentBytes, client.unsentBytes)
        }

        private mutating func perform(_ action: RCPServerAction) {
            switch action {
            case .authenticate: server.authenticated()
            case .startCall(let call): servers[call.stream] = Side(sawEnd: !call.expectsMessages)
            case .deliver(let stream, let message, let isLast):
                servers[stream]!.delivered.append(message)
                servers[stream]!.sawEnd = isLast
            case .endMessages(let stream): servers[stream]!.sawEnd = true
            case .resumeWriter(let stream): servers[stream]!.mayWrite = true
            case .cancelCall(let stream):
                servers[stream] = nil
                server.reply(stream: stream, head: Fixture.success, message: nil)
            case .awaitMessage, .endReply: break
            case .dropMessage, .refuseCall, .abortCall, .close:
                Issue.record("unexpected: \(action)")
            }
        }

        private mutating func perform(_ action: RCPClientAction) {
            switch action {
            case .ready: break
            case .deliver(let stream, let message): clients[stream]!.delivered.append(message)
            case .resumeWriter(let stream): clients[stream]!.mayWrite = true
            case .completeCall(let reply): completed.insert(reply.stream)
            case .failCall, .pongReceived, .stopOpening, .close: Issue.record("unexpected: \(action)")
            }
        }

        // MARK: What readers and writers do

        mutating func writeAsClient(_ stream: UInt32) {
            guard clients[stream]!.mayWrite, !ended.contains(stream) else { return }
            guard !clients[stream]!.toWrite.isEmpty else {
                client.endMessages(stream: stream)
                ended.insert(stream)
                return
            }
            let action = client.send(stream: stream, message: clients[stream]!.toWrite.removeFirst())
            clients[stream]!.mayWrite = action == .goOn
            #expect(action != .ended)
        }

        mutating func takeAsServer(_ stream: UInt32) {
            guard let side = servers[stream], !side.delivered.isEmpty else { return }
            let message = servers[stream]!.delivered.removeFirst()
            servers[stream]!.taken.append(message)
            servers[stream]!.toWrite.append(message)
            server.messageTaken(stream: stream)
        }

        mutating func writeAsServer(_ stream: UInt32) {
            guard let side = servers[stream], side.mayWrite else { return }
            guard !side.toWrite.isEmpty else {
                if side.sawEnd, side.delivered.isEmpty {
                    #expect(server.reply(stream: stream, head: Fixture.success, message: nil) != .dropped)
                    servers[stream] = nil
                }
                return
            }
            let action = server.send(stream: stream, message: servers[stream]!.toWrite.removeFirst())
            servers[stream]!.mayWrite = action == .goOn
            #expect(action != .ended)
        }

        mutating func takeAsClient(_ stream: UInt32) {
            guard !clients[stream]!.delivered.isEmpty else { return }
            clients[stream]!.taken.append(clients[stream]!.delivered.removeFirst())
            client.messageTaken(stream: stream)
        }
    }

    /// Sizes about every limit there is: header, fragment, queue, window, frame and message.
    private static func messages(_ count: Int, _ generator: inout SeededGenerator) -> [ByteBuffer] {
        let sizes = [
            0, 1, 300, 5_000, 32_756, 32_757, 32_768, 65_523, 65_524, 65_525, 65_535, 65_536, 65_537, 131_071,
            131_072,
        ]
        return (0..<count).map { number in
            let size = generator.chance(70) ? generator.below(2_000) : generator.pick(sizes)
            return ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: size)
        }
    }

    @Test(arguments: UInt64(0)..<30, [RCPFeatures.offered, .implemented])
    func everyMessageArrivesInOrderWhateverTheReadersPace(seed: UInt64, features: RCPFeatures) {
        var chats = Chats(seed: seed, features: features)
        var sent: [UInt32: [ByteBuffer]] = [:]
        for _ in 0..<1 + chats.generator.below(4) {
            let messages = Self.messages(chats.generator.below(60), &chats.generator)
            sent[chats.open(messages)] = messages
        }
        let streams = sent.keys.sorted()
        var steps = 0
        while chats.completed.count < streams.count
            || streams.contains(where: { !chats.clients[$0]!.delivered.isEmpty })
        {
            steps += 1
            guard steps < 100_000 else {
                Issue.record("nothing moves any more, seed \(seed)")
                return
            }
            let stream = chats.generator.pick(streams)
            switch chats.generator.below(5) {
            case 0: chats.writeAsClient(stream)
            case 1: chats.takeAsServer(stream)
            case 2: chats.writeAsServer(stream)
            case 3: chats.takeAsClient(stream)
            default: chats.move()
            }
        }
        for stream in streams { #expect(chats.clients[stream]!.taken == sent[stream]!) }
        #expect(chats.server.heldBytes == 0)
        #expect(chats.client.heldBytes == 0)
        #expect(chats.server.openCalls == 0)
        // Per stream one window and a message that is larger; per sender one queue and one message.
        let limits = VectorFixture.shared.limits(.server)
        if !features.contains(.compression) {
            #expect(
                chats.heldPeak <= streams.count * (RCPLimits.streamWindowBytes + limits.messageBytesMax))
        }
        let queues = streams.count * (limits.sendQueueBytesMax + limits.messageBytesMax)
        #expect(chats.unsentPeak <= queues + limits.framePayloadBytesMax * 2)
    }

    @Test func aReaderThatStopsHoldsUpItsOwnStreamAlone() {
        var chats = Chats(seed: 1)
        let message = ByteBuffer(repeating: 7, count: 1_000)
        let slow = chats.open(Array(repeating: message, count: 1_000))
        let quick = chats.open(Array(repeating: message, count: 1_000))
        for _ in 0..<20_000 {
            chats.writeAsClient(slow)
            chats.writeAsClient(quick)
            chats.takeAsServer(quick)
            chats.writeAsServer(quick)
            chats.takeAsClient(quick)
            chats.move()
        }
        #expect(chats.completed == [quick])
        #expect(chats.clients[quick]!.taken.count == 1_000)
        let delivered = chats.servers[slow]!.delivered.count
        #expect(delivered == RCPLimits.streamWindowBytes / (RCPFrameHeader.bytes + 1_000))
        // A queue, the message that filled it, and the one in the window's rest.
        #expect(chats.clients[slow]!.mayWrite == false)
        #expect(chats.client.unsentBytes <= RCPLimits().sendQueueBytesMax + 2_000)
        // The rest comes when it reads again.
        for _ in 0..<20_000 where chats.clients[slow]!.taken.count < 1_000 || chats.completed.count < 2 {
            chats.takeAsServer(slow)
            chats.writeAsServer(slow)
            chats.writeAsClient(slow)
            chats.takeAsClient(slow)
            chats.move()
        }
        #expect(chats.completed == [slow, quick])
        #expect(chats.clients[slow]!.taken.count == 1_000)
    }

    @Test func moreThanTheConnectionsWindowPasses() {
        var chats = Chats(seed: 2)
        let message = ByteBuffer(repeating: 7, count: 60_000)
        let count = 5 * RCPLimits.connectionWindowBytes / message.readableBytes
        let stream = chats.open(Array(repeating: message, count: count))
        for _ in 0..<100_000 where chats.clients[stream]!.taken.count < count {
            chats.writeAsClient(stream)
            chats.takeAsServer(stream)
            chats.writeAsServer(stream)
            chats.takeAsClient(stream)
            chats.move()
        }
        #expect(chats.clients[stream]!.taken.count == count)
    }

    @Test func largeUnaryMessagesPassBesideABlockedStream() {
        var chats = Chats(seed: 3)
        let blocked = chats.open(Array(repeating: ByteBuffer(repeating: 1, count: 60_000), count: 10))
        for _ in 0..<100 {
            chats.writeAsClient(blocked)
            chats.move()
        }
        let large = ByteBuffer(repeating: 9, count: VectorFixture.shared.messageBytesMax)
        for _ in 0..<20 {
            let head = RCPRequestHead(requestID: Fixture.requestID)
            guard
                case .opened(let stream) = chats.client.openCall(Fixture.mutation, head: head, message: large)
            else {
                Issue.record("not opened")
                return
            }
            for _ in 0..<1_000 where chats.servers[stream] == nil { chats.move() }
            chats.servers[stream] = nil
            #expect(chats.server.reply(stream: stream, head: Fixture.success, message: large) != .dropped)
            for _ in 0..<1_000 where !chats.completed.contains(stream) { chats.move() }
            #expect(chats.completed.contains(stream))
        }
    }

    @Test func emptyMessagesFillTheQueueToo() {
        var (chats, stream) = startedChat()
        var sent = 0
        while chats.server.send(stream: stream, message: ByteBuffer()) == .goOn { sent += 1 }
        #expect(sent == RCPLimits().sendQueueBytesMax / RCPFrameHeader.bytes)
    }

    @Test func whatWasDeliveredIsHeldUntilItIsTaken() {
        var chats = Chats(seed: 6)
        let stream = chats.open([])
        for _ in 0..<10 { chats.move() }
        for _ in 0..<3 {
            _ = chats.server.send(stream: stream, message: ByteBuffer(repeating: 1, count: 100))
        }
        #expect(chats.server.reply(stream: stream, head: Fixture.success, message: nil) == .queued)
        for _ in 0..<100 where chats.completed.isEmpty { chats.move() }
        #expect(chats.completed == [stream])
        #expect(chats.client.heldBytes == 3 * (RCPFrameHeader.bytes + 100))
        for _ in 0..<3 { chats.takeAsClient(stream) }
        #expect(chats.client.heldBytes == 0)
        chats.client.messageTaken(stream: stream)
    }

    @Test func aServerWithoutConnectionCreditIsToldApart() {
        var (chats, stream) = startedChat()
        let credit = RCPFrame(
            type: .credit, stream: stream, payload: ByteBuffer(integer: UInt32(100_000_000)))
        #expect(chats.server.frameReceived(credit, nowMilliseconds: 0) == nil)
        for _ in 0..<20 {
            _ = chats.server.send(stream: stream, message: ByteBuffer(repeating: 1, count: 60_000))
        }
        #expect(chats.server.hasNoConnectionCredit() == false)
        while chats.server.nextBytes(.max) != nil {}
        #expect(chats.server.hasNoConnectionCredit() == true)
        let more = RCPFrame(type: .credit, payload: ByteBuffer(integer: UInt32(60_000)))
        #expect(chats.server.frameReceived(more, nowMilliseconds: 0) == nil)
        while chats.server.nextBytes(.max) != nil {}
        // It waits again, but something has come.
        #expect(chats.server.hasNoConnectionCredit() == false)
        #expect(chats.server.hasNoConnectionCredit() == true)
    }

    // MARK: The end of a call with messages on their way

    private func startedChat() -> (chats: Chats, stream: UInt32) {
        var chats = Chats(seed: 4)
        let stream = chats.open([])
        for _ in 0..<10 { chats.move() }
        return (chats, stream)
    }

    private func types(_ bytes: ByteBuffer?) -> [RCPFrameType] {
        (bytes?.framesForClient ?? []).map(\.type)
    }

    @Test func theReplyFollowsTheMessages() {
        var (chats, stream) = startedChat()
        for size in [10, 100_000, 0] {
            _ = chats.server.send(stream: stream, message: ByteBuffer(repeating: 1, count: size))
        }
        #expect(chats.server.reply(stream: stream, head: Fixture.success, message: nil) != .dropped)
        #expect(chats.server.openCalls == 1)
        // What fits the window; the rest and the reply wait for credit.
        #expect(types(chats.server.nextBytes(.max)) == [.message, .message])
        #expect(!chats.server.hasBytes)
        #expect(chats.server.unsentBytes > 0)
        let credit = RCPFrame(type: .credit, stream: stream, payload: ByteBuffer(integer: UInt32(65_536)))
        #expect(chats.server.frameReceived(credit, nowMilliseconds: 0) == nil)
        #expect(types(chats.server.nextBytes(.max)) == [.message, .message, .response])
        #expect(chats.server.nextAction(nowMilliseconds: 0) == .endReply(stream: stream))
        #expect(chats.server.openCalls == 0)
        #expect(chats.server.unsentBytes == 0)
    }

    @Test func aDeadlineDropsWhatWaits() {
        var (chats, stream) = startedChat()
        for _ in 0..<2 {
            _ = chats.server.send(stream: stream, message: ByteBuffer(repeating: 1, count: 100_000))
        }
        #expect(types(chats.server.nextBytes(.max)) == [.message])
        #expect(chats.server.deadlinePassed(stream: stream) == .cancelCall(stream: stream))
        #expect(types(chats.server.nextBytes(.max)) == [.response])
        #expect(chats.server.send(stream: stream, message: Fixture.message) == .ended)
        #expect(chats.server.reply(stream: stream, head: Fixture.success, message: nil) == .dropped)
        #expect(chats.server.unsentBytes == 0)
        #expect(chats.server.nextAction(nowMilliseconds: 0) == nil)
    }

    @Test func aCancelledUploadSendsNothingMore() {
        var chats = Chats(seed: 5)
        let stream = chats.open([], method: Fixture.upload)
        let message = ByteBuffer(repeating: 1, count: 100_000)
        #expect(chats.client.send(stream: stream, message: message) == .wait)
        #expect(chats.client.cancelCall(stream: stream) == true)
        #expect(chats.client.send(stream: stream, message: message) == .ended)
        chats.client.endMessages(stream: stream)
        #expect(chats.client.nextBytes(.max)?.frameTypes == [0x10, 0x13])
        #expect(chats.client.unsentBytes == 0)
        #expect(chats.client.nextAction() == nil)
    }

    @Test func aReplyThatDoesNotFitTheKindBecomesAStatus() throws {
        var (chats, stream) = startedChat()
        #expect(
            chats.server.reply(stream: stream, head: Fixture.success, message: Fixture.message) != .dropped)
        let frames = chats.server.nextBytes(.max)?.framesForClient ?? []
        #expect(frames.map(\.type) == [.response])
        #expect(frames.first?.payload.getInteger(at: 0) == RCPStatusCode.internalError.rawValue)
    }
}

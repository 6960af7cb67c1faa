import NIOCore
import ReturnsWire
import Testing

/// The two machines against each other, through real bytes in random pieces.
@Suite struct ConnectionPairTests {
    /// A client, a server and the two directions between them.
    struct Pair {
        var client = Fixture.client()
        var server = Fixture.server()
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        var generator: SeededGenerator
        var started: [RCPInboundCall] = []
        var clientActions: [RCPClientAction] = []
        var serverActions: [RCPServerAction] = []

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            client.connected().write(into: &toServer)
            settle()
        }

        /// Moves bytes in random pieces until both directions are empty.
        mutating func settle() {
            while toServer.readableBytes + toClient.readableBytes > 0 {
                if let piece = Self.piece(&toServer, &generator) { server.bytesReceived(piece) }
                while let action = server.nextAction(nowMilliseconds: 0) { perform(action) }
                if let piece = Self.piece(&toClient, &generator) { client.bytesReceived(piece) }
                while let action = client.nextAction() {
                    clientActions.append(action)
                    action.write(into: &toServer)
                }
            }
        }

        private static func piece(
            _ bytes: inout ByteBuffer, _ generator: inout SeededGenerator
        ) -> ByteBuffer? {
            guard bytes.readableBytes > 0 else { return nil }
            let length = 1 + generator.below(generator.chance(50) ? 20 : 100_000)
            return bytes.readSlice(length: min(length, bytes.readableBytes))
        }

        private mutating func perform(_ action: RCPServerAction) {
            serverActions.append(action)
            action.write(into: &toClient)
            switch action {
            case .authenticate: server.authenticated()?.write(into: &toClient)
            case .startCall(let call): started.append(call)
            case .awaitMessage, .dropMessage, .sendHelloAck, .cancelCall, .endCall, .refuseCall, .sendPong,
                .announceDrain, .confirmDrain,
                .close:
                break
            }
        }

        mutating func open(message: ByteBuffer, metadata: RCPMetadata = []) -> UInt32 {
            let head = RCPRequestHead(
                timeoutMilliseconds: 9, requestID: .random(using: &generator), metadata: metadata)
            let action = client.openCall(Fixture.mutation, head: head, message: message, into: &toServer)
            guard case .opened(let stream) = action else { preconditionFailure("\(action)") }
            return stream
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func messagesOfEverySizeArriveWhole(seed: UInt64) {
        var pair = Pair(seed: seed)
        let sizes = [0, 1, 300, 65_513, 65_514, 65_515, 65_536, 131_072]
        for _ in 0..<20 {
            let size = pair.generator.pick(sizes)
            let message = ByteBuffer(
                bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) })
            var metadata = RCPMetadata()
            metadata.append(key: "trace-bin", bytes: [1, 0, 255])
            metadata.append(key: "on-behalf-of", text: "\u{7f8e}")
            let stream = pair.open(message: message, metadata: pair.generator.chance(50) ? metadata : [])
            pair.settle()
            let call = pair.started.removeLast()
            #expect(call.message == message)
            let trailers: RCPMetadata = pair.generator.chance(50) ? metadata : []
            let head = RCPResponseHead(outcome: .applied, replayed: size == 0, trailers: trailers)
            let result = pair.server.reply(
                stream: stream, head: head, message: call.message, into: &pair.toClient)
            #expect(result == .sent)
            pair.settle()
            let reply = RCPInboundReply(stream: stream, head: head, message: message)
            #expect(pair.clientActions.removeLast() == .completeCall(reply))
        }
        #expect(pair.server.heldBytes == 0)
        #expect(pair.client.heldBytes == 0)
    }

    @Test func fourCallsAnsweredInReverse() {
        var pair = Pair(seed: 1)
        for _ in 0..<4 { _ = pair.open(message: Fixture.message) }
        pair.settle()
        for call in pair.started.reversed() {
            #expect(
                pair.server.reply(
                    stream: call.stream, head: Fixture.success, message: call.message, into: &pair.toClient)
                    == .sent)
        }
        pair.settle()
        let completed = pair.clientActions.compactMap { action -> UInt32? in
            if case .completeCall(let reply) = action { reply.stream } else { nil }
        }
        #expect(completed == [4, 3, 2, 1])
    }

    @Test func detailsArriveWhole() {
        var pair = Pair(seed: 2)
        let stream = pair.open(message: Fixture.message)
        pair.settle()
        let status = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "the case is closed",
            details: [
                RCPErrorDetail(
                    field: "lines[2].quantity", reason: "QUANTITY_EXCEEDED", text: "only 3", allowed: ["3"])
            ])
        _ = pair.server.reply(
            stream: stream, head: RCPResponseHead(status: status), message: nil, into: &pair.toClient)
        pair.settle()
        let reply = RCPInboundReply(stream: stream, head: RCPResponseHead(status: status), message: nil)
        #expect(pair.clientActions.last == .completeCall(reply))
    }

    @Test func serverDrainsWithCallsInFlight() {
        var pair = Pair(seed: 3)
        let stream = pair.open(message: Fixture.message)
        pair.settle()
        pair.server.drainStarted(ping: 77)?.write(into: &pair.toClient)
        pair.settle()
        #expect(!pair.server.isClosed)
        let result = pair.server.reply(
            stream: stream, head: Fixture.success, message: Fixture.message, into: &pair.toClient)
        #expect(result == .sentLast)
        pair.settle()
        #expect(pair.client.isClosed)
        #expect(pair.serverActions.last == .close(RCPServerClose(farewell: .none)))
    }

    @Test func clientDrainsWithCallsInFlight() {
        var pair = Pair(seed: 4)
        let stream = pair.open(message: Fixture.message)
        pair.client.drainStarted()?.write(into: &pair.toServer)
        pair.settle()
        _ = pair.server.reply(
            stream: stream, head: Fixture.success, message: Fixture.message, into: &pair.toClient)
        pair.settle()
        #expect(pair.client.isClosed)
        #expect(pair.serverActions.last == .close(RCPServerClose(farewell: .none)))
    }

    @Test func cancelCrossesTheAnswer() {
        var pair = Pair(seed: 5)
        let stream = pair.open(message: Fixture.message)
        pair.settle()
        _ = pair.server.reply(
            stream: stream, head: Fixture.success, message: Fixture.message, into: &pair.toClient)
        #expect(pair.client.cancelCall(stream: stream, into: &pair.toServer))
        let before = pair.clientActions.count
        pair.settle()
        #expect(pair.clientActions.count == before)
        #expect(!pair.client.isClosed)
        #expect(!pair.server.isClosed)
    }
}

import NIOCore
import RCP
import Testing

/// The two machines against each other, through real bytes in random pieces.
@Suite struct ConnectionPairTests {
    /// A client, a server and the two directions between them.
    struct Pair {
        var client: RCPClientConnection
        var server = Fixture.server()
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        var generator: SeededGenerator
        var started: [RCPInboundCall] = []
        var clientActions: [RCPClientAction] = []
        var serverActions: [RCPServerAction] = []

        /// What either side has sent since the handshake.
        var bytesSent = 0

        init(seed: UInt64, features: RCPFeatures = .offered) {
            client = Fixture.client(features: features)
            generator = SeededGenerator(seed: seed)
            client.connected()
            settle()
            bytesSent = 0
        }

        /// Moves bytes in random pieces until nothing is on its way in either direction.
        mutating func settle() {
            while takeBytes() {
                if let piece = generator.piece(of: &toServer) { server.bytesReceived(piece) }
                while let action = server.nextAction(nowMilliseconds: 0) { perform(action) }
                if let piece = generator.piece(of: &toClient) { client.bytesReceived(piece) }
                while let action = client.nextAction() { clientActions.append(action) }
            }
            // A connection that drains closes after its last bytes.
            while let action = server.nextAction(nowMilliseconds: 0) { perform(action) }
        }

        private mutating func takeBytes() -> Bool {
            if let bytes = client.nextBytes(1 + generator.below(200_000)) {
                bytesSent += bytes.readableBytes
                toServer.writeImmutableBuffer(bytes)
            }
            if let bytes = server.nextBytes(1 + generator.below(200_000)) {
                bytesSent += bytes.readableBytes
                toClient.writeImmutableBuffer(bytes)
            }
            return toServer.readableBytes + toClient.readableBytes > 0
        }

        private mutating func perform(_ action: RCPServerAction) {
            serverActions.append(action)
            switch action {
            case .authenticate: server.authenticated()
            case .startCall(let call): started.append(call)
            case .awaitMessage, .dropMessage, .deliver, .endMessages, .resumeWriter, .endReply, .cancelCall,
                .refuseCall,
                .abortCall, .close:
                break
            }
        }

        mutating func open(message: ByteBuffer, metadata: RCPMetadata = []) -> UInt32 {
            let head = RCPRequestHead(
                timeoutMilliseconds: 9, requestID: .random(using: &generator), metadata: metadata)
            let action = client.openCall(Fixture.mutation, head: head, message: message)
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
            #expect(pair.server.reply(stream: stream, head: head, message: call.message) != .dropped)
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
                pair.server.reply(stream: call.stream, head: Fixture.success, message: call.message)
                    != .dropped)
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
        pair.server.reply(stream: stream, head: RCPResponseHead(status: status), message: nil)
        pair.settle()
        let reply = RCPInboundReply(stream: stream, head: RCPResponseHead(status: status), message: nil)
        #expect(pair.clientActions.last == .completeCall(reply))
    }

    @Test func serverDrainsWithCallsInFlight() {
        var pair = Pair(seed: 3)
        let stream = pair.open(message: Fixture.message)
        pair.settle()
        #expect(pair.server.drainStarted(ping: 77) == nil)
        pair.settle()
        #expect(!pair.server.isClosed)
        #expect(
            pair.server.reply(stream: stream, head: Fixture.success, message: Fixture.message) != .dropped)
        pair.settle()
        #expect(pair.client.isClosed)
        #expect(pair.serverActions.last == .close(RCPServerClose(farewell: .none)))
    }

    @Test func clientDrainsWithCallsInFlight() {
        var pair = Pair(seed: 4)
        let stream = pair.open(message: Fixture.message)
        #expect(pair.client.drainStarted() == nil)
        pair.settle()
        pair.server.reply(stream: stream, head: Fixture.success, message: Fixture.message)
        pair.settle()
        #expect(pair.client.isClosed)
        #expect(pair.serverActions.last == .close(RCPServerClose(farewell: .none)))
    }

    @Test func cancelCrossesTheAnswer() {
        var pair = Pair(seed: 5)
        let stream = pair.open(message: Fixture.message)
        pair.settle()
        pair.server.reply(stream: stream, head: Fixture.success, message: Fixture.message)
        #expect(pair.client.cancelCall(stream: stream) == true)
        let before = pair.clientActions.count
        pair.settle()
        #expect(pair.clientActions.count == before)
        #expect(!pair.client.isClosed)
        #expect(!pair.server.isClosed)
    }
}

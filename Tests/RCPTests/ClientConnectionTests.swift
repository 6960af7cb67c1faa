import NIOCore
import RCP
import Testing

/// Transcripts of the client's machine: event, expected action, next event.
@Suite struct ClientConnectionTests {
    private var machine = Fixture.client()

    /// What has been sent since the last look.
    private mutating func sent() -> ByteBuffer { machine.nextBytes(.max) ?? ByteBuffer() }
    private mutating func sentTypes() -> [UInt8] { sent().frameTypes }
    private mutating func sentHexadecimal() -> String { sent().hexadecimal }

    private mutating func open() {
        machine.connected()
        var opening = ByteBuffer(bytes: RCPPreface.bytes)
        RCPFrameWriter.write(Fixture.hello(), into: &opening)
        #expect(sent() == opening)
        let ack = Fixture.frame(.helloAck) { RCPFrameWriter.write(Fixture.helloAck, into: &$0) }
        #expect(machine.frameReceived(ack) == .ready(Fixture.helloAck))
    }

    private mutating func call(
        _ method: RCPMethod = Fixture.mutation, _ requestID: RCPRequestID = Fixture.requestID,
        metadata: RCPMetadata = [], message: ByteBuffer = Fixture.message
    ) -> RCPOpenAction {
        let head = RCPRequestHead(timeoutMilliseconds: 5, requestID: requestID, metadata: metadata)
        return machine.openCall(method, head: head, message: message)
    }

    private func refusal(_ action: RCPOpenAction) -> RCPStatus? {
        guard case .refused(let status) = action else { return nil }
        return status
    }

    @Test mutating func unaryCallCompletes() {
        open()
        #expect(call() == .opened(stream: 1))
        #expect(call() == .opened(stream: 2))
        #expect(sentTypes() == [0x10, 0x10])
        let reply = RCPInboundReply(stream: 2, head: Fixture.success, message: Fixture.message)
        #expect(machine.frameReceived(Fixture.response(2)) == .completeCall(reply))
        #expect(machine.openCalls == 1)
        #expect(machine.frameReceived(Fixture.response(2)) == nil)
    }

    @Test mutating func noCallBeforeTheHandshake() {
        #expect(refusal(call())?.code == .unavailable)
        machine.connected()
        _ = sent()
        #expect(refusal(call())?.outcome == .notApplied)
        #expect(sent() == ByteBuffer())
    }

    @Test mutating func callsThatTheServerWouldRefuseAreNotSent() {
        open()
        #expect(refusal(call(Fixture.streaming))?.code == .invalidArgument)
        #expect(refusal(call(Fixture.mutation, .zero))?.code == .invalidArgument)
        #expect(refusal(call(Fixture.readOnly))?.code == .invalidArgument)
        #expect(refusal(call(metadata: RCPMetadata(texts: ["": "x"])))?.code == .invalidArgument)
        let pairs = RCPMetadata(Array(repeating: .init(key: "k", value: .text("v")), count: 65))
        #expect(refusal(call(metadata: pairs))?.code == .resourceExhausted)
        let large = ByteBuffer(repeating: 0, count: VectorFixture.shared.messageBytesMax + 1)
        #expect(refusal(call(message: large))?.code == .resourceExhausted)
        #expect(sent() == ByteBuffer())
        #expect(call() == .opened(stream: 1))
    }

    @Test mutating func aStreamingCallNeedsAServerThatStreams() {
        machine.connected()
        var ack = Fixture.helloAck
        ack.features = .fragments
        let frame = Fixture.frame(.helloAck) { [ack] in RCPFrameWriter.write(ack, into: &$0) }
        #expect(machine.frameReceived(frame) == .ready(ack))
        #expect(refusal(call(Fixture.streaming, .zero))?.code == .unimplemented)
    }

    @Test mutating func streamsAreLimited() {
        open()
        for stream in 1...4 { #expect(call() == .opened(stream: UInt32(stream))) }
        #expect(refusal(call())?.retryRule == .freely)
        #expect(machine.cancelCall(stream: 2) == true)
        #expect(call() == .opened(stream: 5))
    }

    @Test mutating func cancelIsSentOnceAndTheAnswerSkipped() {
        open()
        _ = call()
        _ = sent()
        #expect(machine.cancelCall(stream: 1, code: .deadlineExceeded) == true)
        #expect(sentHexadecimal() == "000000011300000000000001" + "04")
        #expect(machine.cancelCall(stream: 1) == false)
        #expect(machine.frameReceived(Fixture.response(1)) == nil)
    }

    @Test mutating func serverDrains() {
        open()
        _ = call()
        _ = call()
        let maximum = RCPGoAway(lastStream: .max, code: .noError, text: "")
        #expect(machine.frameReceived(Fixture.goAway(.max)) == .stopOpening(maximum, unprocessed: []))
        #expect(refusal(call())?.code == .unavailable)
        _ = sent()
        #expect(machine.frameReceived(Fixture.ping(9)) == nil)
        #expect(sentHexadecimal() == "000000080500000000000000" + "0000000000000009")
        guard case .stopOpening(_, let unprocessed) = machine.frameReceived(Fixture.goAway(1)) else {
            Issue.record("the second GOAWAY was not taken")
            return
        }
        #expect(unprocessed.map(\.stream) == [2])
        #expect(unprocessed.map(\.status.retryRule) == [.freely])
        #expect(machine.nextAction() == nil)
        #expect(machine.frameReceived(Fixture.response(1)) != nil)
        #expect(machine.nextAction() == .close(RCPClientClose()))
        #expect(machine.nextAction() == nil)
    }

    @Test mutating func clientDrains() {
        open()
        _ = call()
        #expect(machine.drainStarted() == nil)
        #expect(machine.drainStarted() == nil)
        #expect(sentTypes() == [0x10, 0x06])
        #expect(refusal(call())?.code == .unavailable)
        #expect(machine.nextAction() == nil)
        #expect(machine.frameReceived(Fixture.response(1)) != nil)
        #expect(machine.nextAction() == .close(RCPClientClose()))
    }

    @Test mutating func lostConnectionLeavesTheOutcomeUnknown() {
        open()
        _ = call()
        guard case .close(let close) = machine.peerClosed() else {
            Issue.record("not closed")
            return
        }
        #expect(close.failures.map(\.stream) == [1])
        #expect(close.failures[0].status.code == .unavailable)
        #expect(close.failures[0].status.retryRule == .withSameRequestID)
        #expect(machine.peerClosed() == nil)
        #expect(refusal(call())?.outcome == .notApplied)
    }

    @Test mutating func refusedHandshakeSaysWhy() {
        machine.connected()
        let refused = RCPRefused(code: .version, text: "version 9 only")
        let frame = Fixture.frame(.refused) { RCPFrameWriter.write(refused, into: &$0) }
        #expect(machine.frameReceived(frame) == .close(RCPClientClose(refused: refused)))
    }

    @Test mutating func pingsKeepTheInterval() {
        #expect(machine.ping(opaque: 1, nowMilliseconds: 0) == false)
        open()
        #expect(machine.ping(opaque: 1, nowMilliseconds: 0) == true)
        #expect(machine.ping(opaque: 2, nowMilliseconds: 9_999) == false)
        #expect(machine.ping(opaque: 3, nowMilliseconds: 10_000) == true)
        #expect(sentTypes() == [4, 4])
        #expect(machine.frameReceived(Fixture.pong(3)) == .pongReceived(opaque: 3))
    }

    @Test mutating func cancelDropsWhatIsLeftOfTheRequest() {
        open()
        let large = ByteBuffer(repeating: 0, count: 2 * VectorFixture.shared.framePayloadBytesMax - 100)
        #expect(call(message: large) == .opened(stream: 1))
        #expect(machine.cancelCall(stream: 1) == true)
        #expect(sentTypes() == [0x10, 0x13])
        #expect(machine.unsentBytes == 0)
    }

    @Test mutating func anEarlyAnswerDropsWhatIsLeftOfTheRequest() {
        open()
        let large = ByteBuffer(repeating: 0, count: 2 * VectorFixture.shared.framePayloadBytesMax - 100)
        #expect(call(message: large) == .opened(stream: 1))
        #expect(machine.frameReceived(Fixture.response(1)) != nil)
        #expect(sentTypes() == [0x10])
        #expect(machine.unsentBytes == 0)
    }
}

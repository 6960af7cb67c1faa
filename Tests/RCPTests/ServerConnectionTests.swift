import NIOCore
import RCP
import Testing

/// Transcripts of the server's machine: event, expected action, next event.
@Suite struct ServerConnectionTests {
    var machine = Fixture.server()

    mutating func receive(_ frame: RCPFrame, at milliseconds: UInt64 = 0) -> RCPServerAction? {
        machine.frameReceived(frame, nowMilliseconds: milliseconds)
    }

    mutating func next() -> RCPServerAction? { machine.nextAction(nowMilliseconds: 0) }

    mutating func reply(_ stream: UInt32) -> RCPReplyAction {
        machine.reply(stream: stream, head: Fixture.success, message: Fixture.message)
    }

    /// What has been sent since the last look.
    mutating func sent() -> [RCPFrame] { machine.nextBytes(.max)?.framesForClient ?? [] }
    mutating func sentTypes() -> [RCPFrameType] { sent().map(\.type) }

    mutating func open() {
        let hello = Fixture.frame(.hello) { RCPFrameWriter.write(Fixture.hello(), into: &$0) }
        #expect(receive(hello) == .authenticate(Fixture.hello()))
        machine.authenticated()
        #expect(sentTypes() == [.helloAck])
    }

    mutating func startCall(_ stream: UInt32) {
        guard case .startCall(let call) = receive(Fixture.request(stream)) else {
            Issue.record("stream \(stream) was not started")
            return
        }
        #expect(call.stream == stream)
        #expect(call.method == Fixture.mutation)
        #expect(call.requestID == Fixture.requestID)
        #expect(call.message == Fixture.message)
    }

    @Test mutating func unaryCallIsAnswered() {
        open()
        startCall(1)
        #expect(machine.openCalls == 1)
        #expect(machine.heldBytes == Fixture.message.readableBytes)
        #expect(reply(1) == .sent)
        #expect(sentTypes() == [.response])
        #expect(machine.openCalls == 0)
        #expect(machine.heldBytes == 0)
    }

    @Test mutating func handshakeRefused() {
        let hello = Fixture.frame(.hello) { RCPFrameWriter.write(Fixture.hello(), into: &$0) }
        #expect(receive(hello) == .authenticate(Fixture.hello()))
        let refused = RCPRefused(code: .unauthenticated, text: "unknown token")
        #expect(
            machine.refused(.unauthenticated, text: "unknown token")
                == .close(RCPServerClose(farewell: .refused(refused))))
        #expect(machine.isClosed)
    }

    @Test mutating func clientLeavesWhileItIsAuthenticated() {
        let hello = Fixture.frame(.hello) { RCPFrameWriter.write(Fixture.hello(), into: &$0) }
        #expect(receive(hello) == .authenticate(Fixture.hello()))
        #expect(machine.peerClosed() == .close(RCPServerClose(farewell: .none)))
        machine.authenticated()
        #expect(sent() == [])
    }

    @Test mutating func cancelledCallCountsUntilItsHandlerReturns() {
        open()
        startCall(1)
        #expect(receive(Fixture.cancel(1)) == .cancelCall(stream: 1))
        #expect(machine.openCalls == 1)
        #expect(reply(1) == .dropped)
        #expect(sent() == [])
        #expect(machine.openCalls == 0)
        #expect(receive(Fixture.cancel(1)) == nil)
    }

    @Test mutating func deadlineAnswersOnceAndDropsTheReply() throws {
        open()
        startCall(1)
        #expect(machine.deadlinePassed(stream: 1) == .cancelCall(stream: 1))
        let status = try sentStatus()
        #expect(status.code == .deadlineExceeded)
        #expect(status.outcome == .unknown)
        #expect(machine.deadlinePassed(stream: 1) == nil)
        #expect(receive(Fixture.cancel(1)) == nil)
        #expect(reply(1) == .dropped)
    }

    @Test mutating func deadlineWithinFragmentsAppliesNothing() {
        open()
        let first = RCPFrame(
            type: .request, flags: [.more, .hasMessage], method: Fixture.mutation.id, stream: 1,
            payload: ByteBuffer(
                bytes: [0, 0, 0, 9] + [UInt8](repeating: 7, count: 16) + [0, 0] + [0, 0, 0, 9] + [1]))
        #expect(receive(first) == .awaitMessage(stream: 1, timeoutMilliseconds: 9))
        guard case .refuseCall(1, let status, nil) = machine.deadlinePassed(stream: 1) else {
            Issue.record("the deadline did not end the call")
            return
        }
        #expect(status.outcome == .notApplied)
        #expect(machine.heldBytes == 0)
        let rest = RCPFrame(
            type: .message, flags: [.end, .hasMessage], stream: 1, payload: ByteBuffer(bytes: [UInt8](0..<8)))
        #expect(receive(rest) == nil)
    }

    @Test mutating func aReadThatRunsOutOfTimeHasAppliedNothing() throws {
        open()
        let payload = ByteBuffer(bytes: [0, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + [0, 0])
        let request = RCPFrame(
            type: .request, flags: [.end, .hasMessage], method: Fixture.readOnly.id, stream: 1,
            payload: payload)
        guard case .startCall = receive(request) else {
            Issue.record("the call did not start")
            return
        }
        #expect(machine.deadlinePassed(stream: 1) == .cancelCall(stream: 1))
        #expect(try sentStatus().outcome == .notApplied)
    }

    @Test mutating func aMessageUnderAssemblyHasATimeOfItsOwn() {
        open()
        func fragment(_ stream: UInt32, timeout: UInt8) -> RCPFrame {
            RCPFrame(
                type: .request, flags: [.more, .hasMessage], method: Fixture.mutation.id, stream: stream,
                payload: ByteBuffer(
                    bytes: [0, 0, timeout, 0] + [UInt8](repeating: 7, count: 16) + [0, 0] + [0, 0, 0, 9] + [1]
                ))
        }
        let limit = RCPLimits().assemblyMillisecondsMax
        #expect(receive(fragment(1, timeout: 0)) == .awaitMessage(stream: 1, timeoutMilliseconds: limit))
        #expect(receive(fragment(2, timeout: 255)) == .awaitMessage(stream: 2, timeoutMilliseconds: limit))
        #expect(receive(Fixture.cancel(1)) == .dropMessage(stream: 1))
        #expect(machine.openCalls == 1)
    }

    @Test mutating func deadlineOfAnEndedCallIsNothing() {
        open()
        startCall(1)
        #expect(reply(1) == .sent)
        #expect(machine.deadlinePassed(stream: 1) == nil)
    }

    @Test mutating func drainTakesWhatWasOnItsWayAndNoMore() {
        open()
        startCall(1)
        #expect(machine.drainStarted(ping: 7) == nil)
        let announcement = sent()
        #expect(announcement.map(\.type) == [.goAway, .ping])
        #expect(announcement[0].payload.getInteger(at: 0) == UInt32.max)
        #expect(machine.drainStarted(ping: 8) == nil)
        startCall(3)
        #expect(receive(Fixture.pong(8)) == nil)
        #expect(sent() == [])
        #expect(receive(Fixture.pong(7)) == nil)
        let confirmation = sent()
        #expect(confirmation.map(\.type) == [.goAway])
        #expect(confirmation[0].payload.getInteger(at: 0) == UInt32(3))
        // Too late, and so skipped together with its cancellation.
        #expect(receive(Fixture.request(5)) == nil)
        #expect(receive(Fixture.cancel(5)) == nil)
        #expect(reply(1) == .sent)
        #expect(next() == nil)
        #expect(reply(3) == .sent)
        #expect(next() == .close(RCPServerClose(farewell: .none)))
        #expect(next() == nil)
    }

    @Test mutating func drainWithoutCallsClosesAfterTheRoundTrip() {
        open()
        #expect(machine.drainStarted(ping: 1) == nil)
        #expect(next() == nil)
        #expect(receive(Fixture.pong(1)) == nil)
        #expect(next() == .close(RCPServerClose(farewell: .none)))
    }

    @Test mutating func drainBeforeHelloRefuses() {
        guard case .close(let close) = machine.drainStarted(ping: 1),
            case .refused(let refused) = close.farewell
        else {
            Issue.record("not refused")
            return
        }
        #expect(refused.code == .draining)
    }

    @Test mutating func graceOverStopsTheHandlers() {
        open()
        startCall(1)
        startCall(2)
        #expect(receive(Fixture.cancel(1)) == .cancelCall(stream: 1))
        let goAway = RCPGoAway(lastStream: 2, code: .noError, text: "grace is over")
        #expect(
            machine.closeRequested(.noError, text: "grace is over")
                == .close(RCPServerClose(farewell: .goAway(goAway), cancelledStreams: [2])))
        #expect(reply(1) == .dropped)
        #expect(reply(2) == .dropped)
        #expect(sentTypes() == [.goAway])
    }

    @Test mutating func clientThatDrainsGetsItsAnswers() {
        open()
        startCall(1)
        #expect(receive(Fixture.goAway(0)) == nil)
        #expect(next() == nil)
        #expect(reply(1) == .sent)
        #expect(next() == .close(RCPServerClose(farewell: .none)))
    }

    @Test mutating func clientThatVanishesStopsItsHandlers() {
        open()
        startCall(1)
        #expect(machine.peerClosed() == .close(RCPServerClose(farewell: .none, cancelledStreams: [1])))
        #expect(machine.peerClosed() == nil)
        #expect(reply(1) == .dropped)
    }

    @Test mutating func replyAboveTheLimitKeepsItsOutcome() throws {
        open()
        startCall(1)
        let large = ByteBuffer(repeating: 0, count: VectorFixture.shared.messageBytesMax + 1)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: large) == .sent)
        let status = try sentStatus()
        #expect(status.code == .resourceExhausted)
        #expect(status.outcome == .applied)
        #expect(status.retryRule == .never)
    }

    @Test mutating func replyWithInvalidTrailersKeepsItsOutcome() throws {
        open()
        startCall(1)
        let head = RCPResponseHead(outcome: .applied, trailers: RCPMetadata(texts: ["Upper": "case"]))
        #expect(machine.reply(stream: 1, head: head, message: Fixture.message) == .sent)
        let status = try sentStatus()
        #expect(status.code == .internalError)
        #expect(status.outcome == .applied)
    }

    /// SPEC.md M46: what the client would have to fail is not sent.
    @Test(arguments: [Int32(-2), .min])
    mutating func replyWithARetryAfterBelowMinusOneKeepsItsOutcome(retryAfter: Int32) throws {
        open()
        startCall(1)
        let failure = RCPStatus(code: .unavailable, outcome: .applied, retryAfterMilliseconds: retryAfter)
        #expect(machine.reply(stream: 1, head: RCPResponseHead(status: failure), message: nil) == .sent)
        let status = try sentStatus()
        #expect(status.code == .internalError)
        #expect(status.outcome == .applied)
        #expect(status.retryAfterMilliseconds == -1)
    }

    /// SPEC.md M17: it does not matter how the transport cuts what must not be sent.
    @Test(arguments: [0, 1, 12])
    mutating func nothingMayFollowHello(bytes: Int) {
        var sent = ByteBuffer()
        RCPFrameWriter.writePreface(into: &sent)
        RCPFrameWriter.write(Fixture.hello(), into: &sent)
        sent.writeRepeatingByte(4, count: bytes)
        machine.bytesReceived(sent)
        guard bytes > 0 else {
            #expect(next() == .authenticate(Fixture.hello()))
            machine.bytesReceived(ByteBuffer(repeating: 4, count: 1))
            return expectRefused(next())
        }
        expectRefused(next())
    }

    private func expectRefused(_ action: RCPServerAction?) {
        guard case .close(let close) = action, case .refused(let refused) = close.farewell else {
            Issue.record("\(String(describing: action))")
            return
        }
        #expect(refused.code == .malformed && close.violation == .frameBeforeHelloAck)
    }

    @Test mutating func longTextIsCutBetweenCharacters() throws {
        open()
        startCall(1)
        let text = "a" + String(repeating: "\u{7c73}", count: 2000)
        let head = RCPResponseHead(status: RCPStatus(code: .notFound, outcome: .notApplied, text: text))
        #expect(machine.reply(stream: 1, head: head, message: nil) == .sent)
        let cut = try sentStatus().text
        #expect(text.hasPrefix(cut))
        #expect(cut.utf8.count == 4096)
    }

    @Test mutating func detailsAboveTheirLimitsAreLeftOut() throws {
        open()
        startCall(1)
        let long = RCPErrorDetail(reason: "LONG", text: String(repeating: "x", count: 5000))
        let status = RCPStatus(
            code: .invalidArgument, outcome: .notApplied, details: Array(repeating: long, count: 70))
        #expect(machine.reply(stream: 1, head: RCPResponseHead(status: status), message: nil) == .sent)
        #expect(try sentStatus().details.count == 3)
    }

    @Test mutating func oneFrameIsAllThatIsEverBuffered() {
        open()
        var frame = ByteBuffer()
        let limit = VectorFixture.shared.framePayloadBytesMax
        let rest = RCPFrameWriter.writeRequest(
            stream: 1, method: Fixture.mutation.id, head: RCPRequestHead(requestID: Fixture.requestID),
            message: ByteBuffer(repeating: 0, count: limit - 22), framePayloadBytesMax: limit, into: &frame)
        #expect(rest == nil)
        #expect(frame.readableBytes == RCPFrameHeader.bytes + limit)
        // The handshake was given as frames, so the preface is still to come as bytes.
        machine.bytesReceived(ByteBuffer(bytes: RCPPreface.bytes))
        var sentBytes = 0
        while frame.readableBytes > 1 {
            let piece = frame.readSlice(length: min(1000, frame.readableBytes - 1))!
            sentBytes += piece.readableBytes
            machine.bytesReceived(piece)
            #expect(next() == nil)
            #expect(machine.bufferedBytes == sentBytes)
        }
        machine.bytesReceived(frame)
        guard case .startCall = next() else {
            Issue.record("the frame at its limit did not start its call")
            return
        }
        #expect(machine.bufferedBytes == 0)
    }

    /// The status of the one RESPONSE that was sent, as the client reads it.
    private mutating func sentStatus() throws -> RCPStatus {
        var client = Fixture.client()
        client.connected()
        _ = client.frameReceived(
            Fixture.frame(.helloAck) { RCPFrameWriter.write(Fixture.helloAck, into: &$0) })
        _ = client.openCall(
            Fixture.mutation, head: RCPRequestHead(requestID: Fixture.requestID), message: Fixture.message)
        client.bytesReceived(machine.nextBytes(.max) ?? ByteBuffer())
        guard case .completeCall(let reply) = client.nextAction() else {
            throw RCPViolation.responseMalformed
        }
        return reply.head.status
    }
}

extension ByteBuffer {
    /// The frames it holds, each whole, as a client receives them.
    var framesForClient: [RCPFrame] {
        var bytes = self
        var decoder = RCPFrameDecoder(
            rules: RCPHeaderRules(role: .client, framePayloadBytesMax: 65_536, features: .fragments))
        var frames: [RCPFrame] = []
        while let frame = try? decoder.next(from: &bytes) { frames.append(frame) }
        precondition(decoder.isBetweenFrames(bytes), "half a frame, or a malformed one")
        return frames
    }
}

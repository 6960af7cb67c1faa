import NIOCore
import RCP
import Testing

/// What the machine keeps until the transport has room.
extension ServerConnectionTests {
    /// A message of `count` whole frames and a byte.
    private func message(frames count: Int) -> ByteBuffer {
        ByteBuffer(repeating: 7, count: count * VectorFixture.shared.framePayloadBytesMax + 1)
    }

    @Test mutating func largeRepliesTakeTurnsAndASmallOneGoesFirst() {
        open()
        for stream in [UInt32(1), 2, 3] { startCall(stream) }
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(machine.reply(stream: 2, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(reply(3) == .sent)
        // Both large ones count until they are sent; the small one is ready.
        #expect(machine.openCalls == 2)
        let frames = sent()
        #expect(frames.map(\.stream) == [1, 2, 3, 1, 2])
        #expect(frames.map(\.type) == [.response, .response, .response, .message, .message])
        #expect(frames.map { $0.flags.contains(.end) } == [false, false, true, true, true])
        #expect(machine.openCalls == 0)
        #expect(machine.unsentBytes == 0)
    }

    @Test mutating func noMoreThanAFrameBeyondWhatIsAskedForIsGivenOut() {
        open()
        startCall(1)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        let frameBytes = RCPFrameHeader.bytes + VectorFixture.shared.framePayloadBytesMax
        let whole = machine.unsentBytes
        #expect(machine.nextBytes(1)?.readableBytes == frameBytes)
        #expect(machine.unsentBytes > 0 && machine.unsentBytes < whole - frameBytes + RCPFrameHeader.bytes)
        #expect(machine.openCalls == 1)
        #expect(machine.nextBytes(1) != nil)
        #expect(machine.openCalls == 0)
        #expect(machine.nextBytes(1) == nil)
    }

    @Test mutating func cancelDropsWhatIsLeftOfTheReply() {
        open()
        startCall(1)
        startCall(2)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(machine.reply(stream: 2, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(receive(Fixture.cancel(1)) == .endReply(stream: 1))
        #expect(machine.openCalls == 1)
        let streams = sent().map(\.stream)
        #expect(streams == [1, 2, 2])
        #expect(next() == .endReply(stream: 2))
        #expect(machine.openCalls == 0)
        #expect(machine.unsentBytes == 0)
    }

    @Test mutating func aDeadlineEndsAHalfSentReplyWithCancel() {
        open()
        startCall(1)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(machine.nextBytes(1) != nil)
        #expect(machine.deadlinePassed(stream: 1) == nil)
        let frames = sent()
        #expect(frames.map(\.type) == [.cancel])
        #expect(frames[0].payload.getInteger(at: 0) == RCPStatusCode.deadlineExceeded.rawValue)
        #expect(machine.openCalls == 0)
        #expect(next() == nil)
    }

    @Test mutating func drainWaitsForTheEndOfALargeReply() {
        open()
        startCall(1)
        #expect(receive(Fixture.goAway(0)) == nil)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(!machine.closesNext)
        #expect(next() == nil)
        #expect(sentTypes() == [.response, .message])
        #expect(machine.closesNext)
        #expect(next() == .close(RCPServerClose(farewell: .none)))
    }

    @Test mutating func aFarewellComesBeforeWhatIsLeftOfAReply() {
        open()
        startCall(1)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: message(frames: 1)) == .queued)
        #expect(machine.closeRequested(.noError, text: "grace is over") != nil)
        #expect(sentTypes() == [.response, .goAway])
        #expect(machine.unsentBytes == 0)
    }
}

import NIOCore
import Testing

@testable import RCP

/// What a connection takes of a shared budget, and when it gives it back.
@Suite struct ByteLeaseTests {
    private static let free = RCPByteLease.freeBytes

    /// A budget of so many bytes, touched by one test alone.
    private final class Budget: RCPByteShare, @unchecked Sendable {
        var left: Int
        var asked = 0

        init(_ bytes: Int) { left = bytes }

        func take(_ bytes: Int) -> RCPByteLimit? {
            asked += 1
            guard bytes <= left else { return .principal }
            left -= bytes
            return nil
        }

        func giveBack(_ bytes: Int) { left += bytes }
    }

    @Test func littleIsNeverAskedFor() {
        let budget = Budget(0)
        var lease = RCPByteLease(budget)
        #expect(lease.cover(Self.free) == nil)
        #expect(budget.asked == 0)
        #expect(lease.cover(Self.free + 1) == .principal)
        #expect(lease.takenBytes == 0)
    }

    @Test func whatIsTakenComesBack() {
        let budget = Budget(100_000)
        var lease = RCPByteLease(budget)
        #expect(lease.cover(Self.free + 40_000) == nil)
        #expect(budget.left == 100_000 - 3 * 16_384)
        // A step is asked for once.
        #expect(lease.cover(Self.free + 41_000) == nil)
        #expect(budget.asked == 1)
        #expect(lease.cover(Self.free + 200_000) == .principal)
        #expect(budget.left == 100_000 - 3 * 16_384)
        lease.release(to: Self.free + 1)
        #expect(budget.left == 100_000 - 16_384)
        lease.release(to: 0)
        #expect(budget.left == 100_000)
    }

    @Test(arguments: [
        (0, 0), (16_384, 16_384), (16_385, 32_768), (4_194_303, 4_194_304), (4_194_304, 4_194_304),
    ])
    func aBufferTakesAPowerOfTwo(bytes: Int, room: Int) {
        #expect(RCPHeldBytes.room(for: bytes) == room)
    }

    // MARK: The server's machine

    private static let limits = RCPLimits()
    private static let large = 1_000_000

    private func open(_ budget: Budget) -> RCPServerConnection {
        var machine = Fixture.server(Self.limits)
        let hello = Fixture.hello(Self.limits)
        var bytes = ByteBuffer()
        RCPFrameWriter.writePreface(into: &bytes)
        RCPFrameWriter.write(hello, into: &bytes)
        #expect(receive(bytes, &machine) == [.authenticate(hello)])
        machine.authenticated(sharing: budget)
        _ = machine.nextBytes(.max)
        return machine
    }

    private func receive(_ bytes: ByteBuffer, _ machine: inout RCPServerConnection) -> [RCPServerAction] {
        machine.bytesReceived(bytes)
        var actions: [RCPServerAction] = []
        while let action = machine.nextAction(nowMilliseconds: 0) { actions.append(action) }
        return actions
    }

    /// The first fragment, and the others.
    private func fragments(_ stream: UInt32, bytes: Int = large) -> (first: ByteBuffer, rest: ByteBuffer) {
        var first = ByteBuffer()
        var left = RCPFrameWriter.writeRequest(
            stream: stream, method: Fixture.mutation.id, head: RCPRequestHead(requestID: Fixture.requestID),
            message: ByteBuffer(repeating: 7, count: bytes), framePayloadBytesMax: 65_536, into: &first)!
        var rest = ByteBuffer()
        while left.readableBytes > 0 {
            let piece = left.readSlice(length: min(65_536, left.readableBytes))!
            let flags: RCPFrameFlags = left.readableBytes == 0 ? [.hasMessage, .end] : [.hasMessage, .more]
            RCPFrame(type: .message, flags: flags, stream: stream, payload: piece).write(into: &rest)
        }
        return (first, rest)
    }

    private func refusal(_ actions: [RCPServerAction], _ stream: UInt32) -> RCPStatus? {
        for case .refuseCall(stream, let status, .heldBytesExhausted) in actions { return status }
        return nil
    }

    @Test func aMessageBeyondTheBudgetEndsItsCallAlone() throws {
        let budget = Budget(1_500_000)
        var machine = open(budget)
        let (first, rest) = fragments(1)
        #expect(refusal(receive(first, &machine), 1) == nil)
        #expect(budget.left < 500_000)
        let other = fragments(3)
        let status = try #require(refusal(receive(other.first, &machine), 3))
        #expect(status.code == .resourceExhausted && status.outcome == .notApplied)
        #expect(status.retryAfterMilliseconds == Self.limits.overloadRetryAfterMilliseconds)
        #expect(status.text == RCPByteLimit.principal.text)
        #expect(status.details.map(\.reason) == ["PRINCIPAL_BYTES"])
        // What crosses the refusal is skipped, and the call that was let in goes on.
        #expect(receive(other.rest, &machine) == [])
        guard case .startCall(let call)? = receive(rest, &machine).last else {
            Issue.record("the first call was not started")
            return
        }
        #expect(call.message.readableBytes == Self.large)
        #expect(budget.left < 1_500_000)
        #expect(machine.reply(stream: 1, head: Fixture.success, message: Fixture.message) == .sent)
        #expect(budget.left == 1_500_000)
    }

    @Test(arguments: ["cancel", "deadline", "close", "client gone", "broken rule"])
    func everyEndGivesBack(how: String) {
        let budget = Budget(2_000_000)
        var machine = open(budget)
        _ = receive(fragments(1).first, &machine)
        #expect(budget.left < 1_000_000)
        switch how {
        case "cancel":
            var cancel = ByteBuffer()
            Fixture.cancel(1).write(into: &cancel)
            _ = receive(cancel, &machine)
        case "deadline": _ = machine.deadlinePassed(stream: 1)
        case "close": _ = machine.closeRequested(.idle, text: "")
        case "client gone": _ = machine.peerClosed()
        default: _ = receive(fragments(1).first, &machine)
        }
        #expect(budget.left == 2_000_000, "\(how)")
    }

    @Test func aFrameUnderWayCountsAndIsSkippedWhereThereIsNoRoom() throws {
        let budget = Budget(100_000)
        var machine = open(budget)
        var bytes = ByteBuffer()
        _ = RCPFrameWriter.writeRequest(
            stream: 1, method: Fixture.mutation.id, head: RCPRequestHead(requestID: Fixture.requestID),
            message: ByteBuffer(repeating: 7, count: 200_000), framePayloadBytesMax: 262_144, into: &bytes)
        var actions: [RCPServerAction] = []
        while let piece = bytes.readSlice(length: min(10_000, bytes.readableBytes)), piece.readableBytes > 0 {
            actions += receive(ByteBuffer(buffer: piece), &machine)
        }
        let status = try #require(refusal(actions, 1))
        #expect(status.details.map(\.reason) == ["PRINCIPAL_BYTES"])
        #expect(machine.bufferedBytes == 0)
        #expect(budget.left == 100_000)
        // The next frame begins where the skipped one ends.
        var next = ByteBuffer()
        Fixture.request(3).write(into: &next)
        guard case .startCall? = receive(next, &machine).first else {
            Issue.record("the connection did not go on")
            return
        }
    }

    @Test func smallCallsAskNothing() {
        let budget = Budget(0)
        var machine = open(budget)
        for stream in UInt32(1)...20 {
            var bytes = ByteBuffer()
            Fixture.request(stream).write(into: &bytes)
            guard case .startCall? = receive(bytes, &machine).first else {
                Issue.record("stream \(stream) was not started")
                return
            }
        }
        #expect(budget.asked == 0)
    }

    @Test func aStreamsMessagesCountUntilTheyAreTaken() throws {
        let budget = Budget(1_000_000)
        var machine = open(budget)
        var bytes = ByteBuffer()
        RCPFrame(
            type: .request, method: Fixture.upload.id, stream: 1,
            payload: Fixture.payload {
                $0.writeRepeatingByte(0, count: RCPFrameHeader.bytes)
                $0.writeRepeatingByte(0, count: 22)
            }
        ).write(into: &bytes)
        for _ in 0..<2 {
            RCPFrame(
                type: .message, flags: .hasMessage, stream: 1,
                payload: ByteBuffer(repeating: 1, count: 30_000)
            ).write(into: &bytes)
        }
        let delivered = receive(bytes, &machine).filter { if case .deliver = $0 { true } else { false } }
        #expect(delivered.count == 2)
        #expect(budget.left < 1_000_000)
        machine.messageTaken(stream: 1)
        machine.messageTaken(stream: 1)
        #expect(budget.left == 1_000_000)
    }
}

import NIOCore
import RCP

/// A server's machine, what a client sends it, and what its handlers and timers do meanwhile.
struct ServerStory {
    private var script: FuzzScript
    private var machine = FuzzFixture.server()
    private var now: UInt64 = 0
    /// Streams whose handler has not returned, by whether it sends a message stream.
    private var running: [(stream: UInt32, streamsReplies: Bool)] = []
    /// Streams with messages that their reader has not taken.
    private var delivered: [UInt32] = []
    private var awaited: [UInt32] = []
    private var delaysAuthentication = false

    init(_ bytes: [UInt8]) { script = FuzzScript(bytes) }

    mutating func run() {
        let setup = script.byte()
        delaysAuthentication = setup & 8 != 0
        if setup & 4 == 0 {
            var opening = FuzzFixture.preface
            RCPFrameWriter.write(FuzzFixture.hello(FuzzFixture.features(setup)), into: &opening)
            receive(opening)
        }
        while !script.isOver, !machine.isClosed { step() }
        perform(machine.peerClosed())
        for call in running { machine.reply(stream: call.stream, head: FuzzFixture.head, message: nil) }
        always(
            machine.bufferedBytes + machine.heldBytes + machine.openCalls == 0,
            "a closed connection holds something")
    }

    private mutating func step() {
        switch script.byte() & 15 {
        case 0...5: receive(script.frame())
        case 6: receive(script.slice(Int(script.byte())))
        case 7: reply(script.byte())
        case 8:
            guard !delivered.isEmpty else { return }
            machine.messageTaken(stream: delivered.removeFirst())
        case 9: send(script.byte())
        case 10: now += UInt64(script.short())
        case 11:
            if let stream = awaited.popLast() ?? running.last?.stream {
                perform(machine.deadlinePassed(stream: stream))
            }
        case 12: perform(machine.drainStarted(ping: 1))
        case 13: perform(script.byte() & 1 == 0 ? machine.helloTimedOut() : machine.frameTimedOut())
        case 14: machine.ping(opaque: 7)
        default:
            delaysAuthentication = false
            if case .some = waiting { authenticate() }
        }
        takeBytes()
        checkBounds()
    }

    private var waiting: Void?

    private mutating func authenticate() {
        waiting = nil
        machine.authenticated()
    }

    private mutating func receive(_ bytes: ByteBuffer) {
        machine.bytesReceived(bytes)
        act()
    }

    private mutating func act() {
        while let action = machine.nextAction(nowMilliseconds: now) { perform(action) }
    }

    private mutating func perform(_ action: RCPServerAction?) {
        guard let action else { return }
        switch action {
        case .authenticate: if delaysAuthentication { waiting = () } else { authenticate() }
        case .startCall(let call): running.append((call.stream, call.method.kind.streamsReplies))
        case .deliver(let stream, _, _): delivered.append(stream)
        case .awaitMessage(let stream, _): awaited.append(stream)
        case .close(let close):
            running.removeAll { close.cancelledStreams.contains($0.stream) }
            waiting = nil
            if close.farewell == .httpReply { _ = machine.nextBytes(.max) }
        case .cancelCall, .dropMessage, .endMessages, .resumeWriter, .endReply, .refuseCall, .abortCall:
            break
        }
    }

    private mutating func reply(_ byte: UInt8) {
        guard !running.isEmpty else { return }
        let call = running.removeFirst()
        delivered.removeAll { $0 == call.stream }
        machine.reply(
            stream: call.stream, head: FuzzFixture.head,
            message: call.streamsReplies ? nil : FuzzFixture.message(byte))
        act()
    }

    private mutating func send(_ byte: UInt8) {
        guard let call = running.first(where: \.streamsReplies) else { return }
        _ = machine.send(stream: call.stream, message: FuzzFixture.message(byte))
    }

    private mutating func takeBytes() {
        while let bytes = machine.nextBytes(.max) {
            expectFrames(bytes, to: .client)
            act()
        }
    }

    private func checkBounds() {
        always(
            machine.bufferedBytes <= RCPFrameHeader.bytes + FuzzFixture.limits.framePayloadBytesMax,
            "buffered \(machine.bufferedBytes) bytes")
        always(machine.heldBytes <= FuzzFixture.limits.heldBytesMax, "held \(machine.heldBytes) bytes")
        always(machine.openCalls <= FuzzFixture.limits.streamsMax, "\(machine.openCalls) calls open")
    }
}

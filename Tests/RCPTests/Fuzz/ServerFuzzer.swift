import NIOCore
import RCP
import SwiftProtobuf

/// Feeds a server's machine with transcripts whose frames are mutated, session after session.
struct ServerFuzzer {
    private let templates = FrameTemplates()
    private let limits = Self.limits
    private var mutator: FrameMutator
    private(set) var report = FuzzReport()
    /// What must never happen; empty at the end of a good run.
    private(set) var failures: [String] = []

    private let fresh = Fixture.server(Self.limits)
    private var machine = Fixture.server()
    private var stream: UInt32 = 0
    private var milliseconds: UInt64 = 0
    private var running: [UInt32] = []
    private var streamingReplies: Set<UInt32> = []
    /// Streams whose message was begun; it may have ended since.
    private var awaited: [UInt32] = []
    private var delaysAuthentication = false

    /// The vectors', but that two of the templates' compressed messages are too many.
    private static let limits: RCPLimits = {
        var limits = VectorFixture.shared.limits(.server)
        limits.inflatedBytesMax = 100
        return limits
    }()

    init(seed: UInt64) { mutator = FrameMutator(generator: SeededGenerator(seed: seed)) }

    mutating func run(mutatedFrames: Int) {
        while report.mutatedFrames < mutatedFrames, failures.isEmpty { runSession() }
    }

    private mutating func runSession() {
        report.sessionBegan()
        machine = fresh
        stream = 0
        running = []
        streamingReplies = []
        delaysAuthentication = mutator.generator.chance(3)
        if mutator.generator.chance(2) { return feedOtherProtocol() }
        feed(ByteBuffer(bytes: RCPPreface.bytes))
        let first = mutator.generator.below(100)
        switch first {
        case 0: perform(machine.helloTimedOut())
        case 1: feedMutated(pickFromClient())
        case 2..<20: feedMutated(templates.hello)
        case 20..<28: feed(templates.helloWithoutFeatures)
        default: feed(templates.hello)
        }
        // A session that survives its faults ends after this many frames.
        for _ in 0..<40 where !machine.isClosed { step() }
        end()
    }

    /// In place of the preface: HTTP, TLS, another version, noise.
    private mutating func feedOtherProtocol() {
        var bytes = ByteBuffer(
            string: mutator.generator.pick([
                "GET / HTTP/1.1\r\n", "POST /x", "\u{16}\u{3}\u{1}", "hello", "\u{16}\u{4}",
            ]))
        if mutator.generator.chance(40) {
            bytes = ByteBuffer(bytes: RCPPreface.bytes)
            bytes.setInteger(
                UInt8(truncatingIfNeeded: mutator.generator.next()), at: mutator.generator.below(8))
        }
        feed(bytes)
        end()
    }

    private mutating func step() {
        milliseconds += UInt64(mutator.generator.pick([0, 0, 0, 1, 9_999, 20_000]))
        let frame = pickFromClient()
        switch mutator.generator.below(100) {
        case 0..<60:
            feedMutated(frame)
        case 60..<64:
            for _ in 0..<2 + mutator.generator.below(5) { feed(frame) }
        case 64..<66:
            perform(machine.drainStarted(ping: 1))
        case 66:
            // Enough of them to be one too many, if they are CANCELs or calls to be refused.
            for _ in 0...max(limits.cancelsMax, limits.refusalsMax) { feed(again(frame)) }
        case 67 where mutator.generator.chance(30):
            perform(machine.frameTimedOut())
        default:
            feed(frame)
        }
        if mutator.generator.chance(40), !running.isEmpty { finish(running.removeFirst()) }
        if mutator.generator.chance(3), let late = running.last {
            perform(machine.deadlinePassed(stream: late))
        }
        if mutator.generator.chance(3), let late = awaited.popLast() {
            perform(machine.deadlinePassed(stream: late))
        }
    }

    /// A template, on a stream that fits: a new one for REQUEST, mostly an open one for the others.
    private mutating func pickFromClient() -> ByteBuffer {
        var frame = mutator.generator.pick(templates.fromClient)
        let type: UInt8 = frame.getInteger(at: 4)!
        switch RCPFrameType(rawValue: type) {
        case .request:
            stream += 1
            frame.setInteger(stream, at: 8)
        case .message, .cancel, .credit:
            // CREDIT of the connection stays that.
            if frame.getInteger(at: 8) == UInt32(0) { return frame }
            let back = UInt32(mutator.generator.below(3))
            frame.setInteger(max(1, stream > back ? stream - back : 1), at: 8)
        case .hello, .helloAck, .refused, .ping, .pong, .goAway, .response, nil:
            break
        }
        return frame
    }

    /// The same frame, but a REQUEST on the next stream.
    private mutating func again(_ frame: ByteBuffer) -> ByteBuffer {
        guard frame.getInteger(at: 4) == RCPFrameType.request.rawValue else { return frame }
        var frame = frame
        stream += 1
        frame.setInteger(stream, at: 8)
        return frame
    }

    private mutating func feedMutated(_ frame: ByteBuffer) {
        let before = machine.framesDecoded
        feed(mutator.mutate(frame))
        report.frameMutated(passedHeader: machine.framesDecoded > before)
    }

    private mutating func feed(_ bytes: ByteBuffer) {
        var bytes = bytes
        while let piece = bytes.readSlice(length: pieceLength(bytes.readableBytes)), piece.readableBytes > 0 {
            machine.bytesReceived(piece)
            while let action = machine.nextAction(nowMilliseconds: milliseconds) { perform(action) }
            expectFrames()
            checkBounds()
        }
    }

    private mutating func pieceLength(_ bytes: Int) -> Int {
        mutator.generator.chance(90) ? bytes : min(bytes, 1 + mutator.generator.below(24))
    }

    private mutating func perform(_ action: RCPServerAction?) {
        guard let action else { return }
        switch action {
        case .authenticate:
            if !delaysAuthentication { machine.authenticated() }
        case .startCall(let call):
            report.callStarted()
            running.append(call.stream)
            if call.method.kind.streamsReplies { streamingReplies.insert(call.stream) }
            decode(call)
        case .deliver(let stream, _, _):
            if mutator.generator.chance(70) { machine.messageTaken(stream: stream) }
        case .abortCall(_, _, let violation):
            report.hit(violation)
        case .refuseCall(_, _, let violation):
            if let violation { report.hit(violation) }
            expectFrames()
        case .close(let close):
            if let violation = close.violation { report.hit(violation) }
            running = running.filter { !close.cancelledStreams.contains($0) }
            if close.farewell == .httpReply { _ = machine.nextBytes(.max) }
        case .cancelCall, .dropMessage, .endMessages, .resumeWriter, .endReply:
            break
        case .awaitMessage(let stream, _):
            awaited.append(stream)
        }
    }

    /// Row M57 is found by whoever decodes the message.
    private mutating func decode(_ call: RCPInboundCall) {
        do throws(RCPStatus) {
            _ = try RCPMessageCodec.decode(
                Google_Protobuf_StringValue.self, from: call.message, role: .server)
        } catch {
            report.hit(.messageUndecodable)
        }
    }

    private mutating func finish(_ stream: UInt32) {
        expectFrames()
        // Now and then a reply of two frames, so that frames of the client come between them.
        let message = mutator.generator.chance(10) ? Self.largeMessage : Fixture.message
        let streamsReplies = streamingReplies.contains(stream)
        if streamsReplies {
            for _ in 0..<mutator.generator.below(4) { _ = machine.send(stream: stream, message: message) }
        }
        let unsentBytes = machine.unsentBytes
        let action = machine.reply(
            stream: stream, head: Fixture.success, message: streamsReplies ? nil : message)
        if action == .dropped, machine.unsentBytes != unsentBytes {
            failures.append("a dropped reply wrote bytes")
        }
    }

    private static let largeMessage = ByteBuffer(repeating: 65, count: 65_600)

    private mutating func end() {
        perform(machine.peerClosed())
        for stream in running { finish(stream) }
        if machine.bufferedBytes + machine.heldBytes + machine.openCalls != 0 {
            failures.append("a closed connection holds something")
        }
    }

    /// Whatever is sent must be frames that a client accepts, whatever was received.
    private mutating func expectFrames() {
        let bytes = mutator.generator.chance(20) ? 1 : Int.max
        guard let sent = machine.nextBytes(bytes) else { return }
        if let failure = sent.failureAsFrames(for: .client) { failures.append(failure) }
    }

    private mutating func checkBounds() {
        report.buffered(machine.bufferedBytes, held: machine.heldBytes)
        if machine.bufferedBytes > RCPFrameHeader.bytes + limits.framePayloadBytesMax {
            failures.append("buffered \(machine.bufferedBytes) bytes")
        }
        if machine.heldBytes > limits.heldBytesMax { failures.append("held \(machine.heldBytes) bytes") }
        if machine.openCalls > limits.streamsMax { failures.append("\(machine.openCalls) calls open") }
    }
}

extension ByteBuffer {
    /// What is wrong with these bytes as whole frames for a peer that has negotiated every feature; nil if nothing is.
    func failureAsFrames(for role: RCPRole) -> String? {
        var bytes = self
        if role == .server, !readableBytesView.starts(with: RCPPreface.bytes) {
            bytes = ByteBuffer(bytes: RCPPreface.bytes)
            bytes.writeImmutableBuffer(self)
        }
        let rules = RCPHeaderRules(role: role, framePayloadBytesMax: 65_536, features: .implemented)
        var decoder = RCPFrameDecoder(rules: rules)
        do throws(RCPViolation) {
            while try decoder.next(from: &bytes) != nil {}
        } catch {
            return "sent a frame that breaks \(error.row)"
        }
        return decoder.isBetweenFrames(bytes) && decoder.framesDecoded > 0 ? nil : "sent half a frame"
    }
}

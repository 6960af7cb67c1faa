import NIOCore
import RCP
import SwiftProtobuf

/// Feeds a client's machine with transcripts whose frames are mutated, session after session.
struct ClientFuzzer {
    private let templates = FrameTemplates()
    private let limits = VectorFixture.shared.limits(.client)
    private var mutator: FrameMutator
    private(set) var report = FuzzReport()
    /// What must never happen; empty at the end of a good run.
    private(set) var failures: [String] = []

    private let fresh = Fixture.client(features: .implemented)
    private var machine = Fixture.client()
    private var stream: UInt32 = 0

    init(seed: UInt64) { mutator = FrameMutator(generator: SeededGenerator(seed: seed)) }

    mutating func run(mutatedFrames: Int) {
        while report.mutatedFrames < mutatedFrames, failures.isEmpty { runSession() }
    }

    private mutating func runSession() {
        report.sessionBegan()
        machine = fresh
        stream = 0
        machine.connected()
        switch mutator.generator.below(100) {
        case 0..<15: feedMutated(templates.helloAck)
        case 15..<18: feedMutated(refused)
        case 18..<20: feedMutated(mutator.generator.pick(templates.fromServer))
        case 20..<26: feed(withoutFeatures)
        default: feed(templates.helloAck)
        }
        for _ in 0..<40 where !machine.isClosed { step() }
        perform(machine.peerClosed())
        if machine.bufferedBytes + machine.heldBytes + machine.openCalls != 0 {
            failures.append("a closed connection holds something")
        }
    }

    private var refused: ByteBuffer {
        var out = ByteBuffer()
        RCPFrameWriter.write(RCPRefused(code: .overloaded, text: "full"), into: &out)
        return out
    }

    private var withoutFeatures: ByteBuffer {
        var ack = Fixture.helloAck
        ack.features = []
        var out = ByteBuffer()
        RCPFrameWriter.write(ack, into: &out)
        return out
    }

    private mutating func step() {
        openCall()
        var frame = mutator.generator.pick(templates.fromServer)
        let type: UInt8 = frame.getInteger(at: 4)!
        let isStreamFrame = type >= 0x10 || (type == 7 && (frame.getInteger(at: 8) as UInt32?)! > 0)
        if isStreamFrame, stream > 0 {
            let back = UInt32(mutator.generator.below(4))
            frame.setInteger(stream > back ? stream - back : 1, at: 8)
        }
        if mutator.generator.chance(65) { feedMutated(frame) } else { feed(frame) }
        if mutator.generator.chance(3), stream > 0 {
            _ = machine.cancelCall(stream: stream)
        }
    }

    private mutating func openCall() {
        let method = mutator.generator.pick([
            Fixture.mutation, Fixture.mutation, Fixture.mutation, Fixture.streaming, Fixture.upload,
            Fixture.chat,
        ])
        let head = RCPRequestHead(requestID: method.kind == .unary ? Fixture.requestID : .zero)
        let message = method.kind.streamsRequests ? nil : Fixture.message
        guard case .opened(let opened) = machine.openCall(method, head: head, message: message) else {
            return
        }
        stream = opened
        guard method.kind.streamsRequests else { return }
        for _ in 0..<mutator.generator.below(3) { _ = machine.send(stream: opened, message: Fixture.message) }
        if mutator.generator.chance(50) { machine.endMessages(stream: opened) }
    }

    private mutating func feedMutated(_ frame: ByteBuffer) {
        let before = machine.framesDecoded
        feed(mutator.mutate(frame))
        report.frameMutated(passedHeader: machine.framesDecoded > before)
    }

    private mutating func feed(_ bytes: ByteBuffer) {
        machine.bytesReceived(bytes)
        while let action = machine.nextAction() { perform(action) }
        expectFrames()
        report.buffered(machine.bufferedBytes, held: machine.heldBytes)
        if machine.bufferedBytes > RCPFrameHeader.bytes + limits.framePayloadBytesMax {
            failures.append("buffered \(machine.bufferedBytes) bytes")
        }
        if machine.heldBytes > limits.heldBytesMax { failures.append("held \(machine.heldBytes) bytes") }
    }

    /// Whatever is sent must be frames that a server accepts, whatever was received.
    private mutating func expectFrames() {
        guard let sent = machine.nextBytes(.max) else { return }
        if let failure = sent.failureAsFrames(for: .server) { failures.append(failure) }
    }

    private mutating func perform(_ action: RCPClientAction?) {
        switch action {
        case .completeCall(let reply):
            report.callStarted()
            guard let message = reply.message else { return }
            do throws(RCPStatus) {
                _ = try RCPMessageCodec.decode(Google_Protobuf_StringValue.self, from: message, role: .client)
            } catch {
                report.hit(.messageUndecodable)
            }
        case .failCall(_, _, let violation):
            if let violation { report.hit(violation) }
        case .close(let close):
            if let violation = close.violation { report.hit(violation) }
        case .deliver(let stream, _):
            if mutator.generator.chance(70) { machine.messageTaken(stream: stream) }
        case .ready, .pongReceived, .stopOpening, .resumeWriter, nil:
            break
        }
    }
}

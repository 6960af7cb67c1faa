import NIOCore
import RCP

/// A client's machine, what a server sends it, and what its callers do meanwhile.
struct ClientStory {
    private var script: FuzzScript
    private var machine: RCPClientConnection
    private let features: RCPFeatures
    private let greets: Bool
    private var now: UInt64 = 0
    private var delivered: [UInt32] = []
    private var writing: [UInt32] = []

    init(_ bytes: [UInt8]) {
        script = FuzzScript(bytes)
        let setup = script.byte()
        features = FuzzFixture.features(setup)
        greets = setup & 4 == 0
        machine = RCPClientConnection(hello: FuzzFixture.hello(features), limits: FuzzFixture.limits)
    }

    mutating func run() {
        machine.connected()
        takeBytes()
        if greets {
            var greeting = ByteBuffer()
            RCPFrameWriter.write(
                RCPHelloAck(
                    answering: FuzzFixture.hello(features), limits: FuzzFixture.limits,
                    schemaHash: Array(repeating: 0, count: 32), serverName: "fuzz"), into: &greeting)
            receive(greeting)
        }
        while !script.isOver, !machine.isClosed { step() }
        perform(machine.peerClosed())
        // What was delivered may be taken after the end.
        for stream in delivered { machine.messageTaken(stream: stream) }
        always(
            machine.bufferedBytes + machine.heldBytes + machine.openCalls == 0,
            "a closed connection holds something")
    }

    private mutating func step() {
        switch script.byte() & 15 {
        case 0...5: receive(script.frame())
        case 6: receive(script.slice(Int(script.byte())))
        case 7, 8: open(script.byte())
        case 9:
            guard !delivered.isEmpty else { return }
            machine.messageTaken(stream: delivered.removeFirst())
        case 10:
            guard let stream = writing.last else { return }
            _ = machine.send(stream: stream, message: FuzzFixture.message(script.byte()))
        case 11:
            guard let stream = writing.popLast() else { return }
            machine.endMessages(stream: stream)
        case 12: _ = machine.cancelCall(stream: UInt32(script.byte()))
        case 13:
            now += UInt64(script.short())
            _ = machine.ping(opaque: 7, nowMilliseconds: now)
        case 14: perform(machine.drainStarted())
        default: act()
        }
        takeBytes()
        always(
            machine.bufferedBytes <= RCPFrameHeader.bytes + FuzzFixture.limits.framePayloadBytesMax,
            "buffered \(machine.bufferedBytes) bytes")
        always(machine.heldBytes <= FuzzFixture.limits.heldBytesMax, "held \(machine.heldBytes) bytes")
    }

    private mutating func open(_ byte: UInt8) {
        let method = FuzzFixture.methods[Int(byte) % FuzzFixture.methods.count]
        let needsID = method.kind == .unary && method.idempotency == .mutation
        let head = RCPRequestHead(requestID: needsID ? RCPRequestID(high: 1, low: 2) : .zero)
        let message = method.kind.streamsRequests ? nil : FuzzFixture.message(byte)
        guard case .opened(let stream) = machine.openCall(method, head: head, message: message) else {
            return
        }
        if method.kind.streamsRequests { writing.append(stream) }
    }

    private mutating func receive(_ bytes: ByteBuffer) {
        machine.bytesReceived(bytes)
        act()
    }

    private mutating func act() {
        while let action = machine.nextAction() { perform(action) }
    }

    private mutating func perform(_ action: RCPClientAction?) {
        switch action {
        case .deliver(let stream, _): delivered.append(stream)
        case .completeCall(let reply): writing.removeAll { $0 == reply.stream }
        case .failCall(let stream, _, _):
            writing.removeAll { $0 == stream }
            delivered.removeAll { $0 == stream }
        case .stopOpening(_, let unprocessed):
            for failure in unprocessed { writing.removeAll { $0 == failure.stream } }
        case .close, .ready, .pongReceived, .resumeWriter, nil: break
        }
    }

    private mutating func takeBytes() {
        while let bytes = machine.nextBytes(.max) {
            expectFrames(bytes, to: .server)
            act()
        }
    }
}

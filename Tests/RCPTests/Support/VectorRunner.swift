import NIOCore
import RCP

/// One machine under test, driven by vector steps; whatever it sends is kept.
struct VectorRunner {
    enum Action: Equatable {
        case server(RCPServerAction)
        case client(RCPClientAction)
        /// The machine has answered a PING.
        case pong(ByteBuffer)
    }

    private var server: RCPServerConnection?
    private var client: RCPClientConnection?
    private var nowMilliseconds: UInt64 = 0
    private(set) var sent = ByteBuffer()
    /// What CREDIT frames sent since the start add up to, by stream.
    private(set) var creditSent: [UInt32: Int] = [:]
    /// Of the calls a server has started.
    private var kinds: [UInt32: RCPCallKind] = [:]

    init(_ role: VectorRole, fixture: VectorFixture = .shared) {
        let limits = fixture.limits(role)
        switch role {
        case .server:
            server = RCPServerConnection(
                configuration: .init(
                    limits: limits, methods: fixture.methodTable, schemaHash: Array(0..<32),
                    serverName: "vector server"))
        case .client:
            let hello = RCPHello(
                features: RCPFeatures(rawValue: fixture.features), limits: limits, clientName: "vector",
                credentials: .token(Array("secret".utf8)))
            client = RCPClientConnection(hello: hello, limits: limits)
        }
    }

    var bufferedBytes: Int { server?.bufferedBytes ?? client!.bufferedBytes }
    var isClosed: Bool { server?.isClosed ?? client!.isClosed }

    mutating func run(_ steps: [VectorStep]) -> [Action] { steps.flatMap { run($0) } }

    mutating func run(_ step: VectorStep) -> [Action] {
        sent.clear()
        if let time = step.atMilliseconds { nowMilliseconds = time }
        var actions: [Action] = []
        if let bytes = step.receive {
            server?.bytesReceived(ByteBuffer(vector: bytes))
            client?.bytesReceived(ByteBuffer(vector: bytes))
        }
        if let action = step.event.flatMap({ run($0, step) }) { actions.append(action) }
        actions += takePongs()
        while let action = next() {
            actions += takePongs()
            if !action.setsTimer { actions.append(action) }
            if case .server(.startCall(let call)) = action { kinds[call.stream] = call.method.kind }
        }
        return actions + takePongs()
    }

    /// Moves what the machine has to send to `sent`, and tells the PONGs among it.
    private mutating func takePongs() -> [Action] {
        var pongs: [Action] = []
        while var bytes = server?.nextBytes(.max) ?? client?.nextBytes(.max) {
            sent.writeImmutableBuffer(bytes)
            // The preface and the answer to HTTP are no frames.
            while !bytes.frameTypes.isEmpty, let header = RCPFrameHeader(peeking: bytes) {
                bytes.moveReaderIndex(forwardBy: RCPFrameHeader.bytes)
                let payload = bytes.readSlice(length: Int(header.payloadBytes))!
                if header.typeNumber == RCPFrameType.pong.rawValue { pongs.append(.pong(payload)) }
                if header.typeNumber == RCPFrameType.credit.rawValue {
                    creditSent[header.stream, default: 0] += Int(
                        payload.getInteger(at: payload.readerIndex) as UInt32? ?? 0)
                }
            }
        }
        return pongs
    }

    private mutating func next() -> Action? {
        if let action = server?.nextAction(nowMilliseconds: nowMilliseconds) { return .server(action) }
        if case .some(let action) = client?.nextAction() { return .client(action) }
        return nil
    }

    private mutating func run(_ event: VectorStep.Event, _ step: VectorStep) -> Action? {
        switch event {
        case .connected:
            client!.connected()
            return nil
        case .authenticated:
            server!.authenticated()
            return nil
        case .frameTimeout:
            return server!.frameTimedOut().map { .server($0) }
        case .helloTimeout:
            return server!.helloTimedOut().map { .server($0) }
        case .transportEnd:
            if server != nil { return server!.peerClosed().map { .server($0) } }
            return client!.peerClosed().map { .client($0) }
        case .openCall:
            openCall(step.method)
            return nil
        case .takeMessage:
            server?.messageTaken(stream: step.stream!)
            client?.messageTaken(stream: step.stream!)
            return nil
        case .reply:
            server!.reply(stream: step.stream!, head: Fixture.success, message: replyMessage(step.stream!))
            return nil
        }
    }

    private mutating func openCall(_ id: UInt16?) {
        let call = VectorFixture.shared.openCall
        let method = VectorFixture.shared.methodTable[id ?? call.method]!
        let isUnaryMutation = method.kind == .unary && method.idempotency == .mutation
        let head = RCPRequestHead(
            timeoutMilliseconds: 1000, requestID: isUnaryMutation ? RCPRequestID(call.requestId)! : .zero)
        let message = method.kind.streamsRequests ? nil : ByteBuffer(vector: call.message)
        guard case .opened = client!.openCall(method, head: head, message: message) else {
            preconditionFailure("the fixture's call cannot be opened")
        }
    }

    private func replyMessage(_ stream: UInt32) -> ByteBuffer? {
        kinds[stream]!.streamsReplies ? nil : Fixture.message
    }
}

extension VectorRunner.Action {
    /// Whether it concerns the driver's timers alone, which the vectors leave to each implementation.
    var setsTimer: Bool {
        switch self {
        case .server(.awaitMessage), .server(.dropMessage), .server(.endReply): true
        case .server, .client, .pong: false
        }
    }

    /// The row of SPEC.md §10 that this action blames.
    var violation: RCPViolation? {
        switch self {
        case .server(.refuseCall(_, _, let violation)): violation
        case .server(.abortCall(_, _, let violation)): violation
        case .server(.close(let close)): close.violation
        case .client(.failCall(_, _, let violation)): violation
        case .client(.close(let close)): close.violation
        case .server, .client, .pong: nil
        }
    }

    /// As the vectors' README names it.
    var name: String {
        switch self {
        case .server(let action): action.vectorName
        case .client(let action): action.vectorName
        case .pong(let opaque): "send_pong \(opaque.hexadecimal)"
        }
    }
}

extension RCPServerAction {
    fileprivate var vectorName: String {
        switch self {
        case .authenticate: "authenticate"
        case .awaitMessage, .dropMessage: preconditionFailure("no action of the vectors")
        case .startCall(let call): "start_call \(call.stream)"
        case .deliver(let stream, let message, let isLast):
            "deliver \(stream) \(message.vectorNotation)\(isLast ? " END" : "")"
        case .endMessages(let stream): "end_messages \(stream)"
        case .resumeWriter, .endReply: preconditionFailure("no action of the vectors")
        case .cancelCall(let stream): "cancel_call \(stream)"
        case .abortCall(let stream, let status, _): "abort_call \(stream) \(status.code.name)"
        case .refuseCall(let stream, let status, _): "refuse_call \(stream) \(status.code.name)"
        case .close: "close"
        }
    }
}

extension RCPClientAction {
    fileprivate var vectorName: String {
        switch self {
        case .ready: return "ready"
        case .deliver(let stream, let message): return "deliver \(stream) \(message.vectorNotation)"
        case .resumeWriter: preconditionFailure("no action of the vectors")
        case .completeCall(let reply): return "complete_call \(reply.stream)"
        case .failCall(let stream, let status, _):
            return "fail_call \(stream) \(status.code.name) \(status.outcome.name)"
        case .pongReceived: return "pong_received"
        case .stopOpening(_, let failures):
            return (["stop_opening"] + failures.map { "\($0.stream)" }).joined(separator: " ")
        case .close(let close):
            if let refused = close.refused { return "close refused \(refused.code)" }
            let failures = close.failures.map { "\($0.stream) \($0.status.outcome.name)" }
            return failures.isEmpty ? "close" : "close " + failures.joined(separator: ", ")
        }
    }
}

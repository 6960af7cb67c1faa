import NIOCore

/// One call at the server. A stream that has ended is not kept at all.
struct RCPServerCall: Sendable {
    enum Phase: Sendable {
        /// The only message of the request is under assembly.
        case receiving
        /// The handler runs, RESPONSE is still to come.
        case running
        /// The handler has returned; messages or fragments are still to be sent.
        case replying
        /// Ended on the wire by CANCEL or deadline; the handler has not returned and still counts.
        case abandoned
    }

    var phase: Phase
    /// Of the request's only message.
    var heldBytes: Int
    let kind: RCPCallKind
    let isReadOnly: Bool
}

/// A request whose message is under assembly.
struct RCPReceivingCall: Sendable {
    let method: RCPMethod
    let head: RCPRequestHead
    var assembly: RCPAssembly
}

/// The open calls of one connection, with the bytes they hold.
struct RCPServerCalls: Sendable {
    /// The highest stream a REQUEST has named.
    private(set) var highestStream: UInt32 = 0
    /// The highest stream that was acted on, be it by a refusal; what GOAWAY states.
    private(set) var lastStream: UInt32 = 0
    /// Messages under assembly by their total, and requests of running calls.
    private(set) var held = RCPHeldBytes()
    private var calls: [UInt32: RCPServerCall] = [:]
    /// Apart from the calls, so that a fragment is appended in place and never copies what came before.
    private var receiving: [UInt32: RCPReceivingCall] = [:]

    var count: Int { calls.count }
    var isEmpty: Bool { calls.isEmpty }

    subscript(stream: UInt32) -> RCPServerCall? { calls[stream] }

    mutating func requestNamed(_ stream: UInt32, isActedOn: Bool) {
        highestStream = stream
        if isActedOn { lastStream = stream }
    }

    mutating func run(_ method: RCPMethod, heldBytes: Int, _ stream: UInt32) {
        insert(.running, method, heldBytes: heldBytes, stream)
    }

    mutating func receive(_ call: RCPReceivingCall, _ stream: UInt32) {
        insert(.receiving, call.method, heldBytes: call.assembly.totalBytes, stream)
        receiving[stream] = call
    }

    private mutating func insert(
        _ phase: RCPServerCall.Phase, _ method: RCPMethod, heldBytes bytes: Int, _ stream: UInt32
    ) {
        held.add(bytes)
        let isReadOnly = method.idempotency == .readOnly
        let call = RCPServerCall(phase: phase, heldBytes: bytes, kind: method.kind, isReadOnly: isReadOnly)
        insert(call, stream)
    }

    private mutating func insert(_ call: RCPServerCall, _ stream: UInt32) {
        let previous = calls.updateValue(call, forKey: stream)
        precondition(previous == nil, "stream \(stream) was opened twice")
    }

    /// - Parameter roomBytes: what a message may take more when it is no longer compressed.
    /// - Returns: the call once its message is complete; from then on it runs.
    mutating func append(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) -> RCPReceivingCall? {
        guard try receiving[frame.stream]!.assembly.append(frame, endsCall: true) else { return nil }
        try receiving[frame.stream]!.assembly.inflate(
            &inflater, messageBytesMax: messageBytesMax, roomBytes: roomBytes)
        let call = receiving.removeValue(forKey: frame.stream)!
        let bytes = call.assembly.message.readableBytes
        held.remove(calls[frame.stream]!.heldBytes)
        held.add(bytes)
        calls[frame.stream]!.heldBytes = bytes
        calls[frame.stream]!.phase = .running
        return call
    }

    /// A call that was removed counts again until its reply is sent; of its request nothing is held any more.
    mutating func reply(_ call: RCPServerCall, _ stream: UInt32) {
        insert(
            RCPServerCall(phase: .replying, heldBytes: 0, kind: call.kind, isReadOnly: call.isReadOnly),
            stream)
    }

    /// The call has ended on the wire; its message stays held until the handler returns.
    mutating func abandon(_ stream: UInt32) { calls[stream]!.phase = .abandoned }

    @discardableResult
    mutating func remove(_ stream: UInt32) -> RCPServerCall? {
        guard let call = calls.removeValue(forKey: stream) else { return nil }
        held.remove(call.heldBytes)
        if call.phase == .receiving { receiving[stream] = nil }
        return call
    }

    /// Ends everything, and names the calls whose handlers have to be stopped, in order.
    mutating func removeAll() -> [UInt32] {
        let running = calls.filter { $0.value.phase == .running }.keys.sorted()
        calls = [:]
        receiving = [:]
        held = RCPHeldBytes()
        return running
    }
}

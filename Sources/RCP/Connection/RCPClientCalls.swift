import NIOCore

/// One call at the client. A stream that has ended is not kept at all.
struct RCPClientCall: Sendable {
    enum Phase: Sendable {
        /// RESPONSE has not come.
        case awaitingResponse
        /// RESPONSE has come, its message is still coming.
        case receiving(heldBytes: Int)
    }

    var phase = Phase.awaitingResponse
    let kind: RCPCallKind
}

/// The open calls of one connection, with the bytes their answers hold.
struct RCPClientCalls: Sendable {
    /// The last stream opened; 0 before the first.
    private(set) var lastStream: UInt32 = 0
    private(set) var heldBytes = 0
    private var calls: [UInt32: RCPClientCall] = [:]
    /// Apart from the calls, so that a fragment is appended in place and never copies what came before.
    private var receiving: [UInt32: (head: RCPResponseHead, assembly: RCPAssembly)] = [:]

    var count: Int { calls.count }
    var isEmpty: Bool { calls.isEmpty }

    subscript(stream: UInt32) -> RCPClientCall? { calls[stream] }

    /// - Returns: the new call's stream, or nil when the ids are used up and another connection is needed.
    mutating func open(_ kind: RCPCallKind) -> UInt32? {
        guard lastStream < .max else { return nil }
        lastStream += 1
        calls[lastStream] = RCPClientCall(kind: kind)
        return lastStream
    }

    mutating func receive(_ head: RCPResponseHead, _ assembly: RCPAssembly, _ stream: UInt32) {
        heldBytes += assembly.totalBytes
        calls[stream]!.phase = .receiving(heldBytes: assembly.totalBytes)
        receiving[stream] = (head, assembly)
    }

    /// - Returns: the answer once its message is complete; the call has then ended.
    mutating func append(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int
    ) throws(RCPViolation) -> RCPInboundReply? {
        guard try receiving[frame.stream]!.assembly.append(frame, endsCall: true) else { return nil }
        // From here on the message is the caller's, and held no more.
        try receiving[frame.stream]!.assembly.inflate(
            &inflater, messageBytesMax: messageBytesMax, roomBytes: Int(Int32.max))
        let answer = receiving[frame.stream]!
        remove(frame.stream)
        return RCPInboundReply(stream: frame.stream, head: answer.head, message: answer.assembly.message)
    }

    /// - Returns: whether the stream was open.
    @discardableResult
    mutating func remove(_ stream: UInt32) -> Bool {
        guard let call = calls.removeValue(forKey: stream) else { return false }
        if case .receiving(let bytes) = call.phase {
            heldBytes -= bytes
            receiving[stream] = nil
        }
        return true
    }

    /// Ends the calls above `last`, and names them in order.
    mutating func removeAll(above last: UInt32) -> [UInt32] {
        let ended = calls.keys.filter { $0 > last }.sorted()
        for stream in ended { remove(stream) }
        return ended
    }
}

import NIOCore

/// One call at the server. A stream that has ended is not kept at all.
enum RCPServerCallState: Sendable {
    /// Open: the client is still sending. (Streaming calls will start their handler in this state.)
    case receiving(heldBytes: Int)
    /// Half-closed by the client: the handler runs, RESPONSE is still to come.
    case running(heldBytes: Int)
    /// Ended on the wire by CANCEL or deadline; the handler has not returned and still counts.
    case abandoned(heldBytes: Int)
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
    private(set) var heldBytes = 0
    private var states: [UInt32: RCPServerCallState] = [:]
    /// Apart from the states, so that a fragment is appended in place and never copies what came before.
    private var receiving: [UInt32: RCPReceivingCall] = [:]

    var count: Int { states.count }
    var isEmpty: Bool { states.isEmpty }

    subscript(stream: UInt32) -> RCPServerCallState? { states[stream] }

    mutating func requestNamed(_ stream: UInt32, isActedOn: Bool) {
        highestStream = stream
        if isActedOn { lastStream = stream }
    }

    mutating func run(_ stream: UInt32, heldBytes bytes: Int) { insert(.running(heldBytes: bytes), stream) }

    mutating func receive(_ call: RCPReceivingCall, _ stream: UInt32) {
        insert(.receiving(heldBytes: call.assembly.totalBytes), stream)
        receiving[stream] = call
    }

    private mutating func insert(_ state: RCPServerCallState, _ stream: UInt32) {
        heldBytes += state.heldBytes
        let previous = states.updateValue(state, forKey: stream)
        precondition(previous == nil, "stream \(stream) was opened twice")
    }

    /// - Returns: the call once its message is complete; from then on it runs.
    mutating func append(_ frame: RCPFrame) throws(RCPViolation) -> RCPReceivingCall? {
        guard try receiving[frame.stream]!.assembly.append(frame) else { return nil }
        let call = receiving.removeValue(forKey: frame.stream)!
        states[frame.stream] = .running(heldBytes: call.assembly.totalBytes)
        return call
    }

    /// The call has ended on the wire; its message stays held until the handler returns.
    mutating func abandon(_ stream: UInt32, heldBytes: Int) {
        states[stream] = .abandoned(heldBytes: heldBytes)
    }

    @discardableResult
    mutating func remove(_ stream: UInt32) -> RCPServerCallState? {
        guard let state = states.removeValue(forKey: stream) else { return nil }
        heldBytes -= state.heldBytes
        if case .receiving = state { receiving[stream] = nil }
        return state
    }

    /// Ends everything, and names the calls whose handlers have to be stopped, in order.
    mutating func removeAll() -> [UInt32] {
        let running = states.filter { $0.value.isRunning }.keys.sorted()
        states = [:]
        receiving = [:]
        heldBytes = 0
        return running
    }
}

extension RCPServerCallState {
    fileprivate var heldBytes: Int {
        switch self {
        case .receiving(let bytes), .running(let bytes), .abandoned(let bytes): bytes
        }
    }

    fileprivate var isRunning: Bool {
        switch self {
        case .running: true
        case .receiving, .abandoned: false
        }
    }
}

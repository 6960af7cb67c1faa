/// What an open connection has agreed on, and how far its end has come.
struct RCPServerSession: Sendable {
    enum Drain: Sendable {
        case none
        /// GOAWAY(max) and PING are sent; REQUESTs on their way are still accepted.
        case announced(ping: UInt64, text: String)
        /// GOAWAY(last) is sent; later REQUESTs are skipped.
        case confirmed
    }

    let features: RCPFeatures
    let framePayloadBytesMax: Int
    let messageBytesMax: Int
    let pingIntervalMillisecondsMin: UInt64
    var drain: Drain = .none
    /// Last stream of the client's GOAWAY; after it no REQUEST may come.
    var peerGoAwayLastStream: UInt32?
    private var lastPingMilliseconds: UInt64?
    private var pingStrikes = 0

    init(_ ack: RCPHelloAck) {
        features = ack.features
        framePayloadBytesMax = Int(ack.framePayloadBytesMax)
        messageBytesMax = Int(ack.messageBytesMax)
        pingIntervalMillisecondsMin = UInt64(ack.pingIntervalMillisecondsMin)
    }

    /// Whether the last stream is settled.
    var isDrained: Bool {
        switch drain {
        case .none, .announced: false
        case .confirmed: true
        }
    }

    /// Whether the connection ends with its last call.
    var endsWhenIdle: Bool { isDrained || peerGoAwayLastStream != nil }

    mutating func pingReceived(nowMilliseconds: UInt64, pingStrikesMax: Int) throws(RCPViolation) {
        defer { lastPingMilliseconds = nowMilliseconds }
        guard let last = lastPingMilliseconds, nowMilliseconds < last + pingIntervalMillisecondsMin else {
            pingStrikes = 0
            return
        }
        pingStrikes += 1
        if pingStrikes > pingStrikesMax { throw .pingTooOften }
    }
}

/// What an open connection has agreed on, and how far its end has come.
struct RCPClientSession: Sendable {
    let features: RCPFeatures
    let framePayloadBytesMax: Int
    let messageBytesMax: Int
    let streamsMax: Int
    let pingIntervalMillisecondsMin: UInt64
    /// We have sent GOAWAY.
    var isDraining = false
    /// The server's last GOAWAY; its last stream never rises.
    var peerGoAway: RCPGoAway?
    var lastPingMilliseconds: UInt64?

    init(_ ack: RCPHelloAck) {
        features = ack.features
        framePayloadBytesMax = Int(ack.framePayloadBytesMax)
        messageBytesMax = Int(ack.messageBytesMax)
        streamsMax = Int(ack.streamsMax)
        pingIntervalMillisecondsMin = UInt64(ack.pingIntervalMillisecondsMin)
    }

    /// Whether the connection ends with its last call.
    var endsWhenIdle: Bool {
        if isDraining { return true }
        // GOAWAY(max) only asks to go elsewhere: the PING that follows it still has to be answered.
        if let peerGoAway { return peerGoAway.lastStream < .max }
        return false
    }

    var mayOpenCalls: Bool { !isDraining && peerGoAway == nil }
}

/// The listener's own limits, beside those of RCP/1 in `RCPLimits`. Each has a unit in its name.
public struct RCPTransportLimits: Sendable, Hashable {
    /// Numbers of connections.
    public var connections = RCPConnectionLimits()
    /// From accepting a connection to its HELLO while no ordinary place is left; otherwise `RCPLimits.helloMillisecondsMax`.
    public var fullHelloMillisecondsMax: Int = 2_000
    /// Handlers that have not returned, per event loop; the next call is answered RESOURCE_EXHAUSTED. Per
    /// connection `RCPLimits.streamsMax` holds.
    public var callsPerLoopMax: Int = 16_384
    /// Beyond them, for administrators alone.
    public var administratorCallsKept: Int = 64
    /// Calls that stream, of the whole server and of one principal; the next one is answered RESOURCE_EXHAUSTED.
    public var serverStreamsMax: Int = 4_096
    /// Calls that stream of one principal, over all its connections.
    public var principalStreamsMax: Int = 256
    /// Beyond those of the server, for administrators alone.
    public var administratorStreamsKept: Int = 16
    /// Bytes of messages that are not complete or that no handler has done with, and of frames under way, by the room that
    /// they take: of all connections and of those of one principal. A message beyond is answered RESOURCE_EXHAUSTED. Each
    /// connection may hold a little without being counted (`RCPByteLease.freeBytes`, of messages and again of a frame).
    public var serverReceivedBytesMax: Int = 268_435_456
    /// The same of one principal.
    public var principalReceivedBytesMax: Int = 67_108_864
    /// What the unary calls of one principal that are in progress on one event loop may weigh, by the bytes of their
    /// requests and by those that their replies will probably have (`RCPCallWeight`). The next ones wait, their timeouts
    /// running, until a call ends; each connection in turn begins one.
    public var principalCallBytesMax: Int = 4_194_304
    /// Calls of one principal that wait so on one event loop; the next one is answered RESOURCE_EXHAUSTED.
    public var principalWaitingCallsMax: Int = 8_192
    /// Calls begun, messages delivered and the like that one connection may cause before the others of its loop have their
    /// turn.
    public var actionsPerTurnMax: Int = 8
    /// How long a loop goes on with what was read before it looks at its sockets again.
    public var turnMicrosecondsMax: Int = 500
    /// Reply bytes that are handed to the socket before the read that caused them has ended, and that it holds at most,
    /// but for a frame.
    public var flushBytes: Int = 262_144
    /// Unsent bytes of one connection's replies above which a reply with a message becomes RESOURCE_EXHAUSTED. Calls that
    /// were running when reading stopped (`RCPLimits.outboundBytesMax`) may go beyond that limit up to this one. Once
    /// more, as a limit of their own, for the messages of its streams.
    public var unsentBytesMax: Int = 33_554_432
    /// The same, of all connections and of those of one principal whose sockets take nothing, or whose streams have no
    /// credit.
    public var serverUnsentBytesMax: Int = 268_435_456
    /// The same of one principal.
    public var principalUnsentBytesMax: Int = 67_108_864
    /// A client that lets unsent bytes wait this long is closed.
    public var stalledMillisecondsMax: Int = 60_000
    /// After so long without a byte from the client the server sends a PING.
    public var keepaliveIdleMilliseconds: Int = 60_000
    /// A client that then stays silent for so long is closed.
    public var keepaliveAnswerMillisecondsMax: Int = 20_000
    /// A connection without a call for this long is drained.
    public var connectionIdleMillisecondsMax: Int = 1_800_000
    /// A connection of this age, give or take a tenth, is drained, so that clients spread over new servers and show their
    /// certificates again.
    public var connectionAgeMillisecondsMax: Int = 3_600_000
    /// From the drain of one connection, for its age or for want of calls, until its calls are given up.
    public var connectionGraceMilliseconds: Int = 300_000
    /// From the last byte sent until the socket is closed hard, for the client to read it and close first.
    public var lingerMillisecondsMax: Int = 1_000
    /// From the start of a graceful stop until calls still running are given up.
    public var drainMillisecondsMax: Int = 30_000
    /// Connections the kernel holds ready until they are accepted; it may hold fewer (net.core.somaxconn).
    public var backlogConnectionsMax: Int = 4_096
    /// How late a call's deadline may fire.
    public var tickMilliseconds: Int = 10
    /// How often a loop looks after its connections: revoked principals, silent and stalled clients.
    public var sweepMilliseconds: Int = 1_000

    /// What one principal may begin in a second.
    public var callRates = RCPCallRates()

    public init() {}

    var isValid: Bool {
        connections.isValid && fullHelloMillisecondsMax > 0 && callsPerLoopMax > 0 && actionsPerTurnMax > 0
            && turnMicrosecondsMax > 0
            && flushBytes > 1
            && unsentBytesMax > 0
            && administratorCallsKept >= 0 && serverStreamsMax > 0 && principalStreamsMax > 0
            && administratorStreamsKept >= 0 && serverReceivedBytesMax > 0 && principalReceivedBytesMax > 0
            && principalCallBytesMax > 0 && principalWaitingCallsMax > 0
            && serverUnsentBytesMax > 0 && principalUnsentBytesMax > 0
            && stalledMillisecondsMax > 0 && keepaliveIdleMilliseconds > 0
            && keepaliveAnswerMillisecondsMax > 0 && connectionIdleMillisecondsMax > 0
            && connectionAgeMillisecondsMax > 0 && connectionGraceMilliseconds > 0
            && lingerMillisecondsMax > 0 && drainMillisecondsMax > 0
            && (1...Int(Int32.max)).contains(backlogConnectionsMax) && tickMilliseconds > 0
            && sweepMilliseconds > 0 && callRates.isValid
    }
}

import RCP

/// What a client needs to know; every limit has a name and a unit.
public struct RCPClientConfiguration: Sendable {
    /// At least one. A server that cannot be reached, or is lost, is replaced by the next one.
    public var addresses: [RCPAddress]
    /// How the client chooses among several addresses.
    public var balancing = RCPBalancing.pickFirst
    /// Connections to keep; calls take turns on those that are ready. With `roundRobin` at least one an address.
    public var connections = 1
    /// Who calls, for each connection's HELLO (SPEC.md §4.1).
    public var credentials: RCPCredentials
    /// Whether token and calls may go unencrypted to another machine; for networks that are encrypted by other means. Without
    /// it, plaintext goes to Unix sockets and loopback addresses alone, and to no host name but `localhost`.
    public var allowsPlaintext = false
    /// For addresses with TLS.
    public var tls = RCPClientTLS()
    /// For the server's log: program and version.
    public var clientName: String
    /// What failures call the server: "connection refused — is an RCP server running at …?"
    public var serverProgram = "an RCP server"
    /// What this client takes of a server: sizes of frames, messages and windows (SPEC.md §4.1).
    public var limits = Self.limitsDefault
    /// Asks the server for compression (SPEC.md §6.7), which then holds for both directions: less traffic for more time of
    /// either side's processor. For large messages over slow networks.
    public var compressesMessages = false
    /// A unary call's whole time, retries included, unless its options say otherwise; nil is no limit. A call that streams
    /// waits as long for its connection.
    public var timeout: Duration? = .seconds(30)
    /// How often one call is sent at most. Waiting for a connection counts with `failsFast` alone.
    public var attemptsMax = 5
    /// Whether a failed connect counts as an attempt of every call that waits, so that they end soon where there is no
    /// server; for programs that somebody waits for. Otherwise calls wait for a connection until their deadline, and
    /// outlive a restart of the server.
    public var failsFast = false
    /// Waits between the attempts of one call, and between attempts to connect.
    public var backoff = RCPBackoff()
    /// What all calls of the client may repeat together.
    public var retryBudget = RCPRetryBudget()
    /// Around every call, the first one outermost.
    public var interceptors: [any RCPClientInterceptor] = []
    /// TCP or Unix connect.
    public var connectTimeout: Duration = .seconds(5)
    /// From the connection's opening to HELLO_ACK.
    public var handshakeTimeout: Duration = .seconds(10)
    /// A connection that has been silent for this long is asked with PING; as long again without a byte ends it. nil never
    /// asks. Not below the server's ping interval, which the machine enforces.
    public var keepalive: Duration? = .seconds(20)
    /// Calls that wait for a connection or a free stream; one more is refused with RESOURCE_EXHAUSTED.
    public var waitingCallsMax = 10_000
    /// Message bytes of the calls that wait.
    public var waitingBytesMax = 64 * 1_024 * 1_024
    /// How long `RCPClient.shutdown()` lets open calls finish.
    public var drainTimeout: Duration = .seconds(5)

    /// A client chose its server and made the calls, so it may hold more than a server does of strangers: many large replies
    /// come at the same time, each by a frame in turn.
    private static let limitsDefault: RCPLimits = {
        var limits = RCPLimits()
        limits.heldBytesMax = 268_435_456
        return limits
    }()

    /// - Parameter address: the only one; more go into `addresses`.
    public init(
        address: RCPAddress = .standard, credentials: RCPCredentials,
        clientName: String = "RCPClient (Swift)"
    ) {
        addresses = [address]
        self.credentials = credentials
        self.clientName = clientName
    }

    /// The only address, or the first.
    public var address: RCPAddress {
        get { addresses[0] }
        set { addresses = [newValue] }
    }
}

/// How a client with several addresses chooses among them.
public enum RCPBalancing: Sendable, Hashable {
    /// The first that can be reached, in their order, until it is lost.
    case pickFirst
    /// Each has a connection, and calls take turns. A connection whose address cannot be reached goes to the next one.
    case roundRobin
}

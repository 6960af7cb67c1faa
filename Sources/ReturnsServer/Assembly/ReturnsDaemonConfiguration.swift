import NIOCore
import RCP
import RCPServer
import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What returnsd is told by flags, environment and file.
public struct ReturnsDaemonConfiguration: Sendable {
    public var listen: [String] = ["127.0.0.1:7461"]
    /// Nil starts a private redis-server in the data folder.
    public var redisURL: String?
    /// The password of Redis, in a file of its own, so that it stands in no address.
    public var redisPasswordFile: String?
    public var dataDirectory = "./var"
    public var eventLoops = System.coreCount
    public var partitions = Partitioning.countDefault
    public var hasTestClock = false
    /// Whether to go on with the store as it is found, whatever it has lost.
    public var acceptsLoss = false
    /// Up to so many acknowledged changes may be missing without anybody's word.
    public var toleratedLoss: Int64 = 0
    public var sweeps = true
    public var sweepIntervalMilliseconds: Int64 = 1_000
    /// How much of each partition's events is kept for those who follow them.
    public var outboxRetention = OutboxRetention()
    /// How long orders without cases are kept; 0 keeps them for ever.
    public var ordersKeptDays = Int(OrderRetention.daysDefault)
    /// How long the figures of a day's deadlines are kept; 0 keeps them for ever.
    public var attainmentKeptDays = AttainmentRetention.daysDefault
    /// Where the steps of sweeps are recorded, for tests that kill sweepers; nowhere if nil.
    public var sweepProgressFile: String?
    public var transport = RCPTransportLimits()
    /// Subscriptions to events, of the whole server and of one principal.
    public var subscriptionsMax = EventLimits().followersMax
    public var principalSubscriptionsMax = EventLimits().followersPerPrincipalMax
    public var tls: RCPTLSFiles?
    /// PEM: authorities of webhooks' receivers, besides the system's.
    public var webhookCA: String?
    /// Where to serve metrics and probes over HTTP, as HOST:PORT; nowhere if nil.
    public var metricsListen: String?
    /// The file that spans are written to; none are recorded if nil.
    public var traceFile: String?
    /// Of the traces that begin here, 0 to 1; those of callers that trace go by the callers' decision.
    public var traceShare = 1.0
    /// Whether plaintext may be listened for where other machines can reach it.
    public var allowsPlaintext = false
    /// Whether `ConformanceService` is offered, for trying clients.
    public var offersConformance = false

    /// The highest writer level that the server knows: its build's, but in tests, where servers of two builds meet.
    package var highestLevel = WriterLevel.highest

    public init() {}
}

/// A configuration that was checked, with its addresses read.
struct CheckedConfiguration: Sendable {
    var listen: [RCPAddress]
    /// Nil for the private redis-server.
    var redis: RedisURL?
    var metrics: (host: String, port: Int)?
}

extension ReturnsDaemonConfiguration {
    /// Checks everything of a start that can be known without beginning one; every start begins with it. Changes,
    /// locks, binds and connects to nothing, so what other processes hold at the time of the start is not seen.
    ///
    /// - Throws: `StartError`, `RCPListenError` or `PrincipalError` with a text for the operator.
    func checked() throws -> CheckedConfiguration {
        let addresses = try listen.map(address)
        let metrics = try metricsListen.map(Self.metricsAddress)
        if let tls { _ = try RCPTLSIdentity.load(tls) }
        if let webhookCA { _ = try RCPTLSIdentity.certificates(webhookCA, "webhooks' authority") }
        if let traceFile { try OTLPFileExporter.check(path: traceFile) }
        let redis = try redisAddress()
        let directory = try DataDirectory.check(path: dataDirectory)
        if redis == nil {
            try RedisChild.check(dataDirectory: directory)
            guard Self.isInstalled(RedisChild.program) else {
                throw StartError(
                    "\(RedisChild.program) is not installed; install it (Debian: redis-server) or use --redis URL"
                )
            }
        }
        let principals = PrincipalFile(directory: directory)
        if principals.file.version != nil { _ = try principals.read() }
        return CheckedConfiguration(listen: addresses, redis: redis, metrics: metrics)
    }

    var storeSettings: StoreSettings {
        var settings = StoreSettings(partitions: partitions, hasTestClock: hasTestClock)
        settings.highestLevel = highestLevel
        return settings
    }

    private static func metricsAddress(_ text: String) throws(StartError) -> (host: String, port: Int) {
        guard case .tcp(let host, let port)? = try? RCPAddress(text), !text.contains("://") else {
            throw StartError("\(text) is no address for metrics: give HOST:PORT")
        }
        return (host, port)
    }

    private func address(_ text: String) throws(RCPListenError) -> RCPAddress {
        let address: RCPAddress
        do throws(RCPAddressError) {
            address = try RCPAddress(text)
        } catch {
            throw .invalidAddress(text, error)
        }
        switch address {
        case .tcp(let host, let port), .tls(let host, let port):
            guard let target = try? SocketAddress.makeAddressResolvingHost(host, port: port) else {
                throw .cannotBind(address, "the host name cannot be resolved")
            }
            if case .tls = address {
                if tls == nil { throw .noCertificate(address) }
            } else if !target.isLoopback, !allowsPlaintext {
                throw .plaintextNotLoopback(address)
            }
        case .unix(let path):
            let folder = PrivateFile(path: path).directory
            guard access(folder, W_OK | X_OK) == 0 else {
                throw .cannotBind(address, "the folder \(folder): \(DataDirectory.errorText)")
            }
        }
        return address
    }

    private func redisAddress() throws(StartError) -> RedisURL? {
        guard let redisURL else {
            if redisPasswordFile == nil { return nil }
            throw StartError(
                "--redis-password-file is of no use without --redis, which says where that Redis is")
        }
        let password = try redisPasswordFile.map { path throws(StartError) in
            try SecretFile.read(path, "the password of Redis")
        }
        do {
            return try RedisURL(redisURL, password: password)
        } catch {
            throw StartError(error.message)
        }
    }

    /// Whether an address of Redis holds a password, which everybody on the machine can read in the list of processes if the
    /// address is a flag.
    public static func holdsPassword(redisURL: String) -> Bool {
        guard let url = try? RedisURL(redisURL) else { return false }
        return url.password != nil
    }

    /// - Parameter name: The secret that the file holds, such as "the password of Redis".
    /// - Throws: `StartError` where others may read or change the file.
    public static func checkSecret(_ path: String, _ name: String) throws(StartError) {
        try SecretFile.check(path, name)
    }

    private static func isInstalled(_ program: String) -> Bool {
        guard let path = getenv("PATH") else { return false }
        return String(cString: path).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}

import Logging
import NIOCore
import NIOPosix
import RCP
import RCPServer
import RedisClient
import ReturnsStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a trial has found good, and what only a start shows.
public struct StartTrial: Sendable {
    public var tried: [String] = []
    public var notTried: [String] = []
}

extension ReturnsDaemonConfiguration {
    /// How long Redis may take to answer.
    private static let trialSecondsMax: Int64 = 5

    /// Checks the settings, then tries what a start needs: writes to the data folder, binds the addresses, asks Redis. Leaves
    /// nothing behind, and changes nothing in Redis.
    ///
    /// - Throws: as a start would, with a text for the operator.
    public func tried(logger: Logger) async throws -> StartTrial {
        let checked = try checked()
        var trial = StartTrial()
        trial.tried.append("the data folder \(try DataDirectory.tryOut(path: dataDirectory)): written to")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await tryAddresses(checked, group, &trial)
            try await tryRedis(checked.redis, group, logger, &trial)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
        return trial
    }

    /// All at once, since two of them may be the same.
    private func tryAddresses(
        _ checked: CheckedConfiguration, _ group: MultiThreadedEventLoopGroup, _ trial: inout StartTrial
    ) async throws {
        var channels: [any Channel] = []
        do {
            for address in checked.listen {
                channels.append(try await Self.bind(address, group))
                trial.tried.append("\(address): bound")
            }
            if let (host, port) = checked.metrics {
                let address = RCPAddress.tcp(host: host, port: port)
                do {
                    channels.append(try await Self.bind(address, group))
                } catch {
                    throw StartError("cannot listen for metrics on \(host):\(port): \(error)")
                }
                trial.tried.append("\(address): bound, for metrics")
            }
        } catch {
            for channel in channels { try? await channel.close() }
            throw error
        }
        for channel in channels { try? await channel.close() }
        for case .unix(let path) in checked.listen { unlink(path) }
    }

    private static func bind(
        _ address: RCPAddress, _ group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group).serverChannelOption(
            .socketOption(.so_reuseaddr), value: 1)
        do {
            switch address {
            case .tcp(let host, let port), .tls(let host, let port):
                return try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                try UnixSocketFile(path: path).removeIfStale(for: address)
                return try await bootstrap.bind(unixDomainSocketPath: path).get()
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw RCPListenError.addressInUse(address)
        } catch let error as IOError {
            throw RCPListenError.cannotBind(address, String(cString: strerror(error.errnoCode)))
        }
    }

    /// Those of an embedded store that is there.
    private func tryFiles(_ trial: inout StartTrial) throws(StartError) {
        let files = AppendOnlyFolder(
            redisFolder: RedisChild.folder(in: DataDirectory.absolute(dataDirectory)))
        guard let gap = files.gap() else {
            if let name = files.tornIncrement() { throw StartError(files.refusal(ofTorn: name)) }
            return
        }
        if case .unlistedStore = gap { throw StartError(files.refusal(gap)) }
        guard acceptsLoss else { throw StartError(files.refusal(gap)) }
        trial.tried.append("\(files.finding(gap)); with --accept-loss \(gap.outcome)")
    }

    private static func embeddedNotTried(acceptsLoss: Bool) -> String {
        let reading = "starting redis-server, and reading what it has on disk"
        return acceptsLoss
            ? "\(reading): so what a start with --accept-loss would accept as lost is not known; a start without it says what is missing, takes no calls and ends"
            : reading
    }

    private func tryRedis(
        _ url: RedisURL?, _ group: MultiThreadedEventLoopGroup, _ logger: Logger, _ trial: inout StartTrial
    ) async throws {
        guard let url else {
            try tryFiles(&trial)
            trial.notTried.append(Self.embeddedNotTried(acceptsLoss: acceptsLoss))
            return
        }
        // What keeps it from connecting is the error's to say, once.
        var quiet = logger
        quiet.logLevel = .critical
        let client = RedisClient(
            configuration: RedisClientConfiguration(url: url), on: group.next(), logger: quiet)
        do {
            try await client.connect(deadline: .now() + .seconds(Self.trialSecondsMax))
            let identity = StoreIdentity(
                settings: storeSettings, mark: try StoreMarkKeeper.load(directory: dataDirectory),
                acceptsLoss: acceptsLoss, logger: quiet)
            let found = try await identity.examine(client)
            _ = try await identity.storedRules(client)
            trial.tried.append("Redis at \(url): \(found)")
        } catch let error as RedisError {
            await client.shutdown()
            throw StartError(error.message)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        trial.notTried.append("writing to Redis")
    }
}

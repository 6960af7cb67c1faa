import NIOCore
import NIOPosix
import RedisClient
import ReturnsRecords
import ReturnsStore

/// Why the store's writer level was not raised, for the operator.
public struct UpgradeError: Error, CustomStringConvertible {
    public let description: String
    /// As `returnsctl` has them: 1 failed, 3 no store there, 5 it is not allowed now, 6 Redis does not answer, 7 outcome unknown.
    public let exitStatus: Int32

    static func noStore(_ place: String) -> UpgradeError {
        UpgradeError(
            description:
                "there is no store in \(place), so it has no level to be raised; give --data and --redis as the servers have them",
            exitStatus: 3)
    }

    static func lowering(_ level: WriterLevel, _ highest: WriterLevel) -> UpgradeError {
        UpgradeError(
            description:
                "the store is at writer level \(level), and this returnsd knows \(highest): a level is never lowered, since records of it are there; upgrade this returnsd",
            exitStatus: 5)
    }

    init(_ error: StoreError) {
        let exitStatus: Int32 =
            switch error.code {
            case _ where error.outcome == .unknown: 7
            case .unavailable, .overloaded, .deadlineExceeded: 6
            case .unfit: 5
            case .cancelled, .corrupt, .refused, .misconfigured, .outsideScope, .levelTooLow: 1
            }
        let description =
            switch exitStatus {
            case 7:
                "\(error.description); whether the level was raised is not known: type the same once more"
            case 6: "\(HealthMonitor.reason(error)); nothing was raised"
            default: error.description
            }
        self.init(description: description, exitStatus: exitStatus)
    }

    private init(description: String, exitStatus: Int32) {
        self.description = description
        self.exitStatus = exitStatus
    }
}

extension ReturnsDaemon {
    /// Raises the level that the store's servers write at to the highest that this build knows. Servers at work go on: they
    /// learn it within three seconds. It serves nobody, and ends.
    ///
    /// - Parameter tell: Is told what it means before anything is changed.
    /// - Returns: what came of it, in words.
    /// - Throws: `UpgradeError`; as `run` what is wrong with the settings.
    public func upgradeStore(tell: (String) -> Void) async throws -> String {
        let checked = try configuration.checked()
        let folder = DataDirectory.absolute(configuration.dataDirectory)
        if let url = checked.redis { return try await raiseLevel(url, folder: folder, tell) }
        // The server that has the folder has started the embedded Redis, and lets others of its user in.
        if DataDirectory.isLocked(path: folder) {
            let socket = RedisURL(address: .unix(path: RedisChild.socketPath(in: folder)))
            return try await raiseLevel(socket, folder: folder, tell)
        }
        do throws(StartError) {
            try RedisChild.requireStore(in: folder)
        } catch {
            throw UpgradeError.noStore(folder)
        }
        let stop = await StopRequest(trapping: [.sigterm, .sigint])
        let directory = try DataDirectory(path: folder)
        let child = try RedisChild(directory: directory, logger: logger)
        do {
            try await child.start(on: MultiThreadedEventLoopGroup.singleton.next(), unless: stop)
            let text = try await raiseLevel(child.url, folder: folder, tell)
            await child.stop()
            return text
        } catch {
            await child.stop()
            throw error
        }
    }

    private func raiseLevel(
        _ url: RedisURL, folder: String, _ tell: (String) -> Void
    ) async throws -> String {
        try await requireStore(at: url, folder: folder)
        let identity = try identity(folder: folder)
        var settings = RedisClientConfiguration(url: url)
        settings.prepare = { connection in try await identity.prepare(connection) }
        let raise = try await with(settings) { client throws(StoreError) in
            try await ReturnsStore(redis: client, identity: identity).raiseLevel(
                deadline: .now() + .seconds(Self.upgradeSecondsMax)
            ) { raise in
                tell(
                    "raising the store's writer level from \(raise.before) to \(raise.after): servers of an older build go on reading, and refuse to decide on what is written from now on (RECORD_NEWER); there is no way back"
                )
            }
        }
        guard raise.after <= configuration.highestLevel else {
            throw UpgradeError.lowering(raise.after, configuration.highestLevel)
        }
        return raise.before == raise.after
            ? "the store's writer level is \(raise.after) already, the highest that this returnsd knows"
            : "the store's writer level was \(raise.before) and is \(raise.after)"
    }

    /// A wrong address makes no store.
    private func requireStore(at url: RedisURL, folder: String) async throws {
        let identity = try identity(folder: folder)
        let isThere = try await with(RedisClientConfiguration(url: url)) { client throws(StoreError) in
            try await identity.findsStore(client, deadline: .now() + .seconds(Self.upgradeSecondsMax))
        }
        guard isThere else { throw UpgradeError.noStore("Redis at \(url)") }
    }

    private func identity(folder: String) throws -> StoreIdentity {
        StoreIdentity(
            settings: configuration.storeSettings, mark: try StoreMarkKeeper.load(directory: folder),
            logger: logger)
    }

    private func with<Value>(
        _ settings: RedisClientConfiguration, _ body: (RedisClient) async throws(StoreError) -> Value
    ) async throws -> Value {
        // What keeps it from connecting is the error's to say, once.
        var quiet = logger
        quiet.logLevel = .critical
        let client = RedisClient(
            configuration: settings, on: MultiThreadedEventLoopGroup.singleton.next(), logger: quiet)
        do {
            try await client.connect(deadline: .now() + .seconds(Self.upgradeSecondsMax))
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            switch error {
            case let error as StoreError: throw UpgradeError(error)
            case let error as RedisError: throw UpgradeError(StoreError(redis: error))
            default: throw error
            }
        }
    }

    private static let upgradeSecondsMax: Int64 = 10
}

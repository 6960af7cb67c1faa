import NIOCore
import NIOPosix
import RedisClient
import ReturnsStore

extension ReturnsDaemon {
    /// Gives the first administrator a new token in `DIR/admin.token`, for one that was lost; the old one is good no more. It opens
    /// the store as a start does, serves nobody, and ends. Servers at work on the same store know within three seconds.
    ///
    /// - Returns: the token's file.
    /// - Throws: as `run`.
    public func makeAdministratorToken() async throws -> String {
        let checked = try configuration.checked()
        let stop = await StopRequest(trapping: [.sigterm, .sigint])
        // Before anything is made: where there is no store, a wrong folder or address was named.
        let known = try StoreMarkKeeper.load(directory: DataDirectory.absolute(configuration.dataDirectory))
        if let url = checked.redis {
            try await requireStore(url, known)
        } else if known.storeID == nil {
            try RedisChild.requireStore(in: configuration.dataDirectory)
        }
        let directory = try DataDirectory(path: configuration.dataDirectory)
        let registry = try PrincipalRegistry(directory: directory.path, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let child = checked.redis == nil ? try RedisChild(directory: directory, logger: logger) : nil
        do {
            try await child?.start(on: group.any(), unless: stop)
            let mark = try StoreMarkKeeper.load(directory: directory.path)
            if let child { try await requireStore(child.url, mark) }
            let backend = try await Backend.open(
                configuration, url: checked.redis ?? child!.url, group: group, watchLoop: group.next(),
                mark: mark, metrics: .none, tracer: nil, logger: logger, absence: { child?.absence })
            let administration = PrincipalAdministration(
                registry: registry, store: backend.firstStore, logger: logger)
            let now = SystemClock.wall().milliseconds
            _ = try await administration.start(directory: directory.path, nowMilliseconds: now)
            try await administration.makeAdministratorToken(directory: directory.path, nowMilliseconds: now)
            for client in backend.clients { await client.shutdown() }
        } catch {
            await child?.stop()
            throw Self.startError(error)
        }
        await child?.stop()
        try await group.shutdownGracefully()
        return "\(directory.path)/admin.token"
    }

    /// - Throws: as a start would where what was a store is damaged or gone, which names what is the matter and what to do.
    private func requireStore(_ url: RedisURL, _ mark: StoreMark) async throws {
        // What keeps it from connecting is the error's to say, once.
        var quiet = logger
        quiet.logLevel = .critical
        let client = RedisClient(
            configuration: RedisClientConfiguration(url: url),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: quiet)
        let identity = StoreIdentity(
            settings: configuration.storeSettings, mark: mark, acceptsLoss: configuration.acceptsLoss,
            logger: quiet)
        let isThere: Bool
        do {
            try await client.connect(deadline: .now() + .seconds(Self.lookSecondsMax))
            isThere = try await identity.findsStore(client)
        } catch {
            await client.shutdown()
            throw Self.startError(error)
        }
        await client.shutdown()
        guard isThere else { throw StartError.noStore("Redis at \(url)") }
    }

    private static let lookSecondsMax: Int64 = 5
}

extension StartError {
    static func noStore(_ place: String) -> StartError {
        StartError(
            "there is no store in \(place), so nobody has a token to be replaced; give --data and --redis as the server has them"
        )
    }
}

import NIOPosix
import RedisClient

extension ReturnsDaemon {
    /// Gives the first administrator a new token in `DIR/admin.token`, for one that was lost; the old one is good no more. It opens
    /// the store as a start does, serves nobody, and ends. Servers at work on the same store know within three seconds.
    ///
    /// - Returns: the token's file.
    /// - Throws: as `run`.
    public func makeAdministratorToken() async throws -> String {
        let checked = try configuration.checked()
        let stop = await StopRequest(trapping: [.sigterm, .sigint])
        let directory = try DataDirectory(path: configuration.dataDirectory)
        let registry = try PrincipalRegistry(directory: directory.path, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let child = checked.redis == nil ? try RedisChild(directory: directory, logger: logger) : nil
        do {
            try await child?.start(on: group.any(), unless: stop)
            let backend = try await Backend.open(
                configuration, url: checked.redis ?? child!.url, group: group,
                mark: try StoreMarkKeeper.load(directory: directory.path), metrics: .none, tracer: nil,
                logger: logger)
            let administration = PrincipalAdministration(
                registry: registry, store: backend.firstStore, logger: logger)
            let now = SystemClock.wall().milliseconds
            _ = try await administration.start(directory: directory.path, nowMilliseconds: now)
            try await administration.makeAdministratorToken(directory: directory.path, nowMilliseconds: now)
            for client in backend.clients { await client.shutdown() }
        } catch {
            await child?.stop()
            throw error
        }
        await child?.stop()
        try await group.shutdownGracefully()
        return "\(directory.path)/admin.token"
    }
}

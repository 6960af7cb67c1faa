import Logging
import NIOCore
import RedisClient
import ServiceLifecycle
import Subprocess
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The embedded default: a private redis-server on a Unix socket in the data folder, with every acknowledged write
/// on disk, supervised and stopped with this process (DESIGN §2).
///
/// The folder's lock is held by the caller, so a redis-server that answers on the socket at start was orphaned by a
/// server that was killed: it is asked to end, which keeps its data, and a new one takes over.
public final class RedisChild: Service {
    public let url: RedisURL
    private let directory: String
    private let socketPath: String
    private let logger: Logger
    private let supervisor = Mutex<Task<Void, Never>?>(nil)

    /// From the kernel's `sockaddr_un`, less its closing zero.
    private static let socketPathBytesMax = 107
    private static let startMillisecondsMax = 30_000
    private static let stopSecondsMax: Int64 = 20
    private static let restartMillisecondsMax: Int64 = 5_000

    public init(directory: DataDirectory, logger: Logger) throws(StartError) {
        self.directory = "\(directory.path)/redis"
        socketPath = "\(directory.path)/redis.sock"
        self.logger = logger
        guard socketPath.utf8.count <= Self.socketPathBytesMax else {
            throw StartError(
                "the path \(socketPath) is too long for a Unix socket (\(Self.socketPathBytesMax) bytes); name a shorter folder with --data"
            )
        }
        url = RedisURL(address: .unix(path: socketPath))
        if mkdir(self.directory, 0o700) != 0 && errno != EEXIST {
            throw StartError("cannot create \(self.directory): \(DataDirectory.errorText)")
        }
    }

    /// Ends an orphan, starts the child and waits until it answers.
    func start(on eventLoop: any EventLoop, unless stop: StopRequest) async throws {
        try stop.check()
        try await endOrphan(on: eventLoop)
        supervisor.withLock { $0 = Task { await supervise() } }
        let deadline = NIODeadline.now() + .milliseconds(Int64(Self.startMillisecondsMax))
        while true {
            if let connection = try? await RedisConnection.connect(to: url, on: eventLoop).get() {
                let reply = try? await connection.send(RedisCommand("PING"))
                try? await connection.close().get()
                // While it reads its file it answers with LOADING.
                if reply?.string == "PONG" { return }
            }
            guard NIODeadline.now() < deadline else {
                await self.stop()
                throw StartError(
                    "redis-server did not start within \(Self.startMillisecondsMax / 1_000) s; see \(directory)/redis.log, or use --redis URL"
                )
            }
            try stop.check()
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    public func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Ends the child; everything acknowledged is on disk.
    public func stop() async {
        guard let task = supervisor.withLock({ $0 }) else { return }
        task.cancel()
        await task.value
    }

    // MARK: The process

    private func supervise() async {
        var delay: Int64 = 100
        while !Task.isCancelled {
            let started = NIODeadline.now()
            do {
                let result = try await Subprocess.run(
                    .name("redis-server"), arguments: arguments, platformOptions: Self.platformOptions,
                    output: .discarded)
                if Task.isCancelled { return }
                logger.error(
                    "redis-server ended and is started again",
                    metadata: ["status": "\(result.terminationStatus)"])
            } catch {
                if Task.isCancelled { return }
                logger.error(
                    "redis-server cannot be run; install it (Debian: redis-server) or use --redis URL",
                    metadata: ["error": "\(type(of: error))"])
            }
            // A child that lived for a while is started at once, one that dies at start more and more slowly.
            delay =
                NIODeadline.now() - started > .seconds(10) ? 100 : min(delay * 2, Self.restartMillisecondsMax)
            try? await Task.sleep(for: .milliseconds(delay))
        }
    }

    private var arguments: Arguments {
        [
            "--port", "0", "--unixsocket", socketPath, "--unixsocketperm", "700", "--dir", directory,
            "--daemonize", "no",
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy",
            "noeviction",
            "--logfile", "\(directory)/redis.log", "--pidfile", "\(directory)/redis.pid",
        ]
    }

    private static var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // A session of its own: Ctrl-C in the terminal reaches returnsd alone, which drains before it stops the child.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: .seconds(stopSecondsMax))
        ]
        return options
    }

    private func endOrphan(on eventLoop: any EventLoop) async throws {
        guard let connection = try? await RedisConnection.connect(to: url, on: eventLoop).get() else {
            return
        }
        logger.warning("a redis-server was left running in this folder; it is stopped and started anew")
        _ = try? await connection.send(RedisCommand("SHUTDOWN"))
        let deadline = NIODeadline.now() + .seconds(Self.stopSecondsMax)
        while NIODeadline.now() < deadline {
            guard let still = try? await RedisConnection.connect(to: url, on: eventLoop).get() else { return }
            try? await still.close().get()
            try await Task.sleep(for: .milliseconds(20))
        }
        throw StartError(
            "a redis-server in \(directory) does not stop; end it by hand (its pid is in \(directory)/redis.pid)"
        )
    }
}

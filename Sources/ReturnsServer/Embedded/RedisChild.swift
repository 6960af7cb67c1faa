import Logging
import NIOCore
import RedisClient
import ReturnsStore
import ServiceLifecycle
import Subprocess
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The embedded default: a private redis-server on a Unix socket in the data folder, with every acknowledged write
/// on disk, supervised and stopped with this process.
///
/// The folder's lock is held by the caller, so a redis-server that is there at start was orphaned by a server that was
/// killed: it is told to end, which keeps its data, and a new one takes over. Invariant: a child is started only once
/// no other redis-server has this folder's files open, since two of them would destroy the append-only file.
public final class RedisChild: Service {
    /// How long things may take; tests are less patient.
    struct Limits: Sendable {
        /// For the child to answer, counted from its last sign of life: loading may take as long as it does.
        var silenceMilliseconds: Int64 = 30_000
        /// For an orphan, or the child, to end.
        var stopMilliseconds: Int64 = 20_000
        /// For one reply.
        var replyMilliseconds = 10_000
    }

    public let url: RedisURL
    let directory: String
    let limits: Limits
    let logger: Logger
    private let program: String
    private let extraArguments: [String]
    private let socketPath: String
    private let acceptsLoss: Bool
    private let state = Mutex(State())

    private struct State {
        var supervisor: Task<Void, Never>?
        /// Until it has, a child that ends is not started again: it would end in the same way.
        var hasServed = false
        /// Why there is no child, when it ended or could not be run before it has served.
        var startFailure: String?
        /// Why the last one ended, or was not started.
        var absence: RedisAbsence?
        /// Since when there is one.
        var runningSince: NIODeadline?
    }

    private static let restartMillisecondsMax: Int64 = 5_000
    private static let pauseMilliseconds: Int64 = 20
    /// A child that lived for longer did not end at its start.
    private static let lifetime = TimeAmount.seconds(10)
    /// The shell's status for a program that is not there.
    private static let shellFoundNoProgram: TerminationStatus.Code = 127

    /// - Parameter acceptsLoss: Whether to go on where files are missing that held the store.
    public convenience init(
        directory: DataDirectory, logger: Logger, acceptsLoss: Bool = false
    ) throws(StartError) {
        try self.init(directory: directory, logger: logger, acceptsLoss: acceptsLoss, limits: Limits())
    }

    init(
        directory: DataDirectory, logger: Logger, program: String = RedisChild.program,
        extraArguments: [String] = [], acceptsLoss: Bool = false, limits: Limits
    ) throws(StartError) {
        self.directory = Self.folder(in: directory.path)
        socketPath = Self.socketPath(in: directory.path)
        self.logger = logger
        self.program = program
        self.extraArguments = extraArguments
        self.acceptsLoss = acceptsLoss
        self.limits = limits
        try Self.check(dataDirectory: directory.path)
        url = RedisURL(address: .unix(path: socketPath))
        if mkdir(self.directory, 0o700) != 0 && errno != EEXIST {
            throw StartError("cannot create \(self.directory): \(DataDirectory.errorText)")
        }
        // The whole data folder was checked when it was locked.
        try FolderTrust.tighten(self.directory)
    }

    /// Ends an orphan, starts the child and waits until it answers, however long it loads.
    func start(on eventLoop: any EventLoop, unless stop: StopRequest) async throws {
        try stop.check()
        try await endOrphan(on: eventLoop, unless: stop)
        if acceptsLoss { try acceptGaps() }
        state.withLock { $0.supervisor = Task { await supervise() } }
        do {
            try await waitUntilServing(on: eventLoop, unless: stop)
        } catch {
            await self.stop()
            throw error
        }
    }

    public func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Ends the child; everything acknowledged is on disk.
    public func stop() async {
        guard let task = state.withLock({ $0.supervisor }) else { return }
        task.cancel()
        await task.value
    }

    /// Why Redis does not answer, while its last child has ended or was not started; nil when one has lived for a while since.
    var absence: RedisAbsence? {
        state.withLock { state in
            if let since = state.runningSince, NIODeadline.now() - since > Self.lifetime { return nil }
            return state.absence
        }
    }

    // MARK: Starting

    private func waitUntilServing(on eventLoop: any EventLoop, unless stop: StopRequest) async throws {
        var lastSign = NIODeadline.now()
        var isLoadingSaid = false
        while true {
            switch await look(on: eventLoop) {
            case .serves(let connection):
                _ = connection.close()
                state.withLock { $0.hasServed = true }
                return
            case .loads(let connection):
                _ = connection.close()
                lastSign = .now()
                if !isLoadingSaid {
                    logger.notice("redis-server loads its data; this takes as long as it takes")
                }
                isLoadingSaid = true
            case .silent, .absent: break
            }
            if let failure = state.withLock({ $0.startFailure }) { throw StartError(failure) }
            guard NIODeadline.now() - lastSign < .milliseconds(limits.silenceMilliseconds) else {
                throw StartError(
                    "redis-server has not answered for \(limits.silenceMilliseconds / 1_000) s; see \(logFile), or use --redis URL"
                )
            }
            try stop.check()
            try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
        }
    }

    // MARK: The process

    private func acceptGaps() throws(StartError) {
        let files = AppendOnlyFolder(redisFolder: directory)
        while let gap = files.gap() {
            let done = try files.accept(gap)
            logger.warning("\(done)")
        }
    }

    /// - Returns: why there is no child, once it has ended or where it cannot be run.
    private func runChild() async -> RedisAbsence {
        let files = AppendOnlyFolder(redisFolder: directory)
        if let gap = files.gap() {
            return RedisAbsence(
                "files of the store's Redis are missing, or are not listed", description: files.refusal(gap))
        }
        if let name = files.tornIncrement() {
            return RedisAbsence(
                "a file of the store's Redis is cut", description: files.refusal(ofTorn: name))
        }
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: arguments, platformOptions: platformOptions,
                output: .discarded)
            if result.terminationStatus == .exited(Self.shellFoundNoProgram) {
                return .notRun(
                    "redis-server cannot be run; install it (Debian: redis-server) or use --redis URL")
            }
            return RedisAbsence(
                "the store's Redis ended",
                description:
                    "redis-server ended (\(result.terminationStatus)); see \(logFile), and RUNBOOK.md, \"Redis ends at its start\""
            )
        } catch {
            return .notRun("redis-server cannot be run (\(error)); use --redis URL")
        }
    }

    private func supervise() async {
        var delay: Int64 = 100
        while !Task.isCancelled {
            let started = NIODeadline.now()
            state.withLock { $0.runningSince = started }
            let absence = await runChild()
            if Task.isCancelled { return }
            let isGivenUp = state.withLock { state in
                (state.absence, state.runningSince) = (absence, nil)
                if !state.hasServed { state.startFailure = absence.description }
                return !state.hasServed
            }
            if isGivenUp { return }
            logger.error("\(absence.description); it is started again")
            // A child that lived for a while is started at once, one that dies at start more and more slowly.
            delay =
                NIODeadline.now() - started > Self.lifetime
                ? 100 : min(delay * 2, Self.restartMillisecondsMax)
            try? await Task.sleep(for: .milliseconds(delay))
        }
    }

    private var arguments: Arguments {
        let own = [
            "--port", "0", "--unixsocket", socketPath, "--unixsocketperm", "700", "--dir", directory,
            "--daemonize", "no",
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy",
            "noeviction",
            // Of the last file alone: runChild looks at the others.
            "--aof-load-truncated", "yes",
            "--logfile", logFile, "--pidfile", "\(directory)/redis.pid",
        ]
        // The shell makes its files unreadable to others, and becomes redis-server.
        return Arguments(["-c", "umask 077; exec \"$0\" \"$@\"", program] + own + extraArguments)
    }

    private var logFile: String { "\(directory)/redis.log" }

    private var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // A session of its own: Ctrl-C in the terminal reaches returnsd alone, which drains before it stops the child.
        options.createSession = true
        options.teardownSequence = [
            .send(
                signal: .terminate, allowedDurationToNextStep: .milliseconds(limits.stopMilliseconds))
        ]
        return options
    }
}

extension RedisChild {
    static let program = "redis-server"
    /// From the kernel's `sockaddr_un`, less its closing zero.
    private static let socketPathBytesMax = 107

    static func folder(in dataDirectory: String) -> String { "\(dataDirectory)/redis" }
    static func socketPath(in dataDirectory: String) -> String { "\(dataDirectory)/redis.sock" }

    /// - Throws: where no child has had its data in this folder, which it leaves as it is.
    static func requireStore(in dataDirectory: String) throws(StartError) {
        let path = folder(in: DataDirectory.absolute(dataDirectory))
        guard access(path, F_OK) == 0 else { throw .noStore(path) }
    }

    /// Whether a child can have its socket in this folder.
    static func check(dataDirectory: String) throws(StartError) {
        let path = socketPath(in: dataDirectory)
        guard path.utf8.count <= socketPathBytesMax else {
            throw StartError(
                "the path \(path) is too long for a Unix socket (\(socketPathBytesMax) bytes); name a shorter folder with --data"
            )
        }
    }
}

extension RedisAbsence {
    fileprivate static func notRun(_ description: String) -> RedisAbsence {
        RedisAbsence("the store's Redis cannot be run", description: description)
    }
}

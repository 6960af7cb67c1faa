import Foundation
import Glibc

/// A real redis-server of the test's own, on a Unix socket in a directory of its own.
///
/// Ended by pid when the test is through with it; should the test process itself die, a guardian shell that waits for the
/// end of a pipe ends it.
public final class RedisServerProcess: @unchecked Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let directory: String
    public var socketPath: String { directory + "/redis.sock" }

    // `@unchecked Sendable`: everything mutable is under this lock.
    private let lock = NSLock()
    private var pid: pid_t?
    private var guardianPID: pid_t?
    private var guardianPipe: Int32?

    /// Starts a server without persistence and waits until it answers.
    public init(arguments: [String] = []) throws {
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(temporary)/redis-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try start(arguments: arguments)
    }

    deinit { stop() }

    /// Starts a server; when `untilReady` is false, only until it listens.
    public func start(arguments: [String] = [], untilReady: Bool = true) throws {
        let base = [
            "redis-server", "--port", "0", "--unixsocket", socketPath, "--dir", directory, "--save", "",
            "--appendonly", "no",
        ]
        unlink(socketPath)
        let child = try spawn(base + arguments, standardInput: nil)
        try lock.withLock {
            pid = child
            try startGuardian(of: child)
        }
        try poll(child, untilReady: untilReady)
    }

    public func killHard() {
        lock.withLock {
            guard let pid else { return }
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            self.pid = nil
            dismissGuardian()
        }
    }

    public func pause() { signal(SIGSTOP) }
    public func resume() { signal(SIGCONT) }

    /// Closes every connection; commands that were run just before lose their replies.
    public func cutConnections() { answer(to: "CLIENT KILL TYPE normal SKIPME yes") }

    /// Ends the server and removes its directory.
    public func stop() {
        killHard()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func signal(_ number: Int32) {
        lock.withLock {
            if let pid { kill(pid, number) }
        }
    }

    // MARK: Readiness

    private func poll(_ child: pid_t, untilReady: Bool) throws {
        let end = Date().addingTimeInterval(30)
        while Date() < end {
            if let reply = answer(to: "PING"),
                reply.hasPrefix("+PONG") || reply.hasPrefix("-NOAUTH") || !untilReady
            {
                return
            }
            var status: Int32 = 0
            guard waitpid(child, &status, WNOHANG) == 0 else {
                let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
                throw Failure(description: "redis-server ended at once: \(log)")
            }
            usleep(2_000)
        }
        throw Failure(description: "redis-server did not answer within 30 s")
    }

    /// The beginning of the answer on a connection of its own; nil while there is no server.
    @discardableResult
    public func answer(to command: String) -> String? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: socketPath.utf8.prefix(path.count - 1))
        }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let line = command + "\r\n"
        guard connected == 0, write(descriptor, line, line.utf8.count) == line.utf8.count else { return nil }
        var reply = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &reply, reply.count)
        return count > 0 ? String(decoding: reply[..<count], as: UTF8.self) : nil
    }

    // MARK: Processes

    private func startGuardian(of child: pid_t) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let script = "read line || kill -9 \(child)"
        guardianPID = try spawn(["/bin/sh", "-c", script], standardInput: ends[0])
        guardianPipe = ends[1]
    }

    private func dismissGuardian() {
        if let guardianPipe {
            _ = write(guardianPipe, "\n", 1)
            close(guardianPipe)
        }
        if let guardianPID { waitpid(guardianPID, nil, 0) }
        guardianPipe = nil
        guardianPID = nil
    }

    private func spawn(_ words: [String], standardInput: Int32?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let standardInput {
            posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let log = directory + "/log"
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let error = posix_spawnp(&child, words[0], &actions, nil, arguments, environ)
        guard error == 0 else {
            throw Failure(description: "\(words[0]): \(String(cString: strerror(error)))")
        }
        return child
    }
}

import NIOCore
import RedisClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What is found on the folder's socket.
enum RedisSighting {
    case serves(RedisConnection)
    case loads(RedisConnection)
    /// Somebody listens but does not answer in time, or turns connections away.
    case silent
    case absent
}

extension RedisChild {
    /// Looks at the folder's socket. Nothing but a socket without a listener counts as absence.
    func look(on eventLoop: any EventLoop) async -> RedisSighting {
        var configuration = RedisConnectionConfiguration()
        configuration.acceptsLoading = true
        configuration.replyTimeoutMilliseconds = limits.replyMilliseconds
        do {
            let connection = try await RedisConnection.connect(
                to: url, configuration: configuration, on: eventLoop
            ).get()
            do throws(RedisError) {
                _ = try await connection.send(RedisCommand("PING")).checked()
                return .serves(connection)
            } catch {
                if error.errorReply?.prefix == "LOADING" { return .loads(connection) }
                _ = connection.close()
                return .silent
            }
        } catch {
            return (error as? RedisError)?.isNobodyListening == true ? .absent : .silent
        }
    }

    /// Ends a redis-server that an earlier returnsd left behind, also one that still loads, and waits until its process
    /// is gone: one that has closed its socket may still write its files.
    func endOrphan(on eventLoop: any EventLoop, unless stop: StopRequest) async throws {
        let deadline = NIODeadline.now() + .milliseconds(limits.stopMilliseconds)
        var isSaid = false
        while true {
            switch await look(on: eventLoop) {
            case .serves(let orphan), .loads(let orphan):
                if !isSaid {
                    logger.warning(
                        "a redis-server was left running in this folder; it is stopped and started anew")
                }
                isSaid = true
                // It answers by closing the connection; an error is seen by the next look.
                _ = try? await orphan.send(RedisCommand("SHUTDOWN"))
                _ = orphan.close()
            case .silent: break
            case .absent:
                if orphanID == nil { return }
            }
            guard NIODeadline.now() < deadline else {
                let process = orphanID.map { "process \($0)" } ?? "its pid is in \(directory)/redis.pid"
                throw StartError(
                    "another redis-server uses \(directory) and does not stop (\(process)); two on one folder would destroy the data, so end it by hand and start again"
                )
            }
            try stop.check()
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The process that redis.pid names, when it runs and is a redis-server in this folder: the number may be another
    /// process's by now.
    private var orphanID: Int? {
        guard let text = Self.content(ofFile: "\(directory)/redis.pid"),
            let id = Int(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }),
            let commandLine = Self.content(ofFile: "/proc/\(id)/cmdline"),
            String(decoding: commandLine, as: UTF8.self).contains("redis-server")
        else { return nil }
        var own = stat()
        var folder = stat()
        // By inode, since the same folder may be reached by several paths.
        guard stat(directory, &own) == 0, stat("/proc/\(id)/cwd", &folder) == 0, own.st_ino == folder.st_ino,
            own.st_dev == folder.st_dev
        else { return nil }
        return id
    }

    /// The first 4 KiB of a file; nil when there is none.
    private static func content(ofFile path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &bytes, bytes.count)
        return count >= 0 ? Array(bytes[..<count]) : nil
    }
}

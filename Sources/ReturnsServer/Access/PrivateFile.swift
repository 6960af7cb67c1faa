import Glibc

/// A file only its owner may read, replaced as a whole or not at all.
struct PrivateFile: Sendable {
    /// Changes whenever the file is replaced.
    struct Version: Sendable, Hashable {
        let inode: UInt64
        let bytes: Int64
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int
    }

    static let bytesMax = 8_388_608

    let path: String
    /// Makes a directory's entries durable; tests have it fail.
    var syncDirectory: @Sendable (_ path: String) -> Bool = Self.sync(directory:)

    init(path: String) { self.path = path }

    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// nil if there is no file.
    var version: Version? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Version(
            inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            modifiedSeconds: Int(status.st_mtim.tv_sec), modifiedNanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// - Throws: `fileUnreadable`, `fileTooOpen`.
    func read() throws(PrincipalError) -> [UInt8] {
        // Not through a link, which somebody else may have planted, nor what belongs to somebody else.
        // Nor waiting for a writer, as the opening of a pipe does.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .fileUnreadable(path: path, reason: "it is no file; put a file in its place, or remove it")
        }
        guard status.st_uid == geteuid() else { throw .fileOfAnotherUser(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .fileTooOpen(path: path) }
        guard status.st_size <= Self.bytesMax else {
            throw .fileUnreadable(path: path, reason: "it has more than \(Self.bytesMax) bytes")
        }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable()
            }
            content.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes beside, makes durable, renames over. A crash leaves the old content or the new.
    ///
    /// - Throws: `fileUnwritable` with the old content in place, `fileNotDurable` with the new one.
    func replace(with content: [UInt8]) throws(PrincipalError) {
        let draft = path + ".new"
        // What a crash has left of an earlier attempt.
        _ = unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable() }
        do throws(PrincipalError) {
            try write(content, to: descriptor)
            guard fsync(descriptor) == 0 else { throw unwritable() }
        } catch {
            close(descriptor)
            _ = unlink(draft)
            throw error
        }
        close(descriptor)
        guard rename(draft, path) == 0 else { throw unwritable() }
        // A rename is durable only once its directory is.
        guard syncDirectory(directory) else {
            throw .fileNotDurable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Runs `body` while no other process runs its own under the same lock.
    func withLock<Result>(
        _ body: () throws(PrincipalError) -> Result
    ) throws(PrincipalError) -> Result {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable() }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw unwritable() }
        }
        return try body()
    }

    private func write(_ content: [UInt8], to descriptor: Int32) throws(PrincipalError) {
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw unwritable()
            }
            written += count
        }
    }

    private static func sync(directory: String) -> Bool {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private func unreadable() -> PrincipalError {
        .fileUnreadable(
            path: path,
            reason: errno == ELOOP
                ? "it is a link; put the file in its place" : String(cString: strerror(errno)))
    }

    private func unwritable() -> PrincipalError {
        .fileUnwritable(path: path, reason: String(cString: strerror(errno)))
    }
}

import Glibc

/// A file only its owner may read, replaced as a whole or not at all.
package struct PrivateFile: Sendable {
    /// Changes whenever the file is replaced.
    package struct Version: Sendable, Hashable {
        let inode: UInt64
        let bytes: Int64
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int
    }

    static let bytesMax = 8_388_608

    package let path: String
    /// Makes a directory's entries durable; tests have it fail.
    package var syncDirectory: @Sendable (_ path: String) -> Bool = Self.sync(directory:)

    package init(path: String) { self.path = path }

    package var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// nil if there is no file.
    package var version: Version? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Version(
            inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            modifiedSeconds: Int(status.st_mtim.tv_sec), modifiedNanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// - Throws: `unreadable`, `tooOpen`.
    package func read() throws(PrivateFileError) -> [UInt8] {
        // Not through a link, which somebody else may have planted, nor what belongs to somebody else.
        // Nor waiting for a writer, as the opening of a pipe does.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is no file; put a file in its place, or remove it")
        }
        guard status.st_uid == geteuid() else { throw .ofAnotherUser(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .tooOpen(path: path) }
        guard status.st_size <= Self.bytesMax else {
            throw .unreadable(path: path, reason: "it has more than \(Self.bytesMax) bytes")
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
    /// - Throws: `unwritable` with the old content in place, `notDurable` with the new one.
    package func replace(with content: [UInt8]) throws(PrivateFileError) {
        let draft = path + ".new"
        // What a crash has left of an earlier attempt.
        _ = unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable() }
        do throws(PrivateFileError) {
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
            throw .notDurable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Runs `body` while no other process runs its own under the same lock.
    package func withLock<Result>(
        _ body: () throws(PrivateFileError) -> Result
    ) throws(PrivateFileError) -> Result {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable() }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw unwritable() }
        }
        return try body()
    }

    private func write(_ content: [UInt8], to descriptor: Int32) throws(PrivateFileError) {
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

    private func unreadable() -> PrivateFileError {
        .unreadable(
            path: path,
            reason: errno == ELOOP
                ? "it is a link; put the file in its place" : String(cString: strerror(errno)))
    }

    private func unwritable() -> PrivateFileError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}

/// Why such a file cannot be read or written. The description says what to do.
public enum PrivateFileError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// Others than the owner may read or write it.
    case tooOpen(path: String)
    case ofAnotherUser(path: String)
    case unwritable(path: String, reason: String)
    /// The new content is in place, but a crash of the machine may bring back the old one.
    case notDurable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .tooOpen(let path):
            "\(path) may be read or changed by others than its owner; run: chmod 600 \(path)"
        case .ofAnotherUser(let path):
            "\(path) belongs to another user than this server's; look whether it is yours, then run: chown \(geteuid()) \(path)"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason)"
        case .notDurable(let path, let reason):
            "\(path) was changed, but whether the change survives a crash is not known: \(reason)"
        }
    }
}

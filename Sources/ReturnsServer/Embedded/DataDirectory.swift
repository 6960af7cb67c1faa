import RCPServer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A problem at start that the operator can mend; its text says how.
public struct StartError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// The server's folder, locked for as long as this value's process lives: a second server on it is refused.
///
/// The lock is flock(2) on a file inside, which the kernel releases however the process ends.
public struct DataDirectory: Sendable {
    public let path: String
    private let lock: Int32

    /// Creates the folder where it is missing, readable by its owner only, and locks it.
    public init(path: String) throws(StartError) {
        self.path = Self.absolute(path)
        if mkdir(self.path, 0o700) != 0 && errno != EEXIST {
            throw StartError(
                "cannot create the data folder \(self.path): \(Self.errorText); create its parent or name another with --data"
            )
        }
        try FolderTrust.check(self.path)
        let file = "\(self.path)/returnsd.lock"
        lock = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw StartError("cannot open \(file): \(Self.errorText)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError(
                "another returnsd uses the data folder \(self.path); stop it, or name another folder with --data"
            )
        }
    }

    /// Whether a process has the folder locked now.
    static func isLocked(path: String) -> Bool {
        let descriptor = open("\(absolute(path))/returnsd.lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Whether the folder can be used, or made.
    ///
    /// - Returns: its absolute path.
    static func check(path: String) throws(StartError) -> String {
        let path = absolute(path)
        var status = stat()
        if stat(path, &status) == 0 {
            try FolderTrust.check(path)
            guard access(path, R_OK | W_OK | X_OK) == 0 else {
                throw StartError("cannot use the data folder \(path): \(errorText)")
            }
            return path
        }
        let isAbsent = errno == ENOENT
        guard isAbsent, access(PrivateFile(path: path).directory, W_OK | X_OK) == 0 else {
            throw StartError(
                "cannot create the data folder \(path): \(errorText); create its parent or name another with --data"
            )
        }
        return path
    }

    /// Locks the folder, which is made where it is missing, and writes to it; then takes everything away that was not there.
    ///
    /// - Returns: its absolute path.
    static func tryOut(path: String) throws(StartError) -> String {
        let whole = absolute(path)
        let isNew = access(whole, F_OK) != 0
        let isLockNew = access("\(whole)/returnsd.lock", F_OK) != 0
        let directory: DataDirectory
        do throws(StartError) {
            directory = try DataDirectory(path: path)
        } catch {
            if isNew { rmdir(whole) }
            throw error
        }
        defer {
            if isLockNew { unlink("\(whole)/returnsd.lock") }
            close(directory.lock)
            if isNew { rmdir(whole) }
        }
        try writeTrial("\(whole)/returnsd.check")
        return whole
    }

    private static func writeTrial(_ file: String) throws(StartError) {
        unlink(file)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError("cannot write to the data folder: \(file): \(errorText)")
        }
        defer {
            close(descriptor)
            unlink(file)
        }
        let bytes = [UInt8](repeating: UInt8(ascii: "-"), count: 4_096)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw StartError("cannot write to the data folder: \(file): \(errorText)")
        }
    }

    /// Absolute, so that a child process with another working directory finds it too, and without needless parts.
    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static var workingDirectory: String {
        guard let buffer = getcwd(nil, 0) else { return "." }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    static var errorText: String { String(cString: strerror(errno)) }
}

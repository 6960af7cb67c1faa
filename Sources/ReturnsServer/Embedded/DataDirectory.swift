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
        // Absolute, so that a child process with another working directory finds it too.
        self.path = path.hasPrefix("/") ? path : "\(Self.workingDirectory)/\(path)"
        if mkdir(self.path, 0o700) != 0 && errno != EEXIST {
            throw StartError(
                "cannot create the data folder \(self.path): \(Self.errorText); create its parent or name another with --data"
            )
        }
        let file = "\(self.path)/returnsd.lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw StartError("cannot open \(file): \(Self.errorText)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError(
                "another returnsd uses the data folder \(self.path); stop it, or name another folder with --data"
            )
        }
    }

    private static var workingDirectory: String {
        guard let buffer = getcwd(nil, 0) else { return "." }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    static var errorText: String { String(cString: strerror(errno)) }
}

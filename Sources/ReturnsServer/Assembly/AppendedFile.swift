import RCPServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that the operator has named to be written at its end: made where there is none, never through a link, and never
/// another user's.
enum AppendedFile {
    /// - Parameter what: goes into it, for the error.
    /// - Parameter permissions: of a file that is made.
    static func open(_ what: String, _ path: String, permissions: FilePermissions) throws(StartError)
        -> FileDescriptor
    {
        let descriptor = Glibc.open(
            path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | linkFlag(path), permissions.rawValue)
        guard descriptor >= 0 else { throw failure(what, path) }
        do throws(StartError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw failure(what, path) }
            try check(what, path, status)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return FileDescriptor(rawValue: descriptor)
    }

    /// Whether `open` would succeed. Makes nothing.
    static func check(_ what: String, _ path: String) throws(StartError) {
        var status = stat()
        let isThere = (linkFlag(path) == 0 ? stat(path, &status) : lstat(path, &status)) == 0
        guard isThere else {
            guard errno == ENOENT, access(PrivateFile(path: path).directory, W_OK | X_OK) == 0 else {
                throw failure(what, path)
            }
            return
        }
        if status.st_mode & S_IFMT == S_IFLNK {
            errno = ELOOP
            throw failure(what, path)
        }
        try check(what, path, status)
        guard access(path, W_OK) == 0 else { throw failure(what, path) }
    }

    private static func check(_ what: String, _ path: String, _ status: stat) throws(StartError) {
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        guard status.st_uid == geteuid() else {
            throw StartError(
                "cannot write \(what) to \(path): it belongs to user \(status.st_uid), and returnsd runs as user \(geteuid()); name another file"
            )
        }
        guard status.st_nlink == 1 else {
            throw StartError(
                "cannot write \(what) to \(path): it is a file of another name as well; name another file")
        }
    }

    /// Standard streams are links, but nobody else can have planted them.
    private static func linkFlag(_ path: String) -> Int32 {
        path == "/dev/stdout" || path == "/dev/stderr" || path.hasPrefix("/dev/fd/") ? 0 : O_NOFOLLOW
    }

    private static func failure(_ what: String, _ path: String) -> StartError {
        StartError(
            errno == ELOOP
                ? "cannot write \(what) to \(path): it is a link; name the file itself"
                : "cannot write \(what) to \(path): \(DataDirectory.errorText)")
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whether the data folder is this user's alone to change. In one that others may write, a planted link would have customers' data
/// written where somebody else reads it, and a planted list of principals would make its author an administrator.
///
/// The folder's parents are not looked at: whoever may replace them may replace the program as well.
enum FolderTrust {
    /// Folders below the data folder; Redis has one within its own.
    private static let depthMax = 4
    /// Files of the folder itself that only their owner may read: they hold secrets, or what those are compared with.
    private static let secretNames: Set<String> = ["admin.token", "principals.json"]

    /// Refuses a folder of another user, or that others may write, and with it every link, and every file of another user or that
    /// others may write, in it; secrets that others may read; and what is no file, folder or socket, such as a pipe, which would
    /// hold up whoever opens it.
    static func check(_ path: String) throws(StartError) {
        // The path itself may be a link, as systemd makes one for a state folder, if nobody else can have made it.
        var status = stat()
        guard lstat(path, &status) == 0 else { throw unreadable(path) }
        if status.st_mode & S_IFMT == S_IFLNK, status.st_uid != geteuid(), status.st_uid != 0 {
            throw StartError(
                "\(path) is a link that user \(status.st_uid) has made; name the data folder itself with --data"
            )
        }
        guard stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StartError("the data folder \(path) is no folder; name another with --data")
        }
        try checkOwner(path, status)
        try checkMode(path, status, what: "the data folder")
        try checkEntries(of: path, depth: 1)
    }

    /// Makes everything in Redis's folder unreadable to others: it holds customers' data, and an earlier version let the files be
    /// readable. To be called only on a folder that was checked.
    static func tighten(_ path: String) throws(StartError) {
        guard chmod(path, 0o700) == 0 else { throw unreadable(path) }
        for name in try entries(of: path) {
            let entry = "\(path)/\(name)"
            var status = stat()
            // Redis may remove its temporary files meanwhile.
            guard lstat(entry, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try tighten(entry)
            case S_IFREG where status.st_mode & 0o077 != 0:
                guard chmod(entry, 0o600) == 0 else { throw unreadable(entry) }
            default: break
            }
        }
    }

    private static func checkEntries(of path: String, depth: Int) throws(StartError) {
        for name in try entries(of: path) {
            let entry = "\(path)/\(name)"
            var status = stat()
            guard lstat(entry, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                throw StartError(
                    "\(entry) is a link, and the data folder holds returnsd's own files alone; remove it, or put in its place what it leads to"
                )
            case S_IFDIR:
                try checkOwner(entry, status)
                try checkMode(entry, status, what: "the folder")
                if depth < depthMax { try checkEntries(of: entry, depth: depth + 1) }
            case S_IFREG:
                try checkOwner(entry, status)
                try checkMode(entry, status, what: "the file")
                if depth == 1, secretNames.contains(name) { try checkSecret(entry, status) }
            case S_IFSOCK:
                // A socket's mode says who may connect, which is its server's to decide.
                try checkOwner(entry, status)
            default:
                throw StartError(
                    "\(entry) is no file, folder or socket, and the data folder holds returnsd's own files alone; remove it"
                )
            }
        }
    }

    private static func checkOwner(_ path: String, _ status: stat) throws(StartError) {
        guard status.st_uid != geteuid() else { return }
        // A folder given to root would lock out the service that runs as a user of its own.
        let advice =
            geteuid() == 0
            ? "run it as the user of its service (runuser -u USER -- returnsd …), to whom it has to belong (chown -R USER \(path))"
            : "run it as that user, or: chown -R \(geteuid()) \(path)"
        throw StartError(
            "\(path) belongs to user \(status.st_uid), and returnsd runs as user \(geteuid()); \(advice)")
    }

    private static func checkMode(_ path: String, _ status: stat, what: String) throws(StartError) {
        guard status.st_mode & 0o022 != 0 else { return }
        throw StartError(
            "\(what) \(path) may be written by other users; look whether what is in it is yours, then: chmod go-w \(path)"
        )
    }

    private static func checkSecret(_ path: String, _ status: stat) throws(StartError) {
        guard status.st_mode & 0o077 != 0 else { return }
        throw StartError(
            "other users may read \(path); run: chmod 600 \(path), and make new tokens if one of them may have done so"
        )
    }

    private static func entries(of path: String) throws(StartError) -> [String] {
        guard let folder = opendir(path) else { throw unreadable(path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func unreadable(_ path: String) -> StartError {
        StartError("cannot use \(path): \(DataDirectory.errorText)")
    }
}

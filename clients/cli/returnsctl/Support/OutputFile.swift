import Foundation

/// Files that a command writes: never through a link, and never over what is there already.
enum OutputFile {
    /// A new file that only its owner can read. One that is there is taken if it is empty, or a device or pipe.
    static func new(_ path: String) throws -> FileHandle {
        try open(path, flags: 0) { status in
            status.st_size == 0 ? nil : "\(path) exists already: name a new file, or remove it"
        }
    }

    /// A file that only its owner can read, to be written at its end.
    static func appending(_ path: String) throws -> FileHandle {
        try open(path, flags: O_APPEND) { _ in nil }
    }

    /// - Parameter refusal: why a regular file that is there must not be written; nil where it may.
    private static func open(_ path: String, flags: Int32, refusal: (stat) -> String?) throws -> FileHandle {
        let fresh = Foundation.open(
            path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0o600)
        if fresh >= 0 { return FileHandle(fileDescriptor: fresh, closeOnDealloc: true) }
        guard errno == EEXIST else { throw failure(path) }
        let mayBeLink = isOwnDescriptor(path) ? 0 : O_NOFOLLOW
        let descriptor = Foundation.open(path, O_WRONLY | O_CLOEXEC | mayBeLink | flags)
        guard descriptor >= 0 else { throw failure(path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { return handle }
        if status.st_uid != geteuid() {
            throw CommandFailure.usage("cannot write \(path): it belongs to another user; name a new file")
        }
        if status.st_nlink > 1 {
            throw CommandFailure.usage(
                "cannot write \(path): it is a file of another name as well; name a new file")
        }
        if let refusal = refusal(status) { throw CommandFailure.usage(refusal) }
        // It may be one that others can read.
        fchmod(descriptor, 0o600)
        return handle
    }

    /// These are links, but nobody else can have planted them: what the shell makes for `>(…)`, and standard streams.
    private static func isOwnDescriptor(_ path: String) -> Bool {
        path.hasPrefix("/dev/fd/") || path == "/dev/stdout" || path == "/dev/stderr"
    }

    private static func failure(_ path: String) -> CommandFailure {
        .usage(
            errno == ELOOP
                ? "cannot write \(path): it is a link; name the file itself"
                : "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}

/// Which file an open descriptor or a path leads to, whatever it is called.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64

    /// Nil unless it is a regular file.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Nil unless a regular file is there; links are followed.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

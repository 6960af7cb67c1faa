#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file with one secret, which the operator has named.
enum SecretFile {
    private static let bytesMax = 4_096

    /// - Parameter name: what it holds, such as "the password of Redis".
    /// - Returns: the secret without its line end.
    static func read(_ path: String, _ name: String) throws(StartError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StartError("cannot read \(path): \(DataDirectory.errorText)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw StartError("cannot read \(path): \(DataDirectory.errorText)")
        }
        try check(status, path, name)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: bytesMax)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StartError("cannot read \(path): \(DataDirectory.errorText)") }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else {
                throw StartError("\(path) has more than \(bytesMax) bytes; it should hold \(name) alone")
            }
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            bytes.removeLast()
        }
        guard let secret = String(validating: bytes, as: UTF8.self), !secret.isEmpty, !secret.contains("\n")
        else {
            throw StartError("\(path) does not hold \(name): write it there as one line")
        }
        return secret
    }

    /// A file that others may read or change is refused.
    static func check(_ path: String, _ name: String) throws(StartError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StartError("cannot read \(path): \(DataDirectory.errorText)")
        }
        try check(status, path, name)
    }

    private static func check(_ status: stat, _ path: String, _ name: String) throws(StartError) {
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        // A group may read it: that is how systemd hands out credentials of root's.
        guard status.st_mode & 0o026 == 0 else {
            throw StartError(
                "\(path) with \(name) may be read or changed by other users; run: chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw StartError(
                "\(path) with \(name) belongs to user \(status.st_uid); make it yours, or root's")
        }
    }
}

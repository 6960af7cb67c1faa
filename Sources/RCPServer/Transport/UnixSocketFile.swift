import Glibc
import RCP

/// The file of a Unix socket: what to do about one that is there already, and about ours at the end.
package struct UnixSocketFile: Sendable {
    /// Which file it is; a path alone could meanwhile be another server's.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    package let path: String

    package init(path: String) { self.path = path }

    var identity: Identity? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// A crash leaves the file behind. It is removed only if nobody answers there.
    package func removeIfStale(for address: RCPAddress) throws(RCPListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(address) }
        switch connectErrno() {
        case 0, EAGAIN: throw .addressInUse(address)
        case ECONNREFUSED: _ = unlink(path)
        case let code: throw .cannotBind(address, String(cString: strerror(code)))
        }
    }

    func remove(_ identity: Identity) {
        if self.identity == identity { _ = unlink(path) }
    }

    /// 0 if somebody accepts connections there.
    private func connectErrno() -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            // The address's type has checked the length; the rest stays zero.
            bytes.copyBytes(from: path.utf8.prefix(RCPAddress.unixPathBytesMax))
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}

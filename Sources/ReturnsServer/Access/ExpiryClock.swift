import FoundationEssentials
import RCPServer
import Synchronization

/// The time by which tokens and certificates end: the machine's, but it never goes back. A token that was seen as expired stays
/// so when the clock is set back, and by the file also across a restart.
final class ExpiryClock: Sendable {
    private let file: PrivateFile
    private let wall: @Sendable () -> Int64
    private let latest: Mutex<Int64>

    /// - Parameter directory: `DIR/expiry-time` holds the latest time at which something was seen to expire, in milliseconds since
    ///   1970. Whoever had set the clock far ahead deletes it, before a start with the right time.
    init(directory: String, wall: @escaping @Sendable () -> Int64 = { SystemClock.wall().milliseconds }) {
        file = PrivateFile(path: directory + "/expiry-time")
        self.wall = wall
        let stored = (try? file.read()).flatMap {
            Int64(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        }
        latest = Mutex(stored ?? 0)
    }

    func nowMilliseconds() -> Int64 {
        let now = wall()
        return latest.withLock { latest in
            latest = max(latest, now)
            return latest
        }
    }

    /// Something has expired by now, so that after a restart it is not to be earlier.
    ///
    /// - Throws: `unwritable`, `notDurable`.
    func keep() throws(PrivateFileError) { try file.replace(with: Array("\(nowMilliseconds())\n".utf8)) }
}

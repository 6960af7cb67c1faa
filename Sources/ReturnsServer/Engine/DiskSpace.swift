#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The room on the disk that the data folder is on.
struct DiskSpace: Sendable {
    let folder: String
    /// Whether the private Redis writes there, too.
    let holdsRedis: Bool

    /// A warning is due below.
    static let freeBytesWarned: Int64 = 1 << 30
    /// Below, the store takes no changes: more than it writes between two looks. A Redis that waits for its disk
    /// (`appendfsync always`) ends when it cannot write, and whether its last changes were made stays unknown.
    static let freeBytesMin: Int64 = 64 << 20
    /// Below, the log is not trimmed either. To trim all of it writes less: some 300 bytes for 256 events.
    static let freeBytesForTrimmingMin: Int64 = 16 << 20

    /// For who is not root; nil when it cannot be told.
    var freeBytes: Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
                .partialValue)
    }
}

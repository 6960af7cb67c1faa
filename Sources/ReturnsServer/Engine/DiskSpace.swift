#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The room on the disk that a folder is on.
struct DiskSpace: Sendable {
    let folder: String

    /// A warning is due below.
    static let freeBytesWarned: Int64 = 1 << 30

    /// For who is not root; nil when it cannot be told.
    var freeBytes: Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
                .partialValue)
    }
}

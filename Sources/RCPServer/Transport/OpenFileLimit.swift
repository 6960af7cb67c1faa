import Glibc

/// The process's limit of open files, which bounds its connections before any limit of ours does.
enum OpenFileLimit {
    /// Descriptors besides those of client connections: listeners, event loops, Redis, files.
    static let reservedDescriptors = 128

    /// Raises the soft limit as far as the hard one allows.
    ///
    /// - Returns: how many connections the process can hold, at most `connections`.
    static func makeRoom(forConnections connections: Int) -> Int {
        let wanted = rlim_t(connections + reservedDescriptors)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(wanted, limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return min(connections, max(1, Int(clamping: limit.rlim_cur) - reservedDescriptors))
    }
}

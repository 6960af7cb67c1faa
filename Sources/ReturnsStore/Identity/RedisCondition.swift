import RedisClient

/// How a Redis fares, as its INFO tells.
public struct RedisCondition: Hashable, Sendable {
    public var version: String
    /// Random, of this process of Redis.
    var process: String
    public var isReplica: Bool
    public var evictionPolicy: String
    public var memoryBytes: Int64
    /// 0 without a limit.
    public var memoryBytesMax: Int64
    public var hasAppendOnlyFile: Bool
    /// Whether the latest write to the append-only file, and the latest snapshot, came to a good end.
    public var isAppendOnlyFileWritten: Bool
    public var isSnapshotWritten: Bool

    static let loadCommand = RedisCommand("INFO", "server", "replication", "memory", "persistence")
    /// A warning is due when so much of the memory limit is used.
    public static let memoryShareWarned = 0.9

    init(info: String) {
        var lines: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            lines[line[..<colon]] = line[line.index(after: colon)...]
        }
        version = lines["redis_version"].map(String.init) ?? "unknown"
        process = lines["run_id"].map(String.init) ?? ""
        isReplica = lines["role"] == "slave"
        evictionPolicy = lines["maxmemory_policy"].map(String.init) ?? "noeviction"
        memoryBytes = lines["used_memory"].flatMap { Int64($0) } ?? 0
        memoryBytesMax = lines["maxmemory"].flatMap { Int64($0) } ?? 0
        hasAppendOnlyFile = lines["aof_enabled"] == "1"
        isAppendOnlyFileWritten = lines["aof_last_write_status"] != "err"
        isSnapshotWritten = lines["rdb_last_bgsave_status"] != "err"
    }

    /// Used of the memory limit, 0 to 1; nil without a limit.
    public var memoryShare: Double? {
        memoryBytesMax > 0 ? Double(memoryBytes) / Double(memoryBytesMax) : nil
    }

    /// Why the store must not be used on it.
    var fault: StoreFault? {
        if isReplica { return .replica }
        if evictionPolicy != "noeviction" { return .evicting(evictionPolicy) }
        return nil
    }

    /// What needs a person soon, in words that an operator knows.
    public var warnings: [String] {
        var warnings: [String] = []
        if let memoryShare, memoryShare >= Self.memoryShareWarned {
            let need =
                memoryShare < 1
                ? "raise maxmemory before it takes no more changes"
                : "raise maxmemory (redis-cli CONFIG SET maxmemory …): above it Redis takes no changes"
            warnings.append("Redis uses \(Int(memoryShare * 100)) % of its memory limit; \(need)")
        }
        if !isAppendOnlyFileWritten {
            warnings.append("Redis could not write its append-only file; is its disk full?")
        }
        if !isSnapshotWritten { warnings.append("Redis's last snapshot failed; see Redis's log") }
        return warnings
    }
}

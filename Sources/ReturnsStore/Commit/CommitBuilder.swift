import RedisClient

/// Builds the one call that commits: keys, guards and writes as data for `commit.lua`, which documents the layout.
struct CommitBuilder {
    private var keys: [String] = []
    private var guards: [(key: Int, version: UInt64)] = []
    private var writes: [Write] = []
    private let request: (fingerprint: [UInt8], record: [UInt8])?

    /// As in commit.lua: a commit that exceeds one is a bug of ours.
    static let guardsMax = 16
    static let writesMax = 512
    static let argumentsMax = 1_024
    static let function = FunctionLibrary.commit.name("commit")

    var writesCount: Int { writes.count }

    private struct Write {
        let operation: StaticString
        let key: Int
        let arguments: [RedisArgument]
    }

    /// - Parameter request: The idempotency record to look for and to leave; nil for callers without one.
    init(requestKey: String? = nil, record: RequestRecord? = nil) {
        if let requestKey, let record {
            keys.append(requestKey)
            request = (record.fingerprint, record.encode())
        } else {
            request = nil
        }
    }

    /// Commits only if the hash at the key is at this version; 0 means that there is none.
    mutating func guardVersion(_ key: String, _ version: UInt64) {
        guards.append((index(key), version))
        precondition(guards.count <= Self.guardsMax, "too many guards in one commit")
    }

    mutating func setFields(_ key: String, _ fields: [RedisArgument]) { write("H", key, fields) }
    mutating func addToSet(_ key: String, scoresAndMembers: [RedisArgument]) {
        writeChunked("Z", key, scoresAndMembers)
    }
    mutating func removeFromSet(_ key: String, members: [RedisArgument]) { writeChunked("z", key, members) }
    mutating func increment(_ key: String, _ fieldsAndAmounts: [RedisArgument]) {
        writeChunked("I", key, fieldsAndAmounts)
    }
    mutating func append(_ key: String, values: [RedisArgument]) { writeChunked("R", key, values) }

    mutating func addToStream(_ key: String, fields: [RedisArgument]) { write("X", key, fields) }

    private mutating func writeChunked(_ operation: StaticString, _ key: String, _ arguments: [RedisArgument])
    {
        var rest = arguments[...]
        while !rest.isEmpty {
            write(operation, key, Array(rest.prefix(Self.argumentsMax)))
            rest = rest.dropFirst(Self.argumentsMax)
        }
    }

    private mutating func write(_ operation: StaticString, _ key: String, _ arguments: [RedisArgument]) {
        writes.append(Write(operation: operation, key: index(key), arguments: arguments))
        precondition(writes.count <= Self.writesMax, "too many writes in one commit")
    }

    /// The key's place among the keys, counted from 1 as Lua does.
    private mutating func index(_ key: String) -> Int {
        if let known = keys.firstIndex(of: key) { return known + 1 }
        keys.append(key)
        return keys.count
    }

    /// - Parameter partition: that all keys belong to.
    func call(partition: Int) -> StoreCall {
        var command = StoreCall(
            Self.function, .partition(partition), keys: keys, isCounted: true, argumentBytes: 2_048)
        if let request {
            command.append(request.fingerprint)
            command.append(request.record)
        } else {
            command.append("")
            command.append("")
        }
        command.append(RequestRecord.retentionMilliseconds)
        command.append(guards.count)
        for item in guards {
            command.append(item.key)
            command.append(String(item.version))
        }
        command.append(writes.count)
        for write in writes {
            command.append("\(write.operation)")
            command.append(write.key)
            command.append(write.arguments.count)
            for argument in write.arguments { command.append(argument) }
        }
        return command
    }
}

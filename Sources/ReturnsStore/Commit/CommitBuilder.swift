import RedisClient
import ReturnsRecords

/// Builds the one call that commits: keys, guards and writes as data for `commit.lua`, which documents the layout.
struct CommitBuilder {
    private var keys: [String] = []
    private var guards: [(key: Int, version: UInt64)] = []
    private var writes: [UInt8] = []
    private var arguments = RedisArguments(bytes: 2_048)
    private let request: (fingerprint: [UInt8], record: [UInt8])?
    /// The level that a record needs although the store is written at a lower one; nil where none does.
    private var missingLevel: WriterLevel?

    /// As in commit.lua: a commit that exceeds one is a bug of ours.
    static let guardsMax = 512
    static let writesMax = 512
    static let argumentsMax = 1_024
    static let function = FunctionLibrary.commit.name("commit")

    /// What commit.lua does to a key; the raw value is the letter that it knows it by.
    private enum Operation: UInt8 {
        case enterListing = 0x4C  // L
        case setFields = 0x48  // H
        case addToSet = 0x5A  // Z
        case removeFromSet = 0x7A  // z
        case append = 0x52  // R
        case addToStream = 0x58  // X
        case increment = 0x49  // I
    }

    private static let writeBytes = 5

    var writesCount: Int { writes.count / Self.writeBytes }

    /// - Parameter request: The idempotency record to look for and to leave; nil for callers without one.
    init(requestKey: String? = nil, record: RequestRecord? = nil) {
        keys.reserveCapacity(16)
        writes.reserveCapacity(16 * Self.writeBytes)
        if let requestKey, let record {
            keys.append(requestKey)
            request = (record.fingerprint, record.encode())
        } else {
            request = nil
        }
    }

    /// A record is to be stored that was written at a level.
    mutating func note(_ level: WriterLevel, needed: WriterLevel) {
        if needed > level { missingLevel = max(missingLevel ?? needed, needed) }
    }

    /// Commits only if the hash at the key is at this version; 0 means that there is none.
    mutating func guardVersion(_ key: String, _ version: UInt64) {
        guards.append((index(key), version))
        precondition(guards.count <= Self.guardsMax, "too many guards in one commit")
    }

    /// Puts a case where it was not.
    mutating func enterListing(_ key: String, member: RedisArgument) {
        write(.enterListing, key, CollectionOfOne(member))
    }
    mutating func setFields(_ key: String, _ fields: [RedisArgument]) { write(.setFields, key, fields) }
    mutating func addToSet(_ key: String, scoresAndMembers: [RedisArgument]) {
        writeChunked(.addToSet, key, scoresAndMembers)
    }
    mutating func removeFromSet(_ key: String, members: [RedisArgument]) {
        writeChunked(.removeFromSet, key, members)
    }
    mutating func increment(_ key: String, _ fieldsAndAmounts: [RedisArgument]) {
        writeChunked(.increment, key, fieldsAndAmounts)
    }
    mutating func append(_ key: String, values: [RedisArgument]) { writeChunked(.append, key, values) }

    mutating func addToStream(_ key: String, fields: [RedisArgument]) { write(.addToStream, key, fields) }

    private mutating func writeChunked(_ operation: Operation, _ key: String, _ arguments: [RedisArgument]) {
        var rest = arguments[...]
        while !rest.isEmpty {
            write(operation, key, rest.prefix(Self.argumentsMax))
            rest = rest.dropFirst(Self.argumentsMax)
        }
    }

    private mutating func write(
        _ operation: Operation, _ key: String, _ arguments: some Collection<RedisArgument>
    ) {
        writes.append(operation.rawValue)
        Self.append(index(key), to: &writes)
        Self.append(arguments.count, to: &writes)
        for argument in arguments { self.arguments.append(argument) }
        precondition(writesCount <= Self.writesMax, "too many writes in one commit")
    }

    /// Two bytes, the high one first.
    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        let number = UInt16(number)
        bytes.append(UInt8(number >> 8))
        bytes.append(UInt8(number & 255))
    }

    /// The key's place among the keys, counted from 1 as Lua does.
    private mutating func index(_ key: String) -> Int {
        if let known = keys.firstIndex(of: key) { return known + 1 }
        keys.append(key)
        return keys.count
    }

    /// - Parameter partition: that all keys belong to.
    /// - Throws: `levelTooLow` where something given would be lost, or would be read by older builds that do not know it.
    func call(partition: Int) throws(StoreError) -> StoreCall {
        if let missingLevel { throw .tooLow(for: missingLevel) }
        var call = StoreCall(
            Self.function, .partition(partition), keys: keys, isCounted: true,
            argumentBytes: arguments.bytes + 1_024)
        call.append(request?.fingerprint ?? [])
        call.append(request?.record ?? [])
        call.append(RequestRecord.retentionMilliseconds)
        var plan: [UInt8] = []
        plan.reserveCapacity(2 + 2 * guards.count + writes.count)
        Self.append(guards.count, to: &plan)
        for item in guards { Self.append(item.key, to: &plan) }
        call.append(plan + writes)
        for item in guards { call.append(Int64(clamping: item.version)) }
        call.append(contentsOf: arguments)
        return call
    }
}

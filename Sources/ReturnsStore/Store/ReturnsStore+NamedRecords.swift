import NIOCore
import RedisClient

/// Records that stand in one hash by their names. One that is damaged hides no other.
public struct NamedRecords<Record: Sendable>: Sendable {
    public struct Entry: Sendable {
        public let name: String
        /// What cannot be read fails, and what is another name's.
        public let result: Result<Record, StoreError>

        /// Nil for one that cannot be read.
        public var record: Record? { try? result.get() }
    }

    /// By name.
    public var entries: [Entry] = []

    public var records: [Record] { entries.compactMap(\.record) }

    /// Names of those that cannot be read.
    public var unread: UnreadRecords<String> {
        var unread = UnreadRecords<String>()
        for entry in entries {
            if case .failure(let error) = entry.result { unread.note(entry.name, error) }
        }
        return unread
    }
}

/// A record that a failure is told of by its name.
public enum NamedRecord: Hashable, Sendable, CustomStringConvertible {
    case eventGroup(String)
    case webhook(String)
    /// What cases are decided by.
    case rules(RuleVersion)
    /// What a request did that is asked for again.
    case request

    public var description: String {
        switch self {
        case .eventGroup(let name): "the group \(name)"
        case .webhook(let name): "the webhook \(name)"
        case .rules(let version): "\(version)"
        case .request: "this request"
        }
    }

    /// Does something with it, and names it where it fails.
    func named<Value>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        do throws(StoreError) { return try await body() } catch { throw error.of(self) }
    }
}

extension ReturnsStore {
    func loadNamed<Record>(
        _ key: String, name: (Record) -> String, deadline: NIODeadline,
        _ decode: (RedisValue) throws(StoreError) -> Record
    ) async throws(StoreError) -> NamedRecords<Record> {
        let reply = try await send(RedisCommand("HGETALL", .text(key)), key: key, deadline: deadline)
        guard let parts = reply.array, parts.count.isMultiple(of: 2) else {
            throw StoreError(.corrupt, "records by name: not a hash")
        }
        if parts.isEmpty { try await confirmRun(deadline: deadline) }
        var found = NamedRecords<Record>()
        for index in stride(from: 0, to: parts.count, by: 2) {
            let field = parts[index].bytes.map { String(decoding: $0.readableBytesView, as: UTF8.self) } ?? ""
            let result = Self.result { () throws(StoreError) in
                let record = try decode(parts[index + 1])
                guard name(record) == field else {
                    throw StoreError(.corrupt, "a record under another name than its own")
                }
                return record
            }
            if case .failure(let error) = result, error.code != .corrupt { throw error }
            found.entries.append(.init(name: field, result: result))
        }
        found.entries.sort { $0.name < $1.name }
        return found
    }
}

import NIOCore
import RedisClient

/// Records that stand in one hash by their names. One that is damaged hides no other.
public struct NamedRecords<Record: Sendable>: Sendable {
    public struct Entry: Sendable {
        public let name: String
        /// Nil for one that cannot be read, or is another name's.
        public let record: Record?
        /// Of one that cannot be read: it is whole, but a newer build wrote it.
        public var isNewer = false
    }

    /// By name.
    public var entries: [Entry] = []

    public var records: [Record] { entries.compactMap(\.record) }
    /// Names of those that are damaged.
    public var unreadable: [String] { entries.filter { $0.record == nil && !$0.isNewer }.map(\.name) }
    /// Names of those that a newer build wrote. They are left alone: this build does not know all that they say.
    public var newer: [String] { entries.filter(\.isNewer).map(\.name) }
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
            do throws(StoreError) {
                let record = try decode(parts[index + 1])
                guard name(record) == field else {
                    throw StoreError(.corrupt, "a record under another name than its own")
                }
                found.entries.append(.init(name: field, record: record))
            } catch {
                guard error.code == .corrupt else { throw error }
                found.entries.append(.init(name: field, record: nil, isNewer: error.isNewer))
            }
        }
        found.entries.sort { $0.name < $1.name }
        return found
    }
}

import NIOCore
import RedisClient

/// Records that stand in one hash by their names. One that is damaged hides no other.
public struct NamedRecords<Record: Sendable>: Sendable {
    /// By name.
    public var records: [Record] = []
    /// Names of those that cannot be read, or are another name's.
    public var unreadable: [String] = []
}

/// Which record of those that stand by their names.
public enum NamedRecord: Hashable, Sendable, CustomStringConvertible {
    case eventGroup(String)
    case webhook(String)

    public var description: String {
        switch self {
        case .eventGroup(let name): "the group \(name)"
        case .webhook(let name): "the webhook \(name)"
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
                found.records.append(record)
            } catch {
                guard error.code == .corrupt else { throw error }
                found.unreadable.append(field)
            }
        }
        found.records.sort { name($0) < name($1) }
        found.unreadable.sort()
        return found
    }
}

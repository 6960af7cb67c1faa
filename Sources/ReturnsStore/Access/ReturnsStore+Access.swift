import NIOCore
import RedisClient

/// The registry of principals as it lies in the store.
public struct StoredAccess: Hashable, Sendable {
    /// Another one for every change; a registry is known by it.
    public var stamp: String
    public var record: [UInt8]

    public init(stamp: String, record: [UInt8]) {
        self.stamp = stamp
        self.record = record
    }
}

/// One registry for all servers, in a key of its own. The store knows nothing of what stands in it.
extension ReturnsStore {
    /// Nil when there is none.
    public func accessStamp(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> String? {
        try await send(
            RedisCommand("HGET", .text(StoreKeys.access), "v"), key: StoreKeys.access, deadline: deadline
        ).string
    }

    /// Nil when there is none.
    public func loadAccess(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> StoredAccess? {
        let reply = try await send(
            RedisCommand("HMGET", .text(StoreKeys.access), "v", "b"), key: StoreKeys.access,
            deadline: deadline)
        guard let fields = reply.array, fields.count == 2 else { throw Self.accessMalformed }
        if fields[0].isNull, fields[1].isNull {
            try await confirmRun(deadline: deadline)
            return nil
        }
        guard let stamp = fields[0].string, let record = fields[1].bytes else { throw Self.accessMalformed }
        return StoredAccess(stamp: stamp, record: Array(record.readableBytesView))
    }

    /// Replaces the registry that a change was decided on.
    ///
    /// - Parameter stamp: Of that registry; nil when there was none.
    /// - Returns: false when it is another one by now, which it also is when this very change was made before its reply was lost.
    public func replaceAccess(
        _ stamp: String?, by access: StoredAccess, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let call = StoreCall(
            Self.accessReplaceFunction, .access, keys: [StoreKeys.access], isCounted: true
        ).appending([.text(stamp ?? ""), .text(access.stamp), .bytes(access.record)])
        let reply = try await send(call, effect: .once, deadline: deadline)
        switch reply.array?.first?.string {
        case "OK": return true
        case "MOVED": return false
        default: throw Self.accessMalformed
        }
    }

    private static let accessReplaceFunction = FunctionLibrary.access.name("access_replace")
    private static let accessMalformed = StoreError(
        .corrupt, "the registry of principals is not one of this version")
}

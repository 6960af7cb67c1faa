import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Everything that cases are decided by, each version of it: policies, SLA policies and their calendars. Versions are
/// added and never changed or removed.
public struct StoredPolicies: Sendable {
    /// The current one last, as of SLA policies.
    public var policies: [ReturnPolicy]
    public var slaPolicies: [SLAPolicy]
    public var calendars: [WorkingCalendar]

    public init(policies: [ReturnPolicy], slaPolicies: [SLAPolicy], calendars: [WorkingCalendar]) {
        self.policies = policies
        self.slaPolicies = slaPolicies
        self.calendars = calendars
    }
}

extension ReturnsStore {
    public func loadPolicies(deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> StoredPolicies
    {
        // Calendars last: an SLA policy is added after the calendars that it names.
        let replies = try await pipeline(
            [StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars].map {
                RedisCommand("HVALS", .text($0))
            }, deadline: deadline)
        let calendars = try decodeAll(replies[2], "calendar") { record throws(RecordError) in
            try WorkingCalendar(record: record)
        }
        let byReference = Dictionary(
            calendars.map { ($0.reference, $0) }, uniquingKeysWith: { _, last in last })
        let slaPolicies = try decodeAll(replies[1], "SLA policy") { record throws(RecordError) in
            try SLAPolicy(record: record, calendars: byReference)
        }
        let policies = try decodeAll(replies[0], "policy") { record throws(RecordError) in
            try ReturnPolicy(record: record)
        }
        return StoredPolicies(
            policies: policies.sorted { $0.version < $1.version },
            slaPolicies: slaPolicies.sorted { $0.version < $1.version },
            calendars: calendars.sorted { ($0.name, $0.version) < ($1.name, $1.version) })
    }

    /// How many versions there are of policies, SLA policies and calendars together.
    public func policyCount(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> UInt64 {
        let replies = try await pipeline(
            [StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars].map {
                RedisCommand("HLEN", .text($0))
            }, deadline: deadline)
        return replies.reduce(0) { $0 + UInt64($1.integer ?? 0) }
    }

    /// Adds a version. False when that version exists already: someone else was faster. The same of the other two.
    public func add(_ policy: ReturnPolicy, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            policy.record, as: String(policy.version), to: StoreKeys.policies, deadline: deadline)
    }

    public func add(_ policy: SLAPolicy, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            policy.record, as: String(policy.version), to: StoreKeys.slaPolicies, deadline: deadline)
    }

    public func add(_ calendar: WorkingCalendar, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            calendar.record, as: "\(calendar.reference)", to: StoreKeys.calendars, deadline: deadline)
    }

    private func add(
        _ record: ByteBuffer, as field: String, to key: String, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let call = StoreCall(
            Self.addVersionFunction, .policies, keys: [key], isCounted: true
        ).appending([.text(field), .buffer(record)])
        let reply = try await send(call, effect: .once, deadline: deadline)
        return reply.array?.first?.string == "OK"
    }

    private static let addVersionFunction = FunctionLibrary.store.name("add_version")

    private func decodeAll<Value>(
        _ reply: RedisValue, _ what: String, _ body: (ByteBuffer) throws(RecordError) -> Value
    ) throws(StoreError) -> [Value] {
        var values: [Value] = []
        for record in reply.array ?? [] {
            guard let bytes = record.bytes else { throw StoreError(.corrupt, "\(what): not a record") }
            do throws(RecordError) { values.append(try body(bytes)) } catch { throw StoreError(error, what) }
        }
        return values
    }
}

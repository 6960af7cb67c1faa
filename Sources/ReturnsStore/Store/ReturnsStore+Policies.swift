import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Everything that cases are decided by, each version of it: policies, SLA policies and their calendars. Versions are
/// added and never changed or removed. One that cannot be read hides no other.
public struct StoredPolicies: Sendable {
    /// Those that can be read, the latest last, as of SLA policies.
    public var policies: [ReturnPolicy]
    public var slaPolicies: [SLAPolicy]
    public var calendars: [WorkingCalendar]
    /// Those that are damaged, or that a newer build wrote, and why nothing can be decided by them.
    public internal(set) var unreadable: [RuleVersion: StoreError] = [:]
    /// What tells whether the store has changed since.
    public internal(set) var mark: Mark

    /// What tells, without reading all of them again, whether the store's versions are still those that were read: versions are
    /// added and never changed, and whoever mends one that cannot be read changes its entry.
    public struct Mark: Sendable {
        /// How many entries there are.
        var count: Int
        /// Those that cannot be read, by their key, as they were.
        var unreadable: [(key: String, entries: [(name: RedisArgument, record: RedisValue)])] = []
    }

    public init(policies: [ReturnPolicy], slaPolicies: [SLAPolicy], calendars: [WorkingCalendar]) {
        self.policies = policies
        self.slaPolicies = slaPolicies
        self.calendars = calendars
        mark = Mark(count: policies.count + slaPolicies.count + calendars.count)
    }

    /// Whether a store has what it is given at its beginning, be it readable or not.
    public var hasBegun: Bool { absentKinds.isEmpty }

    private var absentKinds: [String] {
        var absent: [String] = []
        func note(_ kind: String, isEmpty: Bool, _ isOfKind: (RuleVersion) -> Bool) {
            if isEmpty, !unreadable.keys.contains(where: isOfKind) { absent.append(kind) }
        }
        note("policies", isEmpty: policies.isEmpty) { if case .policy = $0 { true } else { false } }
        note("SLA policies", isEmpty: slaPolicies.isEmpty) {
            if case .slaPolicy = $0 { true } else { false }
        }
        note("calendars", isEmpty: calendars.isEmpty) { if case .calendar = $0 { true } else { false } }
        return absent
    }

    /// - Throws: `unfit` where it has not, since the names of all versions are damaged.
    public func requireBegun() throws(StoreError) {
        if !hasBegun { throw StoreError(.rulesGone(absentKinds)) }
    }
}

extension ReturnsStore {
    public func loadPolicies(deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> StoredPolicies
    {
        // Calendars last: an SLA policy is added after the calendars that it names.
        let keys = [StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars]
        let replies = try await repliesToReads(
            keys.map { RedisCommand("HGETALL", .text($0)) }, key: nil, deadline: deadline)
        for (key, reply) in zip(keys, replies) { _ = try StoreIdentity.hash(reply, at: key) }
        let calendars = try Self.versions(replies[2], among: "calendars") {
            (name, record) -> Version<WorkingCalendar>? in
            guard let reference = WorkingCalendar.Reference(field: name) else { return nil }
            return Self.version(.calendar(reference)) { () throws(RecordError) in
                try WorkingCalendar(record: record).named { $0.reference == reference }
            }
        }
        let byReference = Dictionary(
            calendars.readable.map { ($0.reference, $0) }, uniquingKeysWith: { _, last in last })
        let newer = Set(
            calendars.unreadable.compactMap { version, error -> WorkingCalendar.Reference? in
                if case .calendar(let reference) = version, error.isNewer { reference } else { nil }
            })
        let slaPolicies = try Self.versions(replies[1], among: "SLA policies") {
            (name, record) -> Version<SLAPolicy>? in
            guard let number = RuleVersion.number(name) else { return nil }
            return Self.version(.slaPolicy(number)) { () throws(RecordError) in
                try SLAPolicy(record: record, calendars: byReference, newerCalendars: newer)
                    .named { $0.version == number }
            }
        }
        let policies = try Self.versions(replies[0], among: "policies") {
            (name, record) -> Version<ReturnPolicy>? in
            guard let number = RuleVersion.number(name) else { return nil }
            return Self.version(.policy(number)) { () throws(RecordError) in
                try ReturnPolicy(record: record).named { $0.version == number }
            }
        }
        var stored = StoredPolicies(
            policies: policies.readable.sorted { $0.version < $1.version },
            slaPolicies: slaPolicies.readable.sorted { $0.version < $1.version },
            calendars: calendars.readable.sorted { ($0.name, $0.version) < ($1.name, $1.version) })
        for found in [policies.unreadable, slaPolicies.unreadable, calendars.unreadable] {
            stored.unreadable.merge(found) { first, _ in first }
        }
        stored.mark = StoredPolicies.Mark(
            count: replies.reduce(0) { $0 + ($1.array?.count ?? 0) / 2 },
            unreadable: [
                (StoreKeys.policies, policies.entries), (StoreKeys.slaPolicies, slaPolicies.entries),
                (StoreKeys.calendars, calendars.entries),
            ].filter { !$0.1.isEmpty })
        return stored
    }

    /// Whether the store's policies, SLA policies and calendars are those that were read. What was readable then is not looked at.
    public func isUnchanged(since mark: StoredPolicies.Mark, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        let keys = [StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars]
        let counts = keys.map { RedisCommand("HLEN", .text($0)) }
        let reads = mark.unreadable.map { key, entries in
            var command = RedisCommand("HMGET", .text(key))
            for entry in entries { command.append(entry.name) }
            return command
        }
        let replies = try await pipeline(counts + reads, deadline: deadline)
        let count = replies.prefix(keys.count).reduce(0) { $0 + Int($1.integer ?? 0) }
        return count == mark.count
            && zip(replies.dropFirst(keys.count), mark.unreadable).allSatisfy { reply, known in
                reply.array == known.entries.map(\.record)
            }
    }

    /// Adds a version. False when that version exists already: someone else was faster. The same of the other two.
    ///
    /// - Throws: also `levelTooLow`, where it says something that only a later level than the store's holds.
    public func add(_ policy: ReturnPolicy, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            policy, needing: policy.neededLevel, as: String(policy.version), to: StoreKeys.policies,
            deadline: deadline)
    }

    public func add(_ policy: SLAPolicy, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            policy, needing: policy.neededLevel, as: String(policy.version), to: StoreKeys.slaPolicies,
            deadline: deadline)
    }

    public func add(_ calendar: WorkingCalendar, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        try await add(
            calendar, needing: calendar.neededLevel, as: "\(calendar.reference)", to: StoreKeys.calendars,
            deadline: deadline)
    }

    /// - Throws: `levelTooLow`, where a version says something that only a later level than the store's holds.
    package func checkLevel(of rules: some RuleRecord) throws(StoreError) {
        try checkLevel(rules.neededLevel)
    }

    private func checkLevel(_ needed: WriterLevel) throws(StoreError) {
        guard needed <= identity.level else { throw .tooLow(for: needed) }
    }

    func add(
        _ rules: some RuleRecord, needing needed: WriterLevel, as field: String, to key: String,
        deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        try checkLevel(needed)
        let call = StoreCall(
            Self.addVersionFunction, .policies, keys: [key], isCounted: true
        ).appending([.text(field), .buffer(rules.record)])
        let reply = try await send(call, effect: .once, deadline: deadline)
        return ["OK", "SAME"].contains(reply.array?.first?.string)
    }

    private static let addVersionFunction = FunctionLibrary.store.name("add_version")

    private typealias Version<Value> = (name: RuleVersion, value: Result<Value, StoreError>)

    /// Each version for itself.
    ///
    /// - Parameter decode: Takes the name and the record of an entry; nil for a name that is none of a version.
    /// - Returns: Also the entries that cannot be read, as they are.
    private static func versions<Value>(
        _ reply: RedisValue, among kind: String, _ decode: (String, ByteBuffer) -> Version<Value>?
    ) throws(StoreError) -> (
        readable: [Value], unreadable: [RuleVersion: StoreError],
        entries: [(name: RedisArgument, record: RedisValue)]
    ) {
        guard let parts = reply.array, parts.count.isMultiple(of: 2) else {
            throw StoreError(.corrupt, "the \(kind): not a hash")
        }
        var readable: [Value] = []
        var unreadable: [RuleVersion: StoreError] = [:]
        var entries: [(name: RedisArgument, record: RedisValue)] = []
        for index in stride(from: 0, to: parts.count, by: 2) {
            let name = parts[index].string ?? ""
            let found =
                parts[index + 1].bytes.flatMap { decode(name, $0) }
                ?? version(.unnamed(among: kind)) { () throws(RecordError) in
                    throw RecordError(what: "its name")
                }
            switch found.value {
            case .success(let value): readable.append(value)
            case .failure(let error):
                unreadable[found.name] = error
                entries.append((parts[index].bytes.map { .buffer($0) } ?? .text(name), parts[index + 1]))
            }
        }
        return (readable, unreadable, entries)
    }

    private static func version<Value>(
        _ name: RuleVersion, _ body: () throws(RecordError) -> Value
    ) -> Version<Value> {
        (
            name,
            result { () throws(StoreError) in
                do throws(RecordError) { return try body() } catch {
                    throw StoreError(error, "its record").of(.rules(name))
                }
            }
        )
    }
}

extension RuleRecord {
    /// - Throws: for a record that stands under another version's name.
    fileprivate func named(_ isOwn: (Self) -> Bool) throws(RecordError) -> Self {
        guard isOwn(self) else { throw RecordError(what: "it stands under another version's name") }
        return self
    }
}

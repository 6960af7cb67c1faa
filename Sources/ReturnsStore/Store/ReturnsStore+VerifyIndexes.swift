import NIOCore
import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// What `verifyIndexes` found.
public struct IndexReport: Hashable, Sendable {
    public struct Finding: Hashable, Sendable {
        public var index: String
        public var id: CaseID?
        /// The traces of a case whose record is missing are kept: they are all that tells of it until it is restored.
        public var problem: Returns_V1_IndexProblem
        public var isRepaired: Bool
    }

    public var cases: UInt64 = 0
    public var orders: UInt64 = 0
    public var entries: UInt64 = 0
    public var problems: UInt64 = 0
    /// Records that a newer build wrote: none of the problems.
    public private(set) var newer: UInt64 = 0
    public private(set) var repairs: UInt64 = 0
    /// The first `findingsMax` problems, and as many newer records; `problems` and `newer` count them all.
    public var findings: [Finding] = []

    public static let findingsMax = 100
    /// Cases whose records are missing and that are reported once, however often they are named.
    static let missingRecordsMax = 100_000
    private var missingRecords: Set<CaseID> = []

    mutating func addMissingRecord(_ id: CaseID) {
        guard !missingRecords.contains(id) else { return }
        if missingRecords.count < Self.missingRecordsMax { missingRecords.insert(id) }
        let key = StoreKeys(partition: id.partition).returnCase(id)
        add(Finding(index: key, id: id, problem: .recordMissing, isRepaired: false))
    }

    /// - Parameter error: Why the record at the key cannot be read.
    mutating func add(unreadable key: String, of id: CaseID?, _ error: StoreError) {
        guard error.isNewer else {
            return add(Finding(index: key, id: id, problem: .unreadable, isRepaired: false))
        }
        newer += 1
        if newer <= Self.findingsMax {
            findings.append(Finding(index: key, id: id, problem: .newer, isRepaired: false))
        }
    }

    mutating func add(_ finding: Finding) {
        problems += 1
        if finding.isRepaired { repairs += 1 }
        if problems <= Self.findingsMax { findings.append(finding) }
    }
}

/// One entry that a case calls for in a sorted set.
private struct IndexEntry: Hashable {
    var key: String
    var member: [UInt8]
    var score: Int64
}

extension Case {
    /// - Parameter level: The store's.
    fileprivate func indexEntries(_ level: WriterLevel) -> Set<IndexEntry> {
        let keys = StoreKeys(partition: id.partition)
        var entries = Set(
            indexes.map { IndexEntry(key: keys.index($0), member: id.asciiBytes, score: 0) })
        entries.insert(
            IndexEntry(key: keys.changed, member: id.asciiBytes, score: updatedAt.milliseconds))
        func insert(_ clocks: [DeadlineEntry], _ key: (ClockKind) -> String) {
            for clock in clocks {
                entries.insert(
                    IndexEntry(
                        key: key(clock.member.kind), member: Array(clock.member.text.utf8),
                        score: clock.at.milliseconds))
            }
        }
        insert(deadlines) { _ in keys.deadlines }
        insert(dueTimes(level), keys.running)
        if level.listsPausedClocks { insert(pausedTimes, keys.paused) }
        return entries
    }
}

extension ReturnsStore {
    static let scanCount: Int64 = 500

    /// Proves that every listing and deadline agrees with the cases, and repairs what does not when asked to.
    ///
    /// The case's hash is the truth, the sorted sets are indexes of it. Safe while the server works: a difference
    /// counts only when the case did not change between two looks at it, and a repair is guarded by its version.
    public func verifyIndexes(repair: Bool, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> IndexReport
    {
        try requireEveryChannel()
        var report = IndexReport()
        var cursor = "0"
        repeat {
            let reply = try await send(
                RedisCommand("SCAN", .text(cursor), "COUNT", .integer(Self.scanCount)), key: StoreKeys.store,
                deadline: deadline)
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string else {
                throw StoreError(.corrupt, "Redis answered SCAN with something else")
            }
            let keys = (parts[1].array ?? []).compactMap(\.string)
            try await verifyTypes(of: keys, into: &report, deadline: deadline)
            report.orders += UInt64(keys.count { StoreKeys.isOrder($0) })
            for key in keys.compactMap(StoreKeys.orderKey(ofKey:)) {
                do throws(StoreError) {
                    try await verifyOrder(key, repair: repair, into: &report, deadline: deadline)
                } catch {
                    if error.refusal == .keyOfAnotherType { continue }
                    guard error.code == .corrupt else { throw error }
                    report.add(unreadable: self.keys(key).order(key), of: nil, error)
                }
            }
            for id in keys.compactMap(StoreKeys.caseID(ofKey:)) {
                try await passingOverOtherTypes { () async throws(StoreError) in
                    try await verifyCase(id, repair: repair, into: &report, deadline: deadline)
                }
            }
            for key in keys
            where StoreKeys.holdsCases(key) || StoreKeys.holdsClocks(key) || StoreKeys.holdsOrders(key) {
                try await passingOverOtherTypes { () async throws(StoreError) in
                    try await verifyEntries(of: key, repair: repair, into: &report, deadline: deadline)
                }
            }
            for key in keys where StoreKeys.holdsLostRefunds(key) {
                try await passingOverOtherTypes { () async throws(StoreError) in
                    try await verifyLostRefunds(at: key, repair: repair, into: &report, deadline: deadline)
                }
            }
            cursor = next
        } while cursor != "0"
        return report
    }

    /// What meets a key of another type ends there: the key is reported as itself.
    private func passingOverOtherTypes(
        _ verify: () async throws(StoreError) -> Void
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await verify()
        } catch {
            guard error.refusal == .keyOfAnotherType else { throw error }
        }
    }

    /// Keys that hold something of another type: what touches them is refused.
    private func verifyTypes(
        of keys: [String], into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        // Records are reported where they are read.
        for key in try await keysOfAnotherType(among: keys, deadline: deadline) {
            report.add(
                .init(
                    index: key, id: StoreKeys.timelineCaseID(ofKey: key), problem: .unreadable,
                    isRepaired: false))
        }
    }

    /// Every entry that the case calls for is there.
    private func verifyCase(
        _ id: CaseID, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        let found = try await loadEach([id], deadline: deadline)[0]
        if case .failure(let error) = found, error.code == .corrupt {
            report.cases += 1
            if error.lacksRecord { return report.addMissingRecord(id) }
            return report.add(
                unreadable: StoreKeys(partition: id.partition).returnCase(id), of: id, error)
        }
        guard let value = try found.get() else { return }
        report.cases += 1
        try await verifyFacts(of: value, repair: repair, into: &report, deadline: deadline)
        try await verifyOrder(of: value, into: &report, deadline: deadline)
        try await verifyLostRefunds(of: value, repair: repair, into: &report, deadline: deadline)
        let entries = Array(value.indexEntries(identity.level))
        // What of them is no sorted set is reported as itself.
        let scores = try await readEach(entries.map(Self.score), deadline: deadline)
        for case (let entry, .success(let score)) in zip(entries, scores)
        where score.string != String(entry.score) {
            guard let (value, isThere) = try await look(at: entry, of: id, deadline: deadline),
                value.indexEntries(identity.level).contains(entry), !isThere
            else { continue }
            var isRepaired = false
            if repair {
                var builder = CommitBuilder()
                builder.guardVersion(StoreKeys(partition: id.partition).returnCase(id), value.version)
                builder.addToSet(
                    entry.key, scoresAndMembers: [.text(String(entry.score)), .bytes(entry.member)])
                isRepaired =
                    try await commit(try builder.call(partition: id.partition), deadline: deadline)
                    == .committed
            }
            report.add(.init(index: entry.key, id: id, problem: .missing, isRepaired: isRepaired))
        }
    }

    /// The facts that lists filter by are those of the record.
    private func verifyFacts(
        of value: Case, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        let keys = StoreKeys(partition: value.id.partition)
        let key = keys.returnCase(value.id)
        var load = loadCommand(value.id, keys)
        load.append("r")
        let reply = try await send(load, key: key, deadline: deadline)
        guard let fields = reply.array, fields.count == 3 + CaseRecord.Group.allCases.count else { return }
        // Which run the case was opened in nobody else knows.
        do throws(StoreError) {
            _ = try openingRun(fields.last ?? .null, of: value.id)
        } catch {
            let isThere = fields.last?.isNull == false
            report.add(
                .init(
                    index: "\(key) r", id: value.id, problem: isThere ? .unreadable : .missing,
                    isRepaired: false))
        }
        // Facts are made anew of groups that they vouch for, and of no others: it would seal damage as whole.
        let groups = CaseRecord.Group.allCases
        guard
            let stored = Self.readable({ () throws(StoreError) in
                try storedCase(.array(Array(fields.dropLast())), value.id, groups)
            }),
            // Somebody has written it since the case was decoded.
            stored.version == value.version, stored.record.level <= identity.settings.highestLevel,
            !stored.facts.hasMore
        else { return }
        let facts = CaseFacts(value, stored.record)
        guard facts != stored.facts else { return }
        var isRepaired = false
        if repair {
            var builder = CommitBuilder()
            builder.guardVersion(key, value.version)
            builder.setFields(key, ["f", .bytes(facts.encode())])
            isRepaired =
                try await commit(try builder.call(partition: value.id.partition), deadline: deadline)
                == .committed
        }
        report.add(.init(index: "\(key) f", id: value.id, problem: .stale, isRepaired: isRepaired))
    }

    /// Every entry that is there is called for by its case.
    private func verifyEntries(
        of key: String, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        var cursor = "0"
        repeat {
            let reply = try await send(
                RedisCommand("ZSCAN", .text(key), .text(cursor), "COUNT", .integer(Self.scanCount)), key: key,
                deadline: deadline)
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string,
                let items = parts[1].array
            else {
                throw StoreError(.corrupt, "Redis answered ZSCAN with something else")
            }
            for position in stride(from: 0, to: items.count - 1, by: 2) {
                guard let member = items[position].bytes.map({ Array($0.readableBytesView) }) else {
                    continue
                }
                report.entries += 1
                // A score that is no time, infinite for one, is one that no case calls for.
                let score =
                    items[position + 1].string.flatMap(Double.init).flatMap(Int64.init(exactly:)) ?? -1
                try await verifyEntry(
                    IndexEntry(key: key, member: member, score: score), repair: repair, into: &report,
                    deadline: deadline)
            }
            cursor = next
        } while cursor != "0"
    }

    private func verifyEntry(
        _ entry: IndexEntry, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        if StoreKeys.holdsOrders(entry.key) {
            return try await verifyQuietOrder(
                entry.member, at: entry.key, repair: repair, into: &report, deadline: deadline)
        }
        if StoreKeys.holdsClocks(entry.key),
            let untold = UntoldMember(String(decoding: entry.member, as: UTF8.self))
        {
            return try await verifyUntold(
                untold, at: entry.key, repair: repair, into: &report, deadline: deadline)
        }
        let id =
            StoreKeys.holdsClocks(entry.key)
            ? CaseID(ofDeadline: String(decoding: entry.member, as: UTF8.self))
            : CaseID(member: entry.member)
        var version: UInt64 = 0
        if let id {
            // What a damaged case calls for nobody knows; it is reported once, as itself.
            if case .failure(let error) = try await loadEach([id], deadline: deadline)[0],
                error.code == .corrupt
            {
                guard error.lacksRecord else { return }
                // An entry in another partition than the case's is none of the case.
                let isOwn = StoreKeys.partition(ofKey: entry.key) == id.partition
                var isNamed = isOwn && StoreKeys.holdsCases(entry.key)
                if !isNamed { isNamed = try await isTraced(id, deadline: deadline) }
                if isNamed { return report.addMissingRecord(id) }
            } else if let value = try await loadCase(id, deadline: deadline),
                value.indexEntries(identity.level).contains(entry)
            {
                return
            }
            // It may have moved on between the two reads: look at case and entry together.
            let seen = try await look(at: entry, of: id, deadline: deadline)
            if let seen {
                if seen.value.indexEntries(identity.level).contains(entry) || !seen.isThere { return }
                version = seen.value.version
            } else if try await loadCase(id, deadline: deadline) != nil {
                return
            }
        }
        var isRepaired = false
        if repair, let partition = StoreKeys.partition(ofKey: entry.key) {
            var builder = CommitBuilder()
            if let id { builder.guardVersion(StoreKeys(partition: id.partition).returnCase(id), version) }
            builder.removeFromSet(entry.key, members: [.bytes(entry.member)])
            isRepaired =
                try await commit(try builder.call(partition: partition), deadline: deadline) == .committed
        }
        report.add(.init(index: entry.key, id: id, problem: .stale, isRepaired: isRepaired))
    }

    /// Case and entry as they were together: nil when there is no such case, or it changed between two looks.
    private func look(
        at entry: IndexEntry, of id: CaseID, deadline: NIODeadline
    ) async throws(StoreError) -> (value: Case, isThere: Bool)? {
        guard let before = try await loadCase(id, deadline: deadline) else { return nil }
        let score = try await pipeline([Self.score(entry)], deadline: deadline)
        guard let after = try await loadCase(id, deadline: deadline), after.version == before.version else {
            return nil
        }
        return (after, score[0].string == String(entry.score))
    }

    private static func score(_ entry: IndexEntry) -> RedisCommand {
        RedisCommand("ZSCORE", .text(entry.key), .bytes(entry.member))
    }
}

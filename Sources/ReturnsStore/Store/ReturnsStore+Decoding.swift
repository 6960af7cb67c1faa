import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What replies to reads come to.
extension ReturnsStore {
    /// The case, if it is one of the scope's; nil for one of another sale channel, also where it is damaged, and for one that
    /// nothing names.
    ///
    /// - Parameters:
    ///   - isNamed: Whether the store itself names the case. Otherwise it is asked whether it does, where there is no record.
    ///   - isReadOnly: Nothing is decided on it.
    nonisolated(nonsending) func visibleCase(
        _ reply: RedisValue, _ id: CaseID, isNamed: Bool = false, isReadOnly: Bool = false,
        deadline: NIODeadline
    ) async throws(StoreError) -> Case? {
        try await visible(
            reply, id, CaseRecord.Group.allCases, isNamed: isNamed, deadline: deadline
        ) { stored throws(StoreError) in try value(stored, isReadOnly: isReadOnly) }
    }

    nonisolated(nonsending) func visible(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group], isNamed: Bool = false,
        deadline: NIODeadline
    ) async throws(StoreError) -> StoredCase? {
        try await visible(reply, id, groups, isNamed: isNamed, deadline: deadline) { $0 }
    }

    private nonisolated(nonsending) func visible<Value>(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group], isNamed: Bool,
        deadline: NIODeadline, _ value: (StoredCase) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value? {
        do throws(StoreError) {
            if let stored = try storedCase(reply, id, groups) { return try value(stored) }
            guard try Self.isAbsent(reply) else { return nil }
            try await confirmRun(deadline: deadline)
            if !isNamed {
                guard try await isTraced(id, deadline: deadline) else { return nil }
                // It may have been opened between the two looks.
                let again = try await repliesToReads(
                    [loadCommand(id, StoreKeys(partition: id.partition), groups)], key: nil,
                    deadline: deadline)[0]
                guard try Self.isAbsent(again) else { return try storedCase(again, id, groups).map(value) }
            }
            throw StoreError.recordMissing(id)
        } catch {
            guard error.code == .corrupt, case .channels(let channels) = scope else { throw error }
            guard try await isListed(id, in: channels, deadline: deadline) else { return nil }
            throw error
        }
    }

    /// Whether the reply to `loadCommand` says that nothing of the record is there.
    static func isAbsent(_ reply: RedisValue) throws(StoreError) -> Bool {
        try record(reply).array?.allSatisfy(\.isNull) ?? false
    }

    /// Whether something that is written with each case, and stays, tells of one.
    nonisolated(nonsending) func isTraced(_ id: CaseID, deadline: NIODeadline) async throws(StoreError)
        -> Bool
    {
        guard let keys = keys(id) else { return false }
        return try await repliesToReads(
            [
                RedisCommand("ZSCORE", .text(keys.index(.all)), .bytes(id.asciiBytes)),
                RedisCommand("ZSCORE", .text(keys.changed), .bytes(id.asciiBytes)),
                RedisCommand("LINDEX", .text(keys.timeline(id)), 0),
            ], key: keys.returnCase(id), deadline: deadline
        ).contains { reply in
            // One that is damaged itself tells nothing.
            if case .error = reply { false } else { !reply.isNull }
        }
    }

    /// Whether a case that cannot be read is one of these sale channels, as their listings have it.
    nonisolated(nonsending) func isListed(
        _ id: CaseID, in saleChannels: Set<String>, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let keys = StoreKeys(partition: id.partition)
        let scores = try await pipeline(
            saleChannels.map {
                RedisCommand("ZSCORE", .text(keys.index(.saleChannel($0))), .bytes(id.asciiBytes))
            }, deadline: deadline)
        return scores.contains { !$0.isNull }
    }

    /// - Returns: Nil for one of another sale channel, and where nothing of a record is there.
    /// - Throws: for a case that is damaged, an error that names it.
    func decodeCase(_ reply: RedisValue, _ id: CaseID) throws(StoreError) -> Case? {
        guard let stored = try storedCase(reply, id, CaseRecord.Group.allCases) else { return nil }
        return try value(stored)
    }

    /// What can be decided on. What is decided on it is written at its level, or a higher one.
    private func value(_ stored: StoredCase, isReadOnly: Bool = false) throws(StoreError) -> Case {
        identity.meet(stored.record.level)
        return try stored.value(knowing: identity.settings.highestLevel, isReadOnly: isReadOnly)
    }

    /// As for a case.
    func value(_ stored: StoredOrder, _ key: OrderKey) throws(StoreError) -> Order {
        identity.meet(stored.record.level)
        return try stored.value(key, knowing: identity.settings.highestLevel)
    }

    /// - Parameter groups: Those that `loadCommand` has asked for.
    /// - Returns: Nil for one of another sale channel, and where nothing of a record is there.
    /// - Throws: for a case that is damaged, an error that names it.
    func storedCase(
        _ reply: RedisValue, _ id: CaseID, _ groups: [CaseRecord.Group]
    ) throws(StoreError) -> StoredCase? {
        do throws(StoreError) {
            guard let fields = try Self.record(reply).array, fields.count == 2 + groups.count else {
                throw StoreError(.corrupt, "case \(id): not a case")
            }
            if fields.allSatisfy({ $0.isNull }) { return nil }
            guard let version = fields[0].integer else {
                throw StoreError(.corrupt, "case \(id): fields are missing")
            }
            var parts = [ByteBuffer](repeating: ByteBuffer(), count: CaseRecord.Group.allCases.count)
            for index in groups.indices {
                guard case .bulkString(let bytes) = fields[2 + index] else {
                    throw StoreError(.corrupt, "case \(id): fields are missing")
                }
                parts[groups[index].rawValue] = bytes
            }
            // Nothing else vouches for the groups: with damaged facts the whole case is damaged.
            let facts = try decode(fields[1].bytes, "facts of case \(id)") { bytes throws(RecordError) in
                try CaseFacts(record: bytes, of: id, version: version)
            }
            let record = CaseRecord(parts: parts, level: facts.level)
            guard scope.holds(facts.saleChannel) else { return nil }
            for group in groups where CaseFacts.Part(record[group]) != facts.parts[group.rawValue] {
                throw StoreError(.corrupt, "case \(id): the checksum of its \(group) fields does not fit")
            }
            return StoredCase(id: id, version: UInt64(clamping: version), facts: facts, record: record)
        } catch {
            throw error.of(id)
        }
    }

    /// The order of a case, and whether the case is still at the version at which it was read. Read together, they have to
    /// fit each other: nothing could be decided on them otherwise.
    func decodeOrder(
        of value: Case, _ reply: RedisValue, version: RedisValue
    ) throws(StoreError) -> (order: Order?, isCaseUnchanged: Bool) {
        do throws(StoreError) {
            let isUnchanged = try Self.record(version).integer == Int64(clamping: value.version)
            let order = try decodeOrder(reply, value.order)
            if isUnchanged, let order, let found = value.inconsistency(with: order) {
                throw StoreError(.corrupt, "case \(value.id) and its order: \(found)")
            }
            // An order with cases is kept for ever.
            if isUnchanged, order == nil, scope.holds(value.order.saleChannel) {
                throw StoreError.recordMissing(value.order)
            }
            return (order, isUnchanged)
        } catch {
            throw error.of(value.id)
        }
    }

    /// - Returns: Nil also for another sale channel's order, whatever the record is like.
    func decodeOrder(_ reply: RedisValue, _ key: OrderKey) throws(StoreError) -> Order? {
        guard let stored = try storedOrder(reply, key) else { return nil }
        return try value(stored, key)
    }

    /// - Returns: Nil also for another sale channel's order, whatever the record is like.
    func storedOrder(_ reply: RedisValue, _ key: OrderKey) throws(StoreError) -> StoredOrder? {
        guard scope.holds(key.saleChannel) else { return nil }
        let fields: [RedisValue]
        do throws(StoreError) {
            guard let found = try Self.record(reply).array else {
                throw StoreError(.corrupt, "its key holds no order")
            }
            fields = found
        } catch {
            throw error.of(key)
        }
        do throws(RecordError) { return try OrderRecord.read(fields) } catch {
            throw StoreError(error, key)
        }
    }

    /// The message of a record that stands by itself.
    static func checkedContents(_ value: RedisValue, _ what: String) throws(StoreError) -> ByteBuffer {
        guard let bytes = value.bytes else { throw StoreError(.corrupt, "\(what): not a record") }
        do throws(RecordError) { return try CheckedRecord.contents(bytes) } catch {
            throw StoreError(error, what)
        }
    }

    /// One that cannot be read may be the request's own. The log names its key, for who removes it.
    func decodeRequest(_ reply: RedisValue, _ key: String) throws(StoreError) -> RequestRecord? {
        do throws(StoreError) {
            guard let bytes = try Self.record(reply).bytes else { return nil }
            return try decode(bytes, key) { bytes throws(RecordError) in try RequestRecord(record: bytes) }
        } catch {
            throw error.of(.request).behind(.unknown)
        }
    }

    /// Beside a request record, which tells of a change that was made: damage does not unmake it.
    static func readable<Value>(_ decode: () throws(StoreError) -> Value?) -> Value? {
        do throws(StoreError) { return try decode() } catch { return nil }
    }

    func decode<Value>(
        _ buffer: ByteBuffer?, _ what: @autoclosure () -> String,
        _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Value
    ) throws(StoreError) -> Value {
        guard let buffer else { throw StoreError(.corrupt, "\(what()): not a record") }
        do {
            return try buffer.withRecordBytes(body)
        } catch {
            throw StoreError(error, what())
        }
    }

    /// The reply to a read of one record. A key of another type is damage of that record; another error is Redis's.
    static func record(_ reply: RedisValue) throws(StoreError) -> RedisValue {
        if case .error(let error) = reply, error.prefix == "WRONGTYPE" {
            throw StoreError(.corrupt, "a record's key holds something of another type")
        }
        return try checked(reply)
    }
}

extension ByteBuffer {
    /// `withUnsafeReadableBytes` for throwers of `RecordError`.
    func withRecordBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Value
    ) throws(RecordError) -> Value {
        let result: Result<Value, RecordError> = withUnsafeReadableBytes { bytes in
            do throws(RecordError) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

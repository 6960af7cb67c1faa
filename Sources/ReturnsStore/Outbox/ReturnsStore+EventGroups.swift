import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What came of adding a group.
public enum EventGroupAddition: Hashable, Sendable {
    case added
    /// There is one of that name.
    case exists(EventGroup)
    /// There are `ReturnsStore.eventGroupsMax` already.
    case full
    /// The request was carried out before, and made this group.
    case replay(EventGroup)
    /// The request was carried out before; the group that it made has gone.
    case deletedSince
    /// The request id was used for another request before.
    case requestIDReused
}

/// What came of removing a group.
public enum EventGroupRemoval: Hashable, Sendable {
    case removed
    case missing
    case replay
    case requestIDReused
}

/// What a consumer was given of one partition.
public enum EventGroupPage: Hashable, Sendable {
    /// Those given before, to whomever, and those given for the first time.
    case events(again: [OutboxEvent], fresh: [OutboxEvent])
    /// Events that the group was not given, or has not acknowledged, are gone.
    case trimmed
    /// The group is not there: deleted, or not made in this partition yet.
    case missing
    /// The group has as many consumers as it may have.
    case crowded
    /// The partition holds something else than the store has put there.
    case unreadable
}

/// Which of a group's events a consumer asks for.
public enum EventGroupRequest: Hashable, Sendable {
    /// Those that others have left unacknowledged for too long, then those that nobody was given yet.
    case next
    /// Those behind an id that this consumer was given before and has not acknowledged.
    case own(after: OutboxID)
}

/// Figures of a group over all partitions.
public struct EventGroupState: Hashable, Sendable {
    public var pending: UInt64 = 0
    /// Nil while Redis cannot tell, as for a group that begins between two events.
    public var lag: UInt64? = 0
    /// The most that one partition has of events which it was not given or has not acknowledged: each partition's log is trimmed by
    /// itself.
    public var unfinishedOfPartitionMax: UInt64 = 0
    /// Events that it was not given, or has not acknowledged, are gone.
    public var isBehind = false
    /// No later than the first event that it has not acknowledged, be it given or not; nil if there is none. Who deletes the
    /// group and creates it anew misses what cases did since then.
    public var unfinishedSince: OutboxID?
    public var consumers: Set<String> = []
    /// Partitions that are damaged, which the figures are without.
    public var unreadablePartitions: [Int] = []
}

extension ReturnsStore {
    /// What a place of one partition counts that is looked at for a list: it takes Redis about as long as so many bytes do a server.
    public static let partitionBytes = 4_096
    /// There may be at most this many groups.
    public static let eventGroupsMax = 32
    /// A consumer that was silent for so long may lose its place in a group to a new one.
    public static let consumerIdleMilliseconds: Int64 = 600_000

    // MARK: Groups

    public func loadEventGroups(
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> NamedRecords<EventGroup> {
        try await loadNamed(StoreKeys.eventGroups, name: \.name, deadline: deadline) {
            value throws(StoreError) in try decodeGroup(value)
        }
    }

    public func loadEventGroup(
        _ name: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroup? {
        let reply = try await send(
            RedisCommand("HGET", .text(StoreKeys.eventGroups), .text(name)), key: StoreKeys.eventGroups,
            deadline: deadline)
        guard !reply.isNull else {
            try await confirmRun(deadline: deadline)
            return nil
        }
        return try decodeGroup(reply, name)
    }

    /// Adds the group's record, and then its place in every partition.
    ///
    /// - Parameter groupsMax: With so many groups there already, no more is added.
    public func addEventGroup(
        _ group: EventGroup, groupsMax: Int = eventGroupsMax, request: CommitRequest,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroupAddition {
        let parts = try await change(
            Self.groupAddFunction, request,
            [
                .text(group.name), .bytes(group.encodeRecord()), .integer(Int64(groupsMax)),
            ], deadline: deadline)
        switch (parts[0].string, parts.count) {
        case ("OK", 1):
            return try await afterChange { () async throws(StoreError) -> EventGroupAddition in
                try await placeEventGroup(group, deadline: deadline) ? .added : .deletedSince
            }
        case ("EXISTS", 2): return .exists(try decodeGroup(parts[1], group.name))
        case ("REPLAY", 2):
            return try await afterChange { () async throws(StoreError) -> EventGroupAddition in
                let made = try decodeGroup(parts[1], group.name)
                return try await placeEventGroup(made, deadline: deadline) ? .replay(made) : .deletedSince
            }
        case ("FULL", 1): return .full
        case ("REUSED", 1): return .requestIDReused
        default: throw Self.outboxMalformed
        }
    }

    /// Makes the group where it is missing.
    ///
    /// - Returns: false when it is deleted, be it meanwhile: then its places are gone too, whoever was last.
    public func placeEventGroup(
        _ group: EventGroup, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        guard group.start.positions.count == partitioning.count else {
            throw Self.groupOfAnotherStore
        }
        guard try await isThere(group, deadline: deadline) else { return false }
        _ = try await pipeline(
            group.start.positions.enumerated().map { partition, position in
                StoreCall(
                    Self.groupCreateFunction, .partition(partition),
                    keys: [StoreKeys(partition: partition).outbox]
                ).appending([.text(group.redisName), .text("\(position)")])
            }, deadline: deadline)
        guard try await isThere(group, deadline: deadline) else {
            try await removePlaces(group.redisName, deadline: deadline)
            return false
        }
        return true
    }

    private func isThere(_ group: EventGroup, deadline: NIODeadline) async throws(StoreError) -> Bool {
        try await loadEventGroup(group.name, deadline: deadline)?.redisName == group.redisName
    }

    /// Forgets the group first, so that nobody makes it anew, and then its places.
    public func removeEventGroup(
        _ name: String, request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroupRemoval {
        let parts = try await change(
            Self.groupRemoveFunction, request, [.text(name)], deadline: deadline)
        let removal: EventGroupRemoval
        switch (parts[0].string, parts.count) {
        case ("OK", 2): removal = .removed
        case ("REPLAY", 2): removal = .replay
        case ("MISSING", 1): return .missing
        case ("REUSED", 1): return .requestIDReused
        default: throw Self.outboxMalformed
        }
        try await afterChange { () async throws(StoreError) in
            try await removePlaces(ofRemoved: parts[1], name, deadline: deadline)
        }
        return removal
    }

    /// A removal that was carried out before, by its request alone: whose group has the name now does not matter.
    ///
    /// - Parameter name: that the request is about.
    /// - Returns: `replay` or `requestIDReused`; nil when it was not.
    public func repeatedGroupRemoval(
        _ name: String, request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroupRemoval? {
        let key = StoreKeys.eventGroupRequest(request.id)
        let reply = try await send(RedisCommand("GET", .text(key)), key: key, deadline: deadline)
        guard let answer = request.answer(in: reply) else { return nil }
        guard let answer else { return .requestIDReused }
        let removed = RedisValue.bulkString(ByteBuffer(bytes: answer))
        try await afterChange { () async throws(StoreError) in
            try await removePlaces(ofRemoved: removed, name, deadline: deadline)
        }
        return .replay
    }

    /// The group's consumers have read again what the store lost up to a loss.
    ///
    /// - Returns: the group as it is then; nil when it is deleted meanwhile.
    public func confirmLoss(
        _ loss: StoreLoss, of group: EventGroup, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroup? {
        for _ in 0..<Self.confirmAttemptsMax {
            let found = try await send(
                RedisCommand("HGET", .text(StoreKeys.eventGroups), .text(group.name)),
                key: StoreKeys.eventGroups, deadline: deadline)
            guard let record = found.bytes else { return nil }
            var confirmed = try decodeGroup(found, group.name)
            guard confirmed.redisName == group.redisName else { return nil }
            // Somebody else may have confirmed it, or a later one.
            if let run = confirmed.run, run.number >= loss.run.number { return confirmed }
            confirmed.run = loss.run
            let call = StoreCall(
                Self.groupConfirmFunction, .eventGroups, keys: [StoreKeys.eventGroups], isCounted: true
            ).appending([
                .text(group.name), .bytes(Array(record.readableBytesView)), .bytes(confirmed.encodeRecord()),
            ])
            let reply = try await send(call, effect: .once, deadline: deadline)
            if reply.array?.first?.string == "OK" { return confirmed }
        }
        throw StoreError(.unavailable, "others keep changing the group; try again")
    }

    private static let confirmAttemptsMax = 5

    /// - Parameter record: as the group had it when it was removed.
    private func removePlaces(
        ofRemoved record: RedisValue, _ name: String, deadline: NIODeadline
    ) async throws(StoreError) {
        let group: EventGroup
        do throws(StoreError) {
            group = try decodeGroup(record)
        } catch {
            guard error.code == .corrupt else { throw error }
            return try await removeStrayPlaces(named: name, deadline: deadline)
        }
        try await removePlaces(group.redisName, deadline: deadline)
    }

    /// Those of groups that had this name, where no record tells which they were.
    private func removeStrayPlaces(named name: String, deadline: NIODeadline) async throws(StoreError) {
        let replies = try await pipelineInSlices(
            (0..<partitioning.count).map { outboxCall(Self.groupNamesFunction, $0, isRead: true) },
            deadline: deadline)
        var strays = Set(replies.flatMap { ($0.array ?? []).compactMap(\.string) })
            .filter { EventGroup.name(ofRedisName: $0) == name }
        // Behind that: one that was created since is not among them, or its record is there.
        if let present = try await loadEventGroup(name, deadline: deadline) {
            strays.remove(present.redisName)
        }
        for stray in strays { try await removePlaces(stray, deadline: deadline) }
    }

    private func removePlaces(_ redisName: String, deadline: NIODeadline) async throws(StoreError) {
        _ = try await pipelineInSlices(
            (0..<partitioning.count).map { partition in
                StoreCall(
                    Self.groupDestroyFunction, .partition(partition),
                    keys: [StoreKeys(partition: partition).outbox]
                ).appending([.text(redisName)])
            }, deadline: deadline)
    }

    /// A change of the groups' records, made once for each request.
    private func change(
        _ function: String, _ request: CommitRequest, _ arguments: [RedisArgument], deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        let call = StoreCall(
            function, .eventGroups,
            keys: [StoreKeys.eventGroups, StoreKeys.eventGroupRequest(request.id)], isCounted: true
        ).appending([.bytes(request.fingerprint), .integer(RequestRecord.retentionMilliseconds)])
        let reply = try await send(call.appending(arguments), effect: .once, deadline: deadline)
        guard let parts = reply.array, !parts.isEmpty else { throw Self.outboxMalformed }
        return parts
    }

    public func eventGroupState(
        _ group: EventGroup, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> EventGroupState {
        guard group.start.positions.count == partitioning.count else { throw Self.groupOfAnotherStore }
        let replies = try await readEachInSlices(
            group.start.positions.enumerated().map { partition, start in
                outboxCall(
                    Self.groupStateFunction, partition, isRead: true, .text(group.redisName),
                    .text("\(start)"))
            },
            deadline: deadline)
        var state = EventGroupState()
        for (partition, reply) in replies.enumerated() {
            guard case .success(let reply) = reply else {
                state.unreadablePartitions.append(partition)
                state.lag = nil
                continue
            }
            guard let parts = reply.array, parts.count == 5 else { throw Self.outboxMalformed }
            state.pending += UInt64(clamping: parts[0].integer ?? 0)
            let unfinished = max(0, parts[0].integer ?? 0).addingReportingOverflow(
                max(0, parts[1].integer ?? 0))
            state.unfinishedOfPartitionMax = max(
                state.unfinishedOfPartitionMax, UInt64(clamping: unfinished.partialValue))
            if parts[2].integer == 1 { state.isBehind = true }
            // How much it was not given of what is gone, nobody knows.
            let lag = state.isBehind ? -1 : parts[1].integer ?? -1
            state.lag = lag < 0 ? nil : state.lag.map { $0 + UInt64(lag) }
            if let place = parts[4].string, !place.isEmpty, let id = OutboxID(place) {
                state.unfinishedSince = min(state.unfinishedSince ?? id, id)
            }
            state.consumers.formUnion((parts[3].array ?? []).compactMap(\.string))
        }
        return state
    }

    // MARK: Consuming

    /// Gives a consumer events of some partitions, with one pipeline, of each by itself. They count as given from now on, whether or not the
    /// reply arrives.
    public func readEventGroup(
        _ group: EventGroup, consumer: String, _ requests: [(partition: Int, request: EventGroupRequest)],
        limit: Int, consumerIdleMilliseconds: Int64 = consumerIdleMilliseconds,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [EventGroupPage] {
        guard !requests.isEmpty else { return [] }
        let replies = try await readEach(
            requests.map { partition, request in
                let own: String =
                    switch request {
                    case .next: ""
                    case .own(let after): "\(after)"
                    }
                return outboxCall(
                    Self.groupReadFunction, partition, .text(group.redisName), .text(consumer),
                    .integer(Int64(limit)), .integer(group.acknowledgeMilliseconds), .text(own),
                    .integer(consumerIdleMilliseconds))
            }, deadline: deadline)
        var pages: [EventGroupPage] = []
        for (item, reply) in zip(requests, replies) {
            guard case .success(let reply) = reply else {
                pages.append(.unreadable)
                continue
            }
            guard let parts = reply.array, let word = parts.first?.string else { throw Self.outboxMalformed }
            switch (word, parts.count) {
            case ("OK", 3):
                pages.append(
                    .events(
                        again: try OutboxEvent.events(parts[1], partition: item.partition),
                        fresh: try OutboxEvent.events(parts[2], partition: item.partition)))
            case ("TRIMMED", 1): pages.append(.trimmed)
            case ("MISSING", 1): pages.append(.missing)
            case ("CROWDED", 1): pages.append(.crowded)
            default: throw Self.outboxMalformed
            }
        }
        return pages
    }

    /// These events are done with, whoever was given them.
    public func acknowledge(
        _ events: [EventID], group: EventGroup, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        guard !events.isEmpty else { return }
        _ = try await pipeline(
            Dictionary(grouping: events, by: \.partition).map { partition, events in
                StoreCall(
                    Self.acknowledgeFunction, .partition(partition),
                    keys: [StoreKeys(partition: partition).outbox]
                ).appending([.text(group.redisName)] + events.map { .text("\($0.position)") })
            }, deadline: deadline)
    }

    private static let acknowledgeFunction = FunctionLibrary.store.name("acknowledge")
    private static let groupReadFunction = FunctionLibrary.outbox.name("group_read")
    private static let groupCreateFunction = FunctionLibrary.outbox.name("group_create")
    private static let groupDestroyFunction = FunctionLibrary.outbox.name("group_destroy")
    private static let groupStateFunction = FunctionLibrary.outbox.name("group_state")
    private static let groupNamesFunction = FunctionLibrary.outbox.name("group_names")
    private static let groupAddFunction = FunctionLibrary.outbox.name("group_add")
    private static let groupConfirmFunction = FunctionLibrary.outbox.name("group_confirm")
    private static let groupRemoveFunction = FunctionLibrary.outbox.name("group_remove")

    private func decodeGroup(_ value: RedisValue, _ name: String) throws(StoreError) -> EventGroup {
        do throws(StoreError) { return try decodeGroup(value) } catch { throw error.of(.eventGroup(name)) }
    }

    private func decodeGroup(_ value: RedisValue) throws(StoreError) -> EventGroup {
        try decode(value.bytes, "event group") { bytes throws(RecordError) in try EventGroup(record: bytes) }
    }
}

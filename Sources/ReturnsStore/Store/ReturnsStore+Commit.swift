import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What came of a commit.
public enum CommitOutcome: Hashable, Sendable {
    case committed
    /// The request was carried out before: nothing was written now.
    case replay(RequestRecord)
    /// The request id was used for another request before.
    case requestIDReused
    /// Someone changed the case or the order meanwhile: load and decide again.
    case stale
}

/// The request on whose behalf a commit is made.
public struct CommitRequest: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public var id: String
    public var fingerprint: [UInt8]

    public init(id: String, fingerprint: [UInt8]) {
        self.id = id
        self.fingerprint = fingerprint
    }
}

extension ReturnsStore {
    /// Commits a transition: case, order, timeline, indexes, deadlines, events and request record together or not at all.
    ///
    /// - Parameter record: The transition encoded, by who needs that besides; nil encodes it here.
    /// - Parameter request: Nil for acts that are idempotent by their version guard. Such a commit is sent once: a second one
    ///   would be answered as stale whether or not the first one was made.
    /// - Parameter lostRefundFence: What the claim of a lost refund says that the commit goes by; nil for one that records none.
    /// - Parameter isDryRun: Nothing is sent, and everything up to there is done, so that what is refused without a look at Redis is
    ///   refused here too: `committed` says that it would be tried.
    package nonisolated(nonsending) func commit(
        _ transition: CaseTransition, record: TransitionRecord? = nil, request: CommitRequest?,
        lostRefundFence: UInt64? = nil, isDryRun: Bool = false, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CommitOutcome {
        try require(transition.caseAfter.order)
        do throws(StoreError) {
            let call = try commitCall(
                transition, record: record, request: request, lostRefundFence: lostRefundFence)
            if isDryRun { return .committed }
            return try await commit(
                call, effect: request == nil ? .eachTime : .once, deadline: deadline)
        } catch {
            throw error.met(by: transition.caseAfter.id)
        }
    }

    /// The command that `commit` sends, for who sends many of them without waiting.
    public func commitCommand(
        _ transition: CaseTransition, request: CommitRequest?
    ) throws(StoreError) -> RedisCommand {
        try commitCall(transition, request: request).command(run: try identity.run())
    }

    func commitCall(
        _ transition: CaseTransition, record: TransitionRecord? = nil, request: CommitRequest?,
        lostRefundFence: UInt64? = nil
    ) throws(StoreError) -> StoreCall {
        let id = transition.caseAfter.id
        let keys = StoreKeys(partition: id.partition)
        let requestRecord = request.map {
            RequestRecord(
                fingerprint: $0.fingerprint, outcome: .changedCase(id, version: transition.caseAfter.version))
        }
        var builder = CommitBuilder(requestKey: request.map { keys.request($0.id) }, record: requestRecord)
        builder.add(
            transition, record ?? TransitionRecord(transition, level: identity.level),
            partition: id.partition,
            run: identity.presentRun)
        if let lostRefundFence { builder.guardVersion(keys.lostRefundFence, lostRefundFence) }
        return try builder.call(partition: id.partition)
    }

    /// Commits an order push.
    ///
    /// - Parameter result: The reply's result code, kept for replays.
    public nonisolated(nonsending) func commit(
        _ order: Order, before: Order?, result: UInt8, request: CommitRequest,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CommitOutcome {
        try require(order.key)
        let keys = keys(order.key)
        let record = RequestRecord(
            fingerprint: request.fingerprint, outcome: .putOrder(result: result, version: order.version))
        var builder = CommitBuilder(requestKey: keys.request(request.id), record: record)
        builder.add(order, before: before, keys: keys, level: identity.level)
        return try await commit(
            try builder.call(partition: partitioning.partition(of: order.key)), deadline: deadline)
    }

    /// Commits a change of an order's payments, its entry in the order's timeline, and whom it has to be told to.
    ///
    /// - Parameter isDryRun: As of a case.
    public nonisolated(nonsending) func commit(
        _ transition: OrderTransition, request: CommitRequest, isDryRun: Bool = false,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CommitOutcome {
        let order = transition.orderAfter
        try require(order.key)
        let keys = keys(order.key)
        let record = RequestRecord(
            fingerprint: request.fingerprint, outcome: .changedPayments(version: order.version))
        var builder = CommitBuilder(requestKey: keys.request(request.id), record: record)
        builder.add(transition, keys: keys, level: identity.level)
        let call = try builder.call(partition: partitioning.partition(of: order.key))
        return isDryRun ? .committed : try await commit(call, deadline: deadline)
    }

    nonisolated(nonsending) func commit(
        _ call: StoreCall, effect: CommandEffect = .once, deadline: NIODeadline
    ) async throws(StoreError) -> CommitOutcome {
        try outcome(of: try await send(call, effect: effect, deadline: deadline))
    }

    /// What the commit function has answered.
    func outcome(of reply: RedisValue) throws(StoreError) -> CommitOutcome {
        guard let parts = reply.array, let word = parts.first?.string else {
            throw StoreError(.corrupt, "the commit function answered something else")
        }
        switch word {
        case "OK": return .committed
        case "STALE": return .stale
        case "REUSED": return .requestIDReused
        case "REPLAY":
            guard let record = try decodeRequest(parts.last ?? .null, "its record") else {
                throw StoreError(.corrupt, "the commit function answered something else")
            }
            return .replay(record)
        default: throw StoreError(.corrupt, "the commit function answered something else")
        }
    }
}

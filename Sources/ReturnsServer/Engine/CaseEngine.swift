import CoreMetrics
import Cryptography
import NIOCore
import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore
import Tracing

/// Load, decide, commit: a call's way through domain and store on one event loop.
public struct CaseEngine: Sendable {
    /// Of every sale channel. Services have no way to it: what they load, they load as their caller, by `store(for:)`.
    private let stores: LoopStores
    public let policies: PolicyBook
    public let clock: any ServerClock
    /// How long orders without cases are kept, as it is set.
    public let ordersKept: OrderRetention
    /// Decisions that others overtook.
    let commitConflicts: Counter
    /// Nil where calls are not traced.
    let tracer: (any Tracer)?

    /// A decision that others overtook is taken again at most this often before the call is given back as ABORTED.
    public static let commitAttemptsMax = 16

    init(
        stores: LoopStores, policies: PolicyBook, clock: any ServerClock,
        orderRetention: OrderRetention = .forever,
        commitConflicts: Counter = ReturnsMetrics.none.commitConflicts, tracer: (any Tracer)? = nil
    ) {
        self.tracer = tracer
        self.commitConflicts = commitConflicts
        self.stores = stores
        self.policies = policies
        self.clock = clock
        ordersKept = orderRetention
    }

    // MARK: The store as a caller sees it

    /// The store of the loop that runs now, within the caller's sale channels: no other case or order is there.
    func store(for context: RCPCallContext) -> ReturnsStore {
        stores.current.within(context.principal.saleChannels)
    }

    var partitioning: Partitioning { stores.current.partitioning }
    var identity: StoreIdentity { stores.current.identity }
    var eventLoopCount: Int { stores.all.count }

    /// What a mutation came to.
    public struct Result: Sendable {
        /// The case it led to, as it is stored.
        package var record: CaseRecord
        /// What it added to the story, as messages with all their groups.
        package var entries: [ByteBuffer] = []
        public var isReplay = false
        public var isDryRun = false
    }

    // MARK: Commands on a case

    /// Takes one command on an existing case.
    ///
    /// - Parameters:
    ///   - expectedVersion: 0 takes any.
    ///   - command: Not asked for where the request was carried out before: that is told whatever this build, or the list of
    ///     principals, would say of it now.
    /// - Throws: `RCPStatus`, `CaseRejection` or `StoreError`, as everything here does.
    public nonisolated(nonsending) func take(
        on id: CaseID, expectedVersion: UInt64, isDryRun: Bool, context: RCPCallContext,
        _ command: nonisolated(nonsending) () async throws -> Command
    ) async throws -> Result {
        let request = CommitRequest(context)
        var claimed: RefundOfLostCase?
        do {
            return try await untilCommitted(context) { store in
                let loaded = try await store.loadCase(id, requestID: request.id, deadline: context.deadline)
                if let record = loaded.request {
                    return try await replay(record, of: request, store: store, deadline: context.deadline)
                }
                let command = try await command()
                let keeps = store.identity.level.keeps
                if let field = command.fieldLost(keeping: keeps) {
                    throw StoreError.tooLow(for: .keeping(command.needs), field: field)
                }
                // As it stood when the case was read: a loss begins another run, in which this commit would be refused.
                let loss = store.identity.record?.unreconciled
                guard let value = loaded.value else { throw CaseRejection.unknownCase }
                guard expectedVersion == 0 || expectedVersion == value.version else {
                    throw CaseRejection.staleVersion(expected: expectedVersion, found: value.version)
                }
                let (order, isCaseUnchanged) = try await store.loadOrder(
                    of: value, deadline: context.deadline)
                guard isCaseUnchanged else { return nil }
                let rules = try await policies.rules(for: value, store: store, deadline: context.deadline)
                let purchasePolicy = try await policies.purchasePolicy(
                    for: command.kind, of: order, besides: rules.policy.version, store: store,
                    deadline: context.deadline)
                let (actor, now) = (context.actor(), clock.now())
                if [.refund, .confirmRefund].contains(command.kind), !isDryRun, let loss {
                    throw RCPStatus.reconcileFirst(
                        loss, caseID: id,
                        allowed: value.allowedSteps(
                            order: order, actor: actor, now: now, policy: rules.policy, sla: rules.sla,
                            hasOpenLoss: true, keeps: keeps
                        ).steps.map(\.kind))
                }
                let lost: RefundOfLostCase?
                do {
                    lost = try await lostRefund(command, of: value, store: store, deadline: context.deadline)
                } catch var rejection as CaseRejection {
                    rejection.allowed = value.allowedCommands(
                        policy: rules.policy, order: order, hasOpenLoss: loss != nil, keeps: keeps)
                    throw rejection
                }
                switch Case.decide(
                    value, order: order, command: command, actor: actor, now: now,
                    policy: rules.policy, purchasePolicy: purchasePolicy, sla: rules.sla,
                    hasOpenLoss: loss != nil, keeps: keeps)
                {
                case .success(let transition):
                    // What was recorded before is answered as it stands.
                    if transition.isEmpty {
                        return Result(record: CaseRecord(value, level: store.identity.level), isReplay: true)
                    }
                    var fence: UInt64?
                    if let lost, !isDryRun {
                        claimed = lost
                        fence = try await claim(lost, at: value, store: store, deadline: context.deadline)
                    }
                    return try await commit(
                        transition, request: request, lostRefundFence: fence, isDryRun: isDryRun,
                        store: store,
                        deadline: context.deadline)
                case .failure(let rejection): throw rejection
                }
            }
        } catch {
            if let claimed { await giveBack(claimed, of: id, after: error, context) }
            throw error
        }
    }

    /// The steps that a command of the caller would be decided by now.
    nonisolated(nonsending) func allowedSteps(
        on id: CaseID, context: RCPCallContext
    ) async throws -> (state: CaseState, steps: [AllowedStep]) {
        try await untilCommitted(context) { store in
            guard let value = try await store.loadCase(id, deadline: context.deadline) else {
                throw CaseRejection.unknownCase
            }
            let loss = store.identity.record?.unreconciled
            let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: context.deadline)
            guard isCaseUnchanged else { return nil }
            let rules = try await policies.rules(for: value, store: store, deadline: context.deadline)
            return value.allowedSteps(
                order: order, actor: context.actor(), now: clock.now(), policy: rules.policy, sla: rules.sla,
                hasOpenLoss: loss != nil, keeps: store.identity.level.keeps)
        }
    }

    /// Takes one command that needs no request id, since taken again it changes nothing.
    ///
    /// - Returns: The transition that was committed, or would be; an empty one is not.
    public nonisolated(nonsending) func take(
        _ command: Command, on id: CaseID, isDryRun: Bool, context: RCPCallContext
    ) async throws -> CaseTransition {
        try await untilCommitted(context) { store in
            guard let value = try await store.loadCase(id, deadline: context.deadline) else {
                throw CaseRejection.unknownCase
            }
            let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: context.deadline)
            guard isCaseUnchanged else { return nil }
            let rules = try await policies.rules(for: value, store: store, deadline: context.deadline)
            let transition = try Case.decide(
                value, order: order, command: command, actor: context.actor(), now: clock.now(),
                policy: rules.policy, sla: rules.sla, keeps: store.identity.level.keeps
            ).get()
            if transition.isEmpty { return transition }
            switch try await store.commit(
                transition, request: nil, isDryRun: isDryRun, deadline: context.deadline)
            {
            case .committed: return transition
            case .stale: return nil
            case .replay, .requestIDReused: preconditionFailure("a commit without a request record")
            }
        }
    }

    // MARK: Submission

    /// Opens a case. The same form under the same channel reference again returns the case it opened.
    ///
    /// - Parameter channelRef: As the form has it; may be empty.
    public nonisolated(nonsending) func submit(
        on key: OrderKey, channelRef: String, isDryRun: Bool, context: RCPCallContext,
        form: (CaseID, [UInt8]) throws(CaseRejection) -> Submission
    ) async throws -> Result {
        try key.validate()
        let request = CommitRequest(context)
        let formHash = context.message.sha256
        return try await untilCommitted(context) { store in
            let loaded = try await store.loadOrder(key, requestID: request.id, deadline: context.deadline)
            if let record = loaded.request {
                return try await replay(record, of: request, store: store, deadline: context.deadline)
            }
            guard let order = loaded.order else {
                try await store.confirmRun(deadline: context.deadline)
                throw unknownOrder("order", advice: "push it first or check channel and number")
            }
            if let taken = order.refusal(ofChannelRef: channelRef) {
                return try await existing(
                    taken, formHash: formHash, store: store, deadline: context.deadline)
            }
            let now = clock.now()
            let partition = store.partitioning.partition(of: key)
            let id = CaseID(at: now, partition: partition, random: .random(in: CaseID.randomRange))
            let policy = try policies.current()
            let purchasePolicy = try await policies.purchasePolicy(
                for: .submit, of: order, besides: policy.version, store: store, deadline: context.deadline)
            let decision = Case.decide(
                nil, order: order, command: .submit(try form(id, formHash)), actor: context.actor(),
                now: now, policy: policy, purchasePolicy: purchasePolicy,
                sla: try policies.currentSLA(), orderRetention: orderRetention,
                keeps: store.identity.level.keeps)
            switch decision {
            case .success(let transition):
                return try await commit(
                    transition, request: request, isDryRun: isDryRun, store: store,
                    deadline: context.deadline)
            case .failure(let rejection): throw rejection
            }
        }
    }

    /// A channel reference that is taken: by the very same form, then that is the answer; else the refusal stands.
    private nonisolated(nonsending) func existing(
        _ rejection: CaseRejection, formHash: [UInt8], store: ReturnsStore, deadline: NIODeadline
    ) async throws -> Result {
        guard let id = rejection.existing else { throw rejection }
        // The case may be this request's own, whether or not it can be read now.
        let found = try await afterChange(.unknown) {
            try await store.readCase(id, groups: CaseRecord.Group.allCases, deadline: deadline)
        }
        guard let stored = found else { throw rejection }
        let fields = try await afterChange(.unknown) { try stored.fields() }
        guard fields.applicationSha256.elementsEqual(formHash) else { throw rejection }
        return Result(record: stored.record, isReplay: true)
    }

    // MARK: Orders

    /// - Parameter order: As it is in the store; one that is kept no longer is absent, whether or not it was removed yet.
    /// - Throws: `ORDER_UNKNOWN` for one that is absent.
    func known<Found>(
        _ found: Found?, _ order: (Found) -> OrderOutline, field: String
    ) throws(CaseRejection) -> Found {
        guard let found, !isOver(order(found)) else {
            throw unknownOrder(field, advice: "check channel and number")
        }
        return found
    }

    private func unknownOrder(_ field: String, advice: String) -> CaseRejection {
        .unknownOrder(
            field, advice: advice,
            keptDays: (policies.longestWindowDays.map(ordersKept.covering) ?? ordersKept).days)
    }

    /// How long orders without cases are kept now. For ever while a version of the policy, which may keep some longer, cannot be
    /// read.
    var orderRetention: OrderRetention {
        policies.longestWindowDays.map(ordersKept.covering) ?? .forever
    }

    /// When an order is kept no longer. Nil for one that stays.
    func expiry(of order: some RetainedOrder) -> Instant? { orderRetention.end(of: order) }

    private func isOver(_ order: some RetainedOrder) -> Bool {
        orderRetention.isOver(for: order, now: clock.now())
    }

    // MARK: Commits and replays

    /// Loads, decides and commits until nobody was faster.
    ///
    /// - Parameter attempt: nil when someone else changed case or order meanwhile.
    nonisolated(nonsending) func untilCommitted<Value>(
        _ context: RCPCallContext, _ attempt: (ReturnsStore) async throws -> Value?
    ) async throws -> Value {
        let store = store(for: context)
        for _ in 0..<Self.commitAttemptsMax {
            if let value = try await attempt(store) { return value }
            commitConflicts.increment()
        }
        throw RCPStatus.tooManyConflicts()
    }

    private nonisolated(nonsending) func commit(
        _ transition: CaseTransition, request: CommitRequest, lostRefundFence: UInt64? = nil, isDryRun: Bool,
        store: ReturnsStore, deadline: NIODeadline
    ) async throws -> Result? {
        let record = TransitionRecord(transition, level: store.identity.level)
        let span = isDryRun ? nil : tracer?.startSpan("commit", ofKind: .client)
        span?.attributes["db.system.name"] = "redis"
        defer { span?.end() }
        let result: CommitOutcome
        do {
            result = try await store.commit(
                transition, record: record, request: request, lostRefundFence: lostRefundFence,
                isDryRun: isDryRun, deadline: deadline)
        } catch {
            span?.setStatus(SpanStatus(code: .error))
            throw error
        }
        switch result {
        case .committed:
            return Result(record: record.value, entries: record.entryMessages, isDryRun: isDryRun)
        case .replay(let record):
            return try await replay(record, of: request, store: store, deadline: deadline)
        case .requestIDReused: throw RCPStatus.requestIDReused()
        case .stale: return nil
        }
    }

    /// The case is read after its record was seen, so what it shows holds the command.
    private nonisolated(nonsending) func replay(
        _ record: RequestRecord, of request: CommitRequest, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> Result {
        try await record.answer(request) { outcome in
            guard case .changedCase(let id, _) = outcome else { return nil }
            // A statement of its own: as a condition of the guard it crashes the optimizer of Swift 6.3.
            let found = try await store.readCase(
                id, groups: CaseRecord.Group.allCases, deadline: deadline)
            guard let stored = found else { throw CaseRejection.unknownCase }
            return Result(record: stored.record, isReplay: true)
        }
    }
}

extension CommitRequest {
    /// The fingerprint covers who asks, which method, and every byte of the message.
    init(_ context: RCPCallContext) {
        var hash = SHA256()
        hash.update(context.principal.name.utf8)
        hash.update([0, UInt8(context.method.id >> 8), UInt8(context.method.id & 255)])
        context.message.withUnsafeReadableBytes { hash.update($0) }
        self.init(id: context.requestID.description, fingerprint: hash.finalize())
    }
}

extension ByteBuffer {
    /// SHA-256 of the readable bytes, 32 bytes.
    var sha256: [UInt8] { withUnsafeReadableBytes { SHA256.hash($0) } }
}

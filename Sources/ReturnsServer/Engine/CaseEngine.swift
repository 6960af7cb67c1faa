import Crypto
import NIOCore
import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// Load, decide, commit: a call's way through domain and store on one event loop.
public struct CaseEngine: Sendable {
    public let stores: LoopStores
    public let policies: PolicyBook
    public let clock: any ServerClock

    /// A decision that others overtook is taken again at most this often before the call is given back as ABORTED.
    public static let commitAttemptsMax = 16

    public init(stores: LoopStores, policies: PolicyBook, clock: any ServerClock) {
        self.stores = stores
        self.policies = policies
        self.clock = clock
    }

    /// What a mutation came to.
    public struct Result: Sendable {
        public var value: Case
        public var entries: [TimelineEntry]
        public var isReplay = false
        public var isDryRun = false
    }

    // MARK: Commands on a case

    /// Takes one command on an existing case.
    ///
    /// - Parameters:
    ///   - expectedVersion: 0 takes any.
    /// - Throws: The status to answer with.
    public func take(
        _ command: Command, on id: CaseID, expectedVersion: UInt64, isDryRun: Bool, context: RCPCallContext
    ) async throws(RCPStatus) -> Result {
        let store = stores.current
        let request = CommitRequest(context)
        let actor = context.actor()
        let deadline = context.deadline
        do {
            for _ in 0..<Self.commitAttemptsMax {
                let loaded = try await store.loadCase(id, requestID: request.id, deadline: deadline)
                if let record = loaded.request {
                    return try replay(record, of: request, value: loaded.value)
                }
                guard let value = loaded.value else { throw CaseRejection.unknownCase }
                guard expectedVersion == 0 || expectedVersion == value.version else {
                    throw CaseRejection.staleVersion(expected: expectedVersion, found: value.version)
                }
                let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: deadline)
                guard isCaseUnchanged else { continue }
                let policy = try await policies.policy(for: value, store: store, deadline: deadline)
                let transition = try Case.decide(
                    value, order: order, command: command, actor: actor, now: clock.now(), policy: policy
                ).get()
                if isDryRun {
                    return Result(value: transition.caseAfter, entries: transition.entries, isDryRun: true)
                }
                switch try await store.commit(transition, request: request, deadline: deadline) {
                case .committed: return Result(value: transition.caseAfter, entries: transition.entries)
                case .replay(let record):
                    return try await replay(record, of: request, store: store, deadline: deadline)
                case .requestIDReused: throw RCPStatus.requestIDReused()
                case .stale: continue
                }
            }
            throw RCPStatus.tooManyConflicts()
        } catch {
            throw RCPStatus(anyError: error)
        }
    }

    // MARK: Submission

    /// Opens a case. The same form under the same channel reference again returns the case it opened.
    public func submit(
        on key: OrderKey, isDryRun: Bool, context: RCPCallContext,
        form: (CaseID, [UInt8]) throws(CaseRejection) -> Submission
    ) async throws(RCPStatus) -> Result {
        let store = stores.current
        let request = CommitRequest(context)
        let actor = context.actor()
        let deadline = context.deadline
        let formHash = context.requestFingerprintBytes.sha256
        let partition = store.partitioning.partition(of: key)
        do {
            try key.validate()
            for _ in 0..<Self.commitAttemptsMax {
                let loaded = try await store.loadOrder(key, requestID: request.id, deadline: deadline)
                if let record = loaded.request {
                    return try await replay(record, of: request, store: store, deadline: deadline)
                }
                let now = clock.now()
                let id = CaseID(at: now, partition: partition, random: .random(in: CaseID.randomRange))
                let decision = Case.decide(
                    nil, order: loaded.order, command: .submit(try form(id, formHash)), actor: actor,
                    now: now,
                    policy: policies.current)
                let transition: CaseTransition
                switch decision {
                case .success(let value): transition = value
                case .failure(let rejection):
                    return try await existing(rejection, formHash: formHash, store: store, deadline: deadline)
                }
                if isDryRun {
                    return Result(value: transition.caseAfter, entries: transition.entries, isDryRun: true)
                }
                switch try await store.commit(transition, request: request, deadline: deadline) {
                case .committed: return Result(value: transition.caseAfter, entries: transition.entries)
                case .replay(let record):
                    return try await replay(record, of: request, store: store, deadline: deadline)
                case .requestIDReused: throw RCPStatus.requestIDReused()
                case .stale: continue
                }
            }
            throw RCPStatus.tooManyConflicts()
        } catch {
            throw RCPStatus(anyError: error)
        }
    }

    /// A channel reference that is taken: by the very same form, then that is the answer; else the refusal stands.
    private func existing(
        _ rejection: CaseRejection, formHash: [UInt8], store: ReturnsStore, deadline: NIODeadline
    ) async throws -> Result {
        guard let id = rejection.existing, let value = try await store.loadCase(id, deadline: deadline),
            value.documents.contains(where: { $0.type == .application && $0.sha256 == formHash })
        else { throw rejection }
        return Result(value: value, entries: [], isReplay: true)
    }

    // MARK: Orders

    public func put(_ order: Order, context: RCPCallContext) async throws(RCPStatus) -> RCPReply<
        Returns_V1_PutOrderReply
    > {
        let store = stores.current
        let request = CommitRequest(context)
        let deadline = context.deadline
        do {
            try order.key.validate()
            for _ in 0..<Self.commitAttemptsMax {
                let loaded = try await store.loadOrder(order.key, requestID: request.id, deadline: deadline)
                if let record = loaded.request { return try Self.orderReply(record, of: request) }
                let result: Returns_V1_PutOrderResult
                let after: Order
                switch try Order.put(order, over: loaded.order, now: clock.now()).get() {
                case .created(let value): (result, after) = (.created, value)
                case .updated(let value): (result, after) = (.updated, value)
                case .unchanged(let value):
                    // Nothing to write, so nothing to remember either: the same again is unchanged again.
                    return RCPReply(
                        .with {
                            $0.result = .unchanged; $0.version = value.version
                        }, outcome: .notApplied)
                }
                let outcome = try await store.commit(
                    after, before: loaded.order, result: UInt8(result.rawValue), request: request,
                    deadline: deadline)
                switch outcome {
                case .committed:
                    return RCPReply(
                        .with {
                            $0.result = result; $0.version = after.version
                        })
                case .replay(let record): return try Self.orderReply(record, of: request)
                case .requestIDReused: throw RCPStatus.requestIDReused()
                case .stale: continue
                }
            }
            throw RCPStatus.tooManyConflicts()
        } catch {
            throw RCPStatus(anyError: error)
        }
    }

    private static func orderReply(_ record: RequestRecord, of request: CommitRequest) throws(RCPStatus)
        -> RCPReply<Returns_V1_PutOrderReply>
    {
        guard record.fingerprint == request.fingerprint,
            case .putOrder(let result, let version) = record.outcome
        else {
            throw .requestIDReused()
        }
        return RCPReply(
            .with {
                $0.result = Returns_V1_PutOrderResult(rawValue: Int(result))!; $0.version = version
            }, replayed: true)
    }

    // MARK: Replays

    private func replay(_ record: RequestRecord, of request: CommitRequest, value: Case?) throws(RCPStatus)
        -> Result
    {
        guard record.fingerprint == request.fingerprint, case .changedCase = record.outcome, let value else {
            throw .requestIDReused()
        }
        return Result(value: value, entries: [], isReplay: true)
    }

    private func replay(
        _ record: RequestRecord, of request: CommitRequest, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> Result {
        guard record.fingerprint == request.fingerprint, case .changedCase(let id, _) = record.outcome else {
            throw RCPStatus.requestIDReused()
        }
        return try replay(record, of: request, value: try await store.loadCase(id, deadline: deadline))
    }
}

extension CommitRequest {
    /// The fingerprint covers who asks, which method, and every byte of the message (DESIGN §6).
    init(_ context: RCPCallContext) {
        var hash = SHA256()
        hash.update(data: Array(context.principal.name.utf8))
        hash.update(data: [0, UInt8(context.method.id >> 8), UInt8(context.method.id & 255)])
        context.requestFingerprintBytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        self.init(id: context.requestID.description, fingerprint: Array(hash.finalize()))
    }
}

extension ByteBuffer {
    /// SHA-256 of the readable bytes, 32 bytes.
    var sha256: [UInt8] {
        var hash = SHA256()
        withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }
}

extension CaseRejection {
    static let unknownCase = CaseRejection(
        kind: .notFound, code: "CASE_UNKNOWN", field: "case_id", text: "no such case; check the id")

    static func staleVersion(expected: UInt64, found: UInt64) -> CaseRejection {
        CaseRejection(
            kind: .stale, code: "STALE_VERSION", field: "target.expected_version",
            text: "the case is at version \(found), not \(expected); look at it again and decide anew")
    }
}

extension RCPStatus {
    /// Whatever the way through domain and store threw, as a status.
    init(anyError error: any Error) {
        switch error {
        case let status as RCPStatus: self = status
        case let rejection as CaseRejection: self.init(rejection)
        case let error as StoreError: self.init(error)
        default:
            preconditionFailure("an error of an unknown type on the call path: \(type(of: error))")
        }
    }
}

extension RCPCallContext {
    var deadline: NIODeadline {
        deadlineNanoseconds.map { NIODeadline.uptimeNanoseconds($0) } ?? .distantFuture
    }

    /// The principal as the domain knows it.
    func actor() -> Actor {
        Actor(
            name: principal.name, roles: Set(principal.roles.compactMap { Role(name: $0) }),
            onBehalfOf: onBehalfOf ?? "")
    }
}

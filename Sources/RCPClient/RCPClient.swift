public import Logging
public import NIOCore
public import NIOPosix
public import RCP
public import SwiftProtobuf
import Synchronization

/// Calls a server, or several of them: few connections with many calls in flight on each, made when first needed and made anew
/// when lost.
///
/// A call ends within its deadline, retries included. It waits for a connection as long as that, unless
/// `RCPClientConfiguration.failsFast`. It is sent again by the rules of SPEC.md §7.4, a mutation under the same request
/// id; at most `RCPClientConfiguration.attemptsMax` times. Every error is an `RCPStatus`; its `outcome` is `unknown`
/// when any attempt of a mutation may have been applied without our knowing, whatever came after it, and `applied` when one
/// was whose reply cannot be had.
///
/// A call that streams is sent once: only its beginning, of which nothing was sent, is tried again.
public final class RCPClient: RCPCaller, Sendable {
    /// Reason of the detail that a status with an unknown outcome carries; its text names the request id.
    public static let outcomeUnknownReason = RCPReason.outcomeUnknown.rawValue

    /// As it was given.
    public let configuration: RCPClientConfiguration
    let logger: Logger
    private let pool: ClientPool
    private let budget: ClientRetryBudget
    private let lastCallID = Atomic<UInt64>(0)

    /// Connects when first used.
    ///
    /// - Parameters:
    ///   - logger: is told of connections and of calls that are sent again, at level debug, and of streams that `follow` cannot
    ///     go on with, at level info; never of what calls hold, nor of tokens. nil logs nothing.
    ///   - group: where the connections live; the process-wide group unless told.
    public init(
        configuration: RCPClientConfiguration, logger: Logger? = nil,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.configuration = configuration
        self.logger = logger ?? Logger(label: "rcp.client") { _ in SwiftLogNoOpLogHandler() }
        pool = ClientPool(configuration: configuration, logger: self.logger, group: group)
        budget = ClientRetryBudget(configuration.retryBudget)
    }

    deinit { pool.abandon(within: configuration.drainTimeout) }

    /// What a server has said of itself, once one was reached: its name and limits, and the hash of its schema.
    public var serverAck: RCPHelloAck? { pool.serverAck }

    /// Takes no more calls, lets open ones finish for `RCPClientConfiguration.drainTimeout`, and returns when all is closed. If
    /// the task is cancelled meanwhile, they are closed at once.
    public func shutdown() async { await pool.shutDown(within: configuration.drainTimeout) }

    /// A call with one message each way.
    ///
    /// - Throws: `RCPStatus`.
    public func unary<Request: Message & Sendable, Reply: Message & Sendable>(
        _ method: RCPMethod, _ request: Request, options: RCPCallOptions
    ) async throws -> RCPReply<Reply> {
        let message = try encode(request)
        return try await intercepted(method, options) { options in
            let reply = try await call(method, message, options)
            guard let bytes = reply.message else {
                preconditionFailure(
                    "the machine completed a call with status OK and no message (SPEC.md M51)")
            }
            return RCPReply(
                try decode(bytes, of: method, reply.head), outcome: reply.head.status.outcome,
                replayed: reply.head.replayed, trailers: reply.head.trailers)
        }
    }

    private func call(
        _ method: RCPMethod, _ message: ByteBuffer, _ options: RCPCallOptions
    ) async throws(RCPStatus) -> RCPInboundReply {
        let deadline = NIODeadline.after(options.timeout ?? configuration.timeout)
        let requestID: RCPRequestID =
            switch method.idempotency {
            case .readOnly: .zero
            case .mutation: options.requestID ?? .random()
            }
        let (reply, outcome) = try await repeated(method, requestID, deadline: deadline) {
            if let hedgeAfter = options.hedgeAfter, method.idempotency == .readOnly {
                return await hedged(after: hedgeAfter) { [self] in
                    await attempt(method, requestID, message, deadline, options)
                }
            }
            return await attempt(method, requestID, message, deadline, options)
        } outcome: { plan, reply in
            plan.outcome(of: reply.head)
        }
        var settled = reply
        settled.head.status.outcome = outcome
        return settled
    }

    func encode(_ request: some Message) throws(RCPStatus) -> ByteBuffer {
        do {
            return try RCPMessageCodec.encode(request)
        } catch {
            // Nothing was sent.
            var status = error
            status.outcome = .notApplied
            throw status
        }
    }

    func decode<Reply: Message>(
        _ bytes: ByteBuffer, of method: RCPMethod, _ head: RCPResponseHead
    ) throws(RCPStatus) -> Reply {
        do {
            return try RCPMessageCodec.decode(Reply.self, from: bytes, role: .client)
        } catch {
            throw Self.undecodable(error, of: method, head)
        }
    }

    /// That a reply's message cannot be read does not change what is known of the outcome (SPEC.md §7.4).
    ///
    /// - Parameter head: the reply's, with the outcome of the whole call.
    static func undecodable(
        _ error: RCPStatus, of method: RCPMethod, _ head: RCPResponseHead
    ) -> RCPStatus {
        var status = error
        status.retryAfterMilliseconds = -1
        switch method.idempotency {
        case .readOnly:
            status.outcome = .notApplied
        case .mutation:
            status.outcome = head.status.outcome
            if status.outcome == .applied { status.text = "the change was made, but \(status.text)" }
        }
        return status
    }

    /// Sends the call until it succeeds or its plan gives up.
    ///
    /// - Parameters:
    ///   - deadline: of all attempts together.
    ///   - outcome: what the call came to that ends with this success.
    func repeated<Success, Outcome>(
        _ method: RCPMethod, _ requestID: RCPRequestID, deadline: NIODeadline,
        _ attempt: () async -> ClientAttempt<Success>, outcome: (ClientRetryPlan, Success) -> Outcome
    ) async throws(RCPStatus) -> (Success, Outcome) {
        var plan = ClientRetryPlan(
            method: method, requestID: requestID, attemptsMax: configuration.attemptsMax,
            backoff: configuration.backoff, deadline: deadline)
        while true {
            let failure: (status: RCPStatus, pace: ClientCallPace)
            switch await attempt() {
            case .succeeded(let success):
                budget.decided()
                return (success, outcome(plan, success))
            case .failed(let status, let pace): failure = (status, pace)
            }
            let allows = budget.charge(failure.status, failure.pace)
            let now = NIODeadline.now()
            switch plan.attemptFailed(failure.status, failure.pace, budgetAllows: allows, now: now) {
            case .giveUp(let status):
                throw status
            case .retry(let milliseconds):
                // Without the texts: a server's may quote what the call holds.
                logger.debug(
                    "a call is sent again",
                    metadata: [
                        "rcp.method": "\(method.fullName)", "rcp.status_code": "\(failure.status.code.name)",
                        "rcp.attempts": "\(plan.attempts)", "rcp.wait_ms": "\(milliseconds)",
                    ])
                do {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                } catch {
                    throw plan.cancelled()
                }
            }
        }
    }

    private func attempt(
        _ method: RCPMethod, _ requestID: RCPRequestID, _ message: ByteBuffer, _ deadline: NIODeadline,
        _ options: RCPCallOptions
    ) async -> ClientAttempt<RCPInboundReply> {
        let end = await submitted(to: pool.next(), nextCallID()) { id, continuation in
            ClientCall(
                id: id, method: method, requestID: requestID, metadata: options.metadata, message: message,
                deadline: deadline, waitsForReady: waitsForReady(options), waiter: .unary(continuation))
        }
        switch end {
        case .answered(let reply) where reply.head.status.code == .ok: return .succeeded(reply)
        case .answered(let reply): return .failed(reply.head.status, .byBackoff)
        case .failed(let status, let pace): return .failed(status, pace)
        }
    }

    /// An attempt, and a second one beside it if the first takes long; the first that is decided counts.
    private func hedged(
        after wait: Duration, _ attempt: @escaping @Sendable () async -> ClientAttempt<RCPInboundReply>
    ) async -> ClientAttempt<RCPInboundReply> {
        let hasHedged = ClientFlag()
        return await withTaskGroup(of: ClientAttempt<RCPInboundReply>?.self) { [budget] group in
            group.addTask { await attempt() }
            group.addTask {
                try? await Task.sleep(for: wait)
                // What is added for speed must not add to an overload either.
                if Task.isCancelled || !budget.allows { return nil }
                hasHedged.value.store(true, ordering: .releasing)
                return await attempt()
            }
            var last: ClientAttempt<RCPInboundReply>?
            var isOver = false
            while let end = await group.next() {
                guard let end else { continue }
                // What was cancelled here says nothing of the call.
                if isOver { continue }
                last = end
                isOver = end.isDecided || !hasHedged.value.load(ordering: .acquiring)
                if isOver { group.cancelAll() }
            }
            // Both have failed, or the first one before there was a second.
            return last!
        }
    }

    func waitsForReady(_ options: RCPCallOptions) -> Bool {
        options.waitsForReady ?? !configuration.failsFast
    }

    func nextMember() -> ClientMailbox { pool.next() }
    func nextCallID() -> UInt64 { lastCallID.add(1, ordering: .relaxed).newValue }

    /// Hands a call over, and takes it back if the task is cancelled.
    func submitted<Answer: Sendable>(
        to member: ClientMailbox, _ id: UInt64,
        _ call: (UInt64, CheckedContinuation<Answer, Never>) -> ClientCall
    ) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                member.post(.submit(call(id, continuation)))
                // A cancellation from before this line went out ahead of the call, and found nothing to cancel.
                if Task.isCancelled { member.post(.cancel(callID: id)) }
            }
        } onCancel: {
            member.post(.cancel(callID: id))
        }
    }
}

/// How one attempt to send a call, or to begin one that streams, ended.
enum ClientAttempt<Success> {
    case succeeded(Success)
    case failed(RCPStatus, ClientCallPace)

    /// Whether sending it again would change nothing.
    var isDecided: Bool {
        switch self {
        case .succeeded: true
        case .failed(let status, _): !status.mayPass
        }
    }
}

extension ClientAttempt: Sendable where Success: Sendable {}

/// What one task tells another.
private final class ClientFlag: Sendable {
    let value = Atomic<Bool>(false)
}

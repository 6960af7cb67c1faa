import Logging
public import RCP
public import SwiftProtobuf

/// What the reader of a followed stream wants after a reply.
public enum RCPFollowing: Sendable, Hashable {
    /// The next reply.
    case goOn
    /// No more: the call is ended, and `follow` returns.
    case stop
}

/// How a stream is followed over calls that end.
public struct RCPFollowOptions: Sendable, Hashable {
    /// How long no reply may come, from the first failure or the beginning on, until a failure is thrown; nil tries for ever.
    public var outageMax: Duration?
    /// Waits between the calls while nothing is heard; a server's own retry-after counts where it is longer.
    public var backoff = RCPBackoff(base: .milliseconds(200), cap: .seconds(5))
    /// Sent with each call.
    public var metadata: RCPMetadata

    public init(outageMax: Duration? = nil, metadata: RCPMetadata = []) {
        self.outageMax = outageMax
        self.metadata = metadata
    }
}

extension RCPClient {
    /// Calls a method that streams replies, and calls it again whenever that call has ended for a reason that may pass, until
    /// `body` wants no more or the task is cancelled.
    ///
    /// Replies are handled one at a time and none is held beyond the stream's window. With `RCPClientConfiguration.failsFast` a
    /// failure before the first reply is thrown.
    ///
    /// - Parameters:
    ///   - method: read-only, and streams replies.
    ///   - request: makes each call's request; it goes on behind what `body` has handled.
    ///   - body: handles a reply. What it throws ends the following, and comes out as it is.
    /// - Throws: the `RCPStatus` of a failure that repeating cannot mend, or of the last one after `options.outageMax`;
    ///   `CancellationError` if the task was cancelled.
    nonisolated(nonsending) public func follow<Request: Message & Sendable, Reply: Message & Sendable>(
        _ method: RCPMethod, options: RCPFollowOptions = RCPFollowOptions(), request: () -> Request,
        _ body: nonisolated(nonsending) (Reply) async throws -> RCPFollowing
    ) async throws {
        precondition(method.idempotency == .readOnly, "what is followed may be called again at any time")
        var outage = FollowedOutage()
        while true {
            let failure: RCPStatus
            do {
                let following = try await serverStreaming(
                    method, request(), options: RCPCallOptions(metadata: options.metadata)
                ) { (replies: RCPMessageStream<Reply>) in
                    for try await reply in replies {
                        if outage.ended() { logger.info("following again", metadata: Self.metadata(method)) }
                        if try await Self.handle(reply, body) == .stop { return RCPFollowing.stop }
                    }
                    return .goOn
                }.message
                if following == .stop { return }
                failure = RCPStatus(
                    code: .unavailable, outcome: .notApplied, text: "the server ended the stream")
            } catch let error as FollowerFailure {
                throw error.cause
            } catch let status as RCPStatus {
                failure = status
            }
            try Task.checkCancellation()
            let lasted = outage.failed(at: .now)
            let isTooSoon = configuration.failsFast && !outage.hasHeard
            let isTooLong = options.outageMax.map { lasted >= $0 } ?? false
            if failure.retryRule == .never || isTooSoon || isTooLong { throw failure }
            if outage.failures == 1 {
                logger.info(
                    "a stream has ended; trying again until it works",
                    metadata: Self.metadata(method).merging(["rcp.status_code": "\(failure.code.name)"]) {
                        $1
                    })
            }
            let wait = options.backoff.waitMilliseconds(afterFailures: outage.failures)
            try await Task.sleep(for: .milliseconds(max(wait, Int64(failure.retryAfterMilliseconds))))
        }
    }

    /// Keeps apart what the reader throws: it may be an `RCPStatus` of another call.
    nonisolated(nonsending) private static func handle<Reply>(
        _ reply: Reply, _ body: nonisolated(nonsending) (Reply) async throws -> RCPFollowing
    ) async throws(FollowerFailure) -> RCPFollowing {
        do { return try await body(reply) } catch { throw FollowerFailure(cause: error) }
    }

    private static func metadata(_ method: RCPMethod) -> Logger.Metadata {
        ["rcp.method": "\(method.fullName)"]
    }
}

/// What the reader of a followed stream has thrown.
private struct FollowerFailure: Error {
    let cause: any Error
}

/// Calls in a row that ended without a reply in between.
private struct FollowedOutage {
    /// From the first failure, or from where the following began, to the next reply.
    private var began: ContinuousClock.Instant? = .now
    private(set) var failures = 0
    private(set) var hasHeard = false

    /// - Returns: how long it has lasted.
    mutating func failed(at now: ContinuousClock.Instant) -> Duration {
        let began = self.began ?? now
        self.began = began
        failures += 1
        return now - began
    }

    /// A reply has come.
    ///
    /// - Returns: whether something had failed before.
    mutating func ended() -> Bool {
        defer { (began, failures, hasHeard) = (nil, 0, true) }
        return failures > 0
    }
}

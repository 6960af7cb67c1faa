import Foundation
import RCP
import RCPServices

/// Answers as the requests say, so that a client can be tried in every way (`rcp/conformance/v1/conformance.proto`).
///
/// Any caller may have a server make large replies with it, so offer it only where clients are tried.
public struct RCPConformanceService: ConformanceServiceProvider {
    /// Replies that one request may ask for.
    public static let repliesMax = 10_000
    /// Of one reply.
    public static let replyBytesMax = 16_777_216
    /// Before a reply.
    public static let delayMillisecondsMax = 60_000
    /// Metadata that every method sends back as trailers.
    public static let echoKeys = ["conformance-echo", "conformance-echo-bin"]

    public init() {}

    /// Answers with nothing.
    public func emptyCall(
        _ request: Rcp_Conformance_V1_EmptyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Conformance_V1_EmptyReply> {
        RCPReply(Rcp_Conformance_V1_EmptyReply(), trailers: Self.echo(context))
    }

    /// Answers as the request says.
    public func unaryCall(
        _ request: Rcp_Conformance_V1_CallRequest, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Conformance_V1_CallReply> {
        try Self.check(request, repliesMax: 1)
        let plan = request.replies.first ?? Rcp_Conformance_V1_ReplyPlan()
        var received = Received()
        received.add(request)
        let reply = try await Self.reply(plan, received, context)
        try Self.end(request)
        return RCPReply(reply, trailers: Self.echo(context))
    }

    /// Counts the requests, and answers as the first one says.
    public func clientStreamingCall(
        _ requests: RCPMessageStream<Rcp_Conformance_V1_CallRequest>, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Conformance_V1_CallReply> {
        var received = Received()
        for try await request in requests {
            try Self.check(request, repliesMax: 0)
            received.add(request)
            try Self.end(request)
        }
        let reply = try await Self.reply(Rcp_Conformance_V1_ReplyPlan(), received, context)
        return RCPReply(reply, trailers: Self.echo(context))
    }

    /// Sends the replies that the request asks for.
    public func serverStreamingCall(
        _ request: Rcp_Conformance_V1_CallRequest, replies: RCPReplyWriter<Rcp_Conformance_V1_CallReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var received = Received()
        try await Self.answer(request, &received, replies, context)
        return RCPStreamEnd(trailers: Self.echo(context))
    }

    /// Answers each request as it says.
    public func bidirectionalCall(
        _ requests: RCPMessageStream<Rcp_Conformance_V1_CallRequest>,
        replies: RCPReplyWriter<Rcp_Conformance_V1_CallReply>, context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var received = Received()
        for try await request in requests { try await Self.answer(request, &received, replies, context) }
        return RCPStreamEnd(trailers: Self.echo(context))
    }

    /// Answers, and drains the connection (SPEC.md §11).
    public func drainConnection(
        _ request: Rcp_Conformance_V1_DrainConnectionRequest, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Conformance_V1_DrainConnectionReply> {
        var reply = RCPReply(Rcp_Conformance_V1_DrainConnectionReply(), trailers: Self.echo(context))
        reply.drainsConnection = true
        return reply
    }

    private struct Received {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0

        mutating func add(_ request: Rcp_Conformance_V1_CallRequest) {
            messages += 1
            bytes += UInt64(request.payload.count)
        }
    }

    private static func answer(
        _ request: Rcp_Conformance_V1_CallRequest, _ received: inout Received,
        _ replies: RCPReplyWriter<Rcp_Conformance_V1_CallReply>, _ context: RCPCallContext
    ) async throws {
        try check(request, repliesMax: repliesMax)
        received.add(request)
        for plan in request.replies { try await replies.send(try await reply(plan, received, context)) }
        try end(request)
    }

    private static func reply(
        _ plan: Rcp_Conformance_V1_ReplyPlan, _ received: Received, _ context: RCPCallContext
    ) async throws -> Rcp_Conformance_V1_CallReply {
        if plan.delayMs > 0 { try await Task.sleep(for: .milliseconds(plan.delayMs)) }
        return .with {
            $0.payload = Data(count: Int(plan.payloadBytes))
            $0.receivedMessages = received.messages
            $0.receivedBytes = received.bytes
            $0.principal = context.principal.name
            $0.connection = context.connection
        }
    }

    private static func check(_ request: Rcp_Conformance_V1_CallRequest, repliesMax: Int) throws(RCPStatus) {
        guard request.replies.count <= repliesMax else {
            throw refusal("replies", "this method takes at most \(repliesMax) replies a request")
        }
        for (index, plan) in request.replies.enumerated() {
            guard plan.payloadBytes <= replyBytesMax, plan.delayMs <= delayMillisecondsMax else {
                throw refusal(
                    "replies[\(index)]",
                    "a reply has at most \(replyBytesMax) bytes and waits at most \(delayMillisecondsMax) ms")
            }
        }
        guard !request.hasEnd || RCPStatusCode(wire: request.end.code) != nil else {
            throw refusal("end.code", "this is no status code of SPEC.md §7.1")
        }
    }

    private static func refusal(_ field: String, _ text: String) -> RCPStatus {
        RCPStatus(
            code: .invalidArgument, outcome: .notApplied, text: text,
            details: [RCPErrorDetail(field: field, reason: "PLAN_INVALID", text: text)])
    }

    private static func end(_ request: Rcp_Conformance_V1_CallRequest) throws(RCPStatus) {
        guard request.hasEnd, let code = RCPStatusCode(wire: request.end.code), code != .ok else { return }
        throw RCPStatus(
            code: code, retryAfterMilliseconds: request.end.retryAfterMs, text: request.end.text)
    }

    private static func echo(_ context: RCPCallContext) -> RCPMetadata {
        RCPMetadata(
            context.metadata.pairs.filter { echoKeys.contains($0.key) })
    }
}

extension RCPStatusCode {
    fileprivate init?(wire: UInt32) {
        guard let byte = UInt8(exactly: wire) else { return nil }
        self.init(rawValue: byte)
    }
}

import RCPServices

/// Calls with one message each way.
extension ConformanceRunner {
    static let largeRequestBytes = 271_828
    static let largeReplyBytes = 314_159

    func emptyUnary() async throws {
        let reply = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest())
        try expect("reply bytes", try reply.message.serializedData().count, is: 0)
    }

    func largeUnary() async throws {
        try await Self.unary(service, Self.largeRequestBytes, Self.largeReplyBytes)
    }

    static func unary(
        _ service: ConformanceServiceClient, _ requestBytes: Int, _ replyBytes: Int
    ) async throws {
        let reply = try await service.unaryCall(request(requestBytes, replies: [replyBytes])).message
        try check(reply, payloadBytes: replyBytes)
        try expect("received messages", reply.receivedMessages, is: 1)
        try expect("received bytes", reply.receivedBytes, is: UInt64(requestBytes))
    }
}

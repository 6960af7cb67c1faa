import RCP

/// Calls that stream messages, one way or both.
extension ConformanceRunner {
    private static let requestBytes = [27_182, 8, 1_828, 45_904]
    private static let replyBytes = [31_415, 9, 2_653, 58_979]

    func clientStreaming() async throws {
        let reply = try await service.clientStreamingCall { requests in
            for bytes in Self.requestBytes { try await requests.send(Self.request(bytes)) }
        }.message
        try expect("received messages", reply.receivedMessages, is: UInt64(Self.requestBytes.count))
        try expect("received bytes", reply.receivedBytes, is: UInt64(Self.requestBytes.reduce(0, +)))
    }

    func serverStreaming() async throws {
        let sizes = try await service.serverStreamingCall(Self.request(replies: Self.replyBytes)) {
            replies in
            try await replies.reduce(into: [Int]()) { sizes, reply in
                try Self.check(reply, payloadBytes: reply.payload.count)
                sizes.append(reply.payload.count)
            }
        }.message
        try expect("payload bytes", sizes, is: Self.replyBytes)
    }

    /// Each request leaves only when the reply before it has come.
    func pingPong() async throws {
        _ = try await service.bidirectionalCall { requests, replies in
            var replies = replies.makeAsyncIterator()
            for (number, (sent, asked)) in zip(Self.requestBytes, Self.replyBytes).enumerated() {
                let reply = try await Self.exchange(sent, asked, requests, &replies)
                try expect("received messages", reply.receivedMessages, is: UInt64(number + 1))
            }
            try await Self.end(requests, &replies)
        }
    }

    func emptyStream() async throws {
        _ = try await service.bidirectionalCall { requests, replies in
            var replies = replies.makeAsyncIterator()
            try await Self.end(requests, &replies)
        }
    }

    /// Sends a request for one reply, and waits for that.
    @discardableResult
    static func exchange(
        _ requestBytes: Int, _ replyBytes: Int, _ requests: RCPRequestWriter<Request>,
        _ replies: inout RCPMessageStream<Reply>.AsyncIterator
    ) async throws -> Reply {
        try await requests.send(request(requestBytes, replies: [replyBytes]))
        guard let reply = try await replies.next() else {
            throw ConformanceFailure(expected: "a reply", got: "the end of the replies")
        }
        try check(reply, payloadBytes: replyBytes)
        return reply
    }

    /// Ends the requests, upon which the replies have to end.
    static func end(
        _ requests: RCPRequestWriter<Request>, _ replies: inout RCPMessageStream<Reply>.AsyncIterator
    ) async throws {
        await requests.finish()
        guard let reply = try await replies.next() else { return }
        throw ConformanceFailure(
            expected: "the end of the replies", got: "one of \(reply.payload.count) bytes")
    }
}

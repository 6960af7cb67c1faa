import RCP
import RCPServices

/// Calls that end before the server has answered.
extension ConformanceRunner {
    private static let requestBytes = 27_182
    private static let replyBytes = 31_415
    private static let sleepMilliseconds: UInt32 = 10_000
    private static let timeoutMilliseconds: UInt32 = 100
    /// Far from the sleep, and enough for a machine that is busy with other things.
    private static let timeoutSlackMilliseconds: Int64 = 2_000

    func cancelAfterBegin() async throws {
        try await expectCancelled { begun in
            _ = try await service.clientStreamingCall { _ in
                begun.yield()
                // Until it is cancelled.
                try await Task.sleep(for: .seconds(ConformanceCase.longTimeLimitSeconds))
            }
        }
    }

    func cancelAfterFirstResponse() async throws {
        try await expectCancelled { begun in
            _ = try await service.bidirectionalCall { requests, replies in
                var replies = replies.makeAsyncIterator()
                try await Self.exchange(Self.requestBytes, Self.replyBytes, requests, &replies)
                begun.yield()
                if let reply = try await replies.next() {
                    throw ConformanceFailure(
                        expected: "no second reply", got: "one of \(reply.payload.count) bytes")
                }
            }
        }
    }

    /// Cancels the call once it says that it has begun; the connection has to go on.
    private func expectCancelled(
        _ call: @escaping @Sendable (_ begun: AsyncStream<Void>.Continuation) async throws -> Void
    ) async throws {
        let (beginning, begun) = AsyncStream.makeStream(of: Void.self)
        try await expect(.cancelled) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // A call that fails before must not be waited for.
                    defer { begun.finish() }
                    try await call(begun)
                }
                _ = await beginning.first { true }
                group.cancelAll()
                do {
                    try await group.waitForAll()
                } catch is CancellationError {
                    // What a cancelled task is told within the body of a call, where others say CANCELLED.
                    throw RCPStatus(code: .cancelled)
                }
            }
        }
        _ = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest())
    }

    func timeoutOnSleepingServer() async throws {
        let start = ContinuousClock.now
        try await expect(.deadlineExceeded) {
            let options = RCPCallOptions(timeout: .milliseconds(Self.timeoutMilliseconds))
            _ = try await service.bidirectionalCall(options: options) { requests, replies in
                var replies = replies.makeAsyncIterator()
                try await requests.send(
                    Self.request(Self.requestBytes, replies: [0], delayMilliseconds: Self.sleepMilliseconds))
                _ = try await replies.next()
            }
        }
        let milliseconds = (ContinuousClock.now - start).wholeMilliseconds
        let limit = Int64(Self.timeoutMilliseconds) + Self.timeoutSlackMilliseconds
        guard milliseconds <= limit else {
            throw ConformanceFailure(
                expected: "the end of a call of \(Self.timeoutMilliseconds) ms within \(limit) ms",
                got: "\(milliseconds) ms")
        }
    }
}

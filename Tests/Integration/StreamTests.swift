import Foundation
import RCP
import RCPServices
import ReturnsClient
import Testing

/// The client's calls that stream, against the whole server.
@Suite struct StreamTests {
    typealias Request = Rcp_Conformance_V1_CallRequest

    private func withConformance(
        _ body: (ConformanceServiceClient, Daemon) async throws -> Void
    ) async throws {
        try await Daemon.with(offersConformance: true) { daemon in
            try await body(ConformanceServiceClient(caller: daemon.client), daemon)
        }
    }

    private func request(_ bytes: Int = 0, replies: [Int] = [], delayMs: UInt32 = 0) -> Request {
        .with {
            $0.payload = Data(count: bytes)
            $0.replies = replies.map { bytes in
                .with {
                    $0.payloadBytes = UInt32(bytes)
                    $0.delayMs = delayMs
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func allFourKinds(compresses: Bool) async throws {
        try await withConformance { _, daemon in
            var configuration = daemon.configuration
            configuration.compressesMessages = compresses
            let client = ReturnsClient(configuration: configuration)
            let service = ConformanceServiceClient(caller: client)
            _ = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest())
            let unary = try await service.unaryCall(request(271_828, replies: [314_159]))
            #expect(unary.message.payload.count == 314_159 && unary.message.receivedBytes == 271_828)

            // Among them some around the frame, the window and what is left of it.
            let sizes = [27_182, 8, 1_828, 45_904, 65_500, 66_000, 80_000, 98_000, 131_072, 3_000_000]
            let uploaded = try await service.clientStreamingCall { requests in
                for size in sizes { try await requests.send(request(size)) }
            }
            #expect(uploaded.message.receivedBytes == UInt64(sizes.reduce(0, +)))
            #expect(uploaded.message.receivedMessages == UInt64(sizes.count))
            #expect(uploaded.outcome == .notApplied)

            let downloaded = try await service.serverStreamingCall(request(replies: sizes)) { replies in
                try await replies.reduce(into: []) { $0.append($1.payload.count) }
            }
            #expect(downloaded.message == sizes)

            let exchanged = try await service.bidirectionalCall(
                options: RCPCallOptions(metadata: RCPMetadata(texts: ["conformance-echo": "ü"]))
            ) { requests, replies in
                var replies = replies.makeAsyncIterator()
                var got: [Int] = []
                for size in sizes {
                    try await requests.send(request(size, replies: [size / 2]))
                    got.append(try #require(try await replies.next()).payload.count)
                }
                await requests.finish()
                #expect(try await replies.next() == nil)
                return got
            }
            #expect(exchanged.message == sizes.map { $0 / 2 })
            #expect(exchanged.trailers.text(forKey: "conformance-echo") == "ü")
            await client.shutdown()
        }
    }

    @Test func aDrainedConnectionIsReplacedAndItsStreamsGoOn() async throws {
        try await withConformance { service, _ in
            let exchanged = try await service.bidirectionalCall { requests, replies in
                var replies = replies.makeAsyncIterator()
                try await requests.send(request(1, replies: [1]))
                _ = try await replies.next()
                _ = try await service.drainConnection(Rcp_Conformance_V1_DrainConnectionRequest())
                for _ in 0..<10 { _ = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest()) }
                try await requests.send(request(1, replies: [1]))
                return try #require(try await replies.next()).receivedMessages
            }
            #expect(exchanged.message == 2)
        }
    }

    @Test func manyStreamsShareOneConnection() async throws {
        try await withConformance { service, _ in
            try await withThrowingTaskGroup(of: UInt64.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await service.clientStreamingCall { requests in
                            for _ in 0..<50 { try await requests.send(request(number * 100)) }
                        }.message.receivedBytes
                    }
                }
                let bytes = try await group.reduce(0, +)
                #expect(bytes == 50 * 100 * (0..<100).reduce(0, +))
            }
        }
    }

    @Test func aFailureComesAfterWhatWasSentBefore() async throws {
        try await withConformance { service, _ in
            var asked = request(replies: [1, 2, 3])
            asked.end = .with {
                $0.code = UInt32(RCPStatusCode.failedPrecondition.rawValue)
                $0.text = "as asked"
                $0.retryAfterMs = -1
            }
            var got = 0
            do {
                _ = try await service.serverStreamingCall(asked) { replies in
                    for try await _ in replies { got += 1 }
                }
                Issue.record("the call succeeded")
            } catch let status as RCPStatus {
                #expect(status.code == .failedPrecondition && status.text == "as asked")
                #expect(status.outcome == .notApplied)
            }
            #expect(got == 3)
        }
    }

    @Test func aServerMayAnswerBeforeEverythingIsSent() async throws {
        try await withConformance { service, _ in
            var last = request()
            last.end = .with { $0.code = UInt32(RCPStatusCode.outOfRange.rawValue) }
            let status = await #expect(throws: RCPStatus.self) {
                _ = try await service.clientStreamingCall { requests in
                    try await requests.send(last)
                    while true { try await requests.send(request(10_000)) }
                }
            }
            #expect(status?.code == .outOfRange)
        }
    }

    @Test func aBodyThatReturnsEarlyGivesTheRestUp() async throws {
        try await withConformance { service, _ in
            for _ in 0..<100 {
                let endless = request(replies: Array(repeating: 10_000, count: 1_000))
                let first = try await service.serverStreamingCall(endless) { replies in
                    for try await reply in replies { return reply.payload.count }
                    return 0
                }
                #expect(first.message == 10_000 && first.outcome == .notApplied)
            }
        }
    }

    @Test func aBodysErrorIsItsCallers() async throws {
        struct Mine: Error {}
        try await withConformance { service, _ in
            await #expect(throws: Mine.self) {
                _ = try await service.clientStreamingCall { requests in
                    try await requests.send(request(5))
                    throw Mine()
                }
            }
            await #expect(throws: Mine.self) {
                _ = try await service.bidirectionalCall { _, _ in throw Mine() }
            }
            _ = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest())
        }
    }

    @Test func aDeadlineAndACancellationEndACall() async throws {
        try await withConformance { service, _ in
            let waiting = request(replies: [1], delayMs: 60_000)
            do {
                _ = try await service.serverStreamingCall(
                    waiting, options: RCPCallOptions(timeout: .milliseconds(100))
                ) {
                    for try await _ in $0 {}
                }
                Issue.record("the call succeeded")
            } catch let status as RCPStatus {
                #expect(status.code == .deadlineExceeded)
            }
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await service.bidirectionalCall { requests, replies in
                    try await requests.send(request(replies: [1]))
                    try await requests.send(waiting)
                    for try await _ in replies { begin.yield() }
                }
            }
            _ = await begun.first { true }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
    }

    @Test func aMessageAboveTheLimitIsRefusedBeforeItIsSent() async throws {
        try await withConformance { service, _ in
            do {
                _ = try await service.clientStreamingCall { try await $0.send(request(5_000_000)) }
                Issue.record("the call succeeded")
            } catch let status as RCPStatus {
                #expect(status.code == .resourceExhausted && status.text.contains("4194304"))
            }
        }
    }

    @Test func withoutAServerACallSaysSo() async throws {
        var configuration = RCPClientConfiguration(
            address: .unix(path: "/nowhere/returnsd.sock"), credentials: .none)
        configuration.failsFast = true
        configuration.attemptsMax = 2
        let client = ReturnsClient(configuration: configuration)
        do {
            _ = try await ConformanceServiceClient(caller: client).clientStreamingCall { _ in
                Issue.record("the call began")
            }
            Issue.record("the call succeeded")
        } catch let status as RCPStatus {
            #expect(status.code == .unavailable && status.outcome == .notApplied)
        }
        await client.shutdown()
    }

    @Test func aClientThatShutsDownEndsItsStreams() async throws {
        try await withConformance { service, daemon in
            var configuration = daemon.client.configuration
            configuration.drainTimeout = .milliseconds(100)
            let client = ReturnsClient(configuration: configuration)
            var waiting = request(replies: [1])
            waiting.replies.append(request(replies: [1], delayMs: 60_000).replies[0])
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let task = Task { [waiting] in
                try await ConformanceServiceClient(caller: client).serverStreamingCall(waiting) {
                    for try await _ in $0 { begin.yield() }
                }
            }
            _ = await begun.first { true }
            await client.shutdown()
            do {
                _ = try await task.value
                Issue.record("the call succeeded")
            } catch let status as RCPStatus {
                #expect(status.outcome == .notApplied)
            }
        }
    }
}

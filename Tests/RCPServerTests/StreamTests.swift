import Foundation
import NIOCore
import NIOPosix
import RCP
import RCPServices
import Synchronization
import Testing

@testable import RCPServer

@Suite struct StreamTests {
    /// Message bytes of the one connection that wait in the server for the client's credit.
    private func queuedBytes(_ server: TestServer) async throws -> Int {
        let loop = server.listener.loops.values.first!
        return try await loop.eventLoop.submit {
            loop.connections.values.first?.machine.messageStreamBytes ?? 0
        }.get()
    }

    @Test func messagesGoUpAndOneReplyComesBack() async throws {
        try await withServer { server in
            server.streams.gate.open()
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.collect)
            for _ in 0..<100 { try await client.send(call, Data(count: 1_000)) }
            try await client.finish(call)
            let reply = try await call.reply()
            #expect(reply.status.code == .ok && reply.payload == Data("100000".utf8))
            #expect(reply.status.outcome == .applied)
            try await client.close()
        }
    }

    @Test func oneRequestGoesUpAndMessagesComeBack() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.flood, Data(count: 500))
            #expect(try await call.reply().status.code == .ok)
            #expect(try await client.delivered(call) == Array(repeating: Data(count: 10_000), count: 500))
            try await client.close()
        }
    }

    @Test func bothSidesStreamAtOnceAndInOrder() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let calls = [
                try await client.open(TestMethods.exchange), try await client.open(TestMethods.exchange),
            ]
            // Sizes around the frame's and the windows' limits.
            let payloads = [0, 1, 40_000, 65_536, 300_000, 2_000_000, 7].map { Data(count: $0) }
            for payload in payloads { for call in calls { try await client.send(call, payload) } }
            for call in calls { try await client.finish(call) }
            for call in calls {
                let reply = try await call.reply()
                #expect(reply.status.code == .ok && reply.head.trailers.text(forKey: "end") == "here")
                #expect(try await client.delivered(call) == payloads)
            }
            try await client.close()
        }
    }

    @Test func aSlowReaderHoldsUpItsOwnStream() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let slow = try await client.start(TestMethods.flood, Data(count: 1_000), holdsMessages: true)
            let limits = server.listener.configuration.limits
            // The client's windows still open while the first messages travel; nothing moves once they are closed.
            var sent = -1
            try await eventually {
                let before = sent
                sent = server.streams.sent.value.withLock { $0 }
                try await Task.sleep(for: .milliseconds(20))
                return try await queuedBytes(server) > limits.sendQueueBytesMax && sent == before
            }
            #expect(try await queuedBytes(server) <= limits.sendQueueBytesMax + 11_000)
            #expect(sent <= (RCPLimits.streamWindowBytes + limits.sendQueueBytesMax) / 10_000 + 1)
            // Others of the same connection go on meanwhile, also those that stream.
            #expect(try await client.call(TestMethods.echo, Data(count: 500_000)).status.code == .ok)
            let quick = try await client.start(TestMethods.flood, Data(count: 300))
            #expect(try await quick.reply().status.code == .ok)
            #expect(server.streams.sent.value.withLock { $0 } == sent + 300)
            try await client.takeMessages(slow)
            #expect(try await slow.reply().status.code == .ok)
            #expect(try await client.delivered(slow).count == 1_000)
            try await client.close()
        }
    }

    /// Every writer may queue one message, however little room is left.
    @Test func manySlowReadersShareTheConnectionsRoom() async throws {
        try await withServer { options in
            options.limits.outboundBytesMax = 500_000
            options.limits.streamsMax = 300
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            var slow: [TestClient.Started] = []
            for _ in 0..<200 {
                let call = try await client.start(TestMethods.flood, Data(count: 20), holdsMessages: true)
                slow.append(call)
            }
            var last = 0
            try await eventually {
                let queued = try await queuedBytes(server)
                try await Task.sleep(for: .milliseconds(20))
                defer { last = queued }
                return queued > 500_000 && queued == last
            }
            #expect(try await queuedBytes(server) <= 500_000 + 200 * 11_000)
            #expect(try await client.call(TestMethods.echo, Data(count: 500_000)).status.code == .ok)
            for call in slow { try await client.takeMessages(call) }
            for call in slow {
                #expect(try await call.reply().status.code == .ok)
                #expect(try await client.delivered(call).count == 20)
            }
            try await client.close()
        }
    }

    @Test func messagesBeyondTheHardLimitEndTheCall() async throws {
        try await withServer { options in
            options.transport.unsentBytesMax = 30_000
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.flood, holdsMessages: true)
            // Taken once the status waits behind them: nothing of what was sent is lost.
            try await eventually { !server.streams.errors.value.withLock { $0.isEmpty } }
            try await client.takeMessages(call)
            let status = try await call.reply().status
            #expect(status.code == .resourceExhausted && status.details.first?.reason == "REPLIES_UNREAD")
            #expect(try await client.delivered(call).count == server.streams.sent.value.withLock { $0 })
            try await client.close()
        }
    }

    @Test func aHandlerThatDoesNotReadHoldsUpItsClient() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.collect)
            for _ in 0..<100 { try await client.send(call, Data(count: 10_000)) }
            try await client.finish(call)
            await server.streams.gate.waits(for: 1)
            #expect(try await client.call(TestMethods.echo, Data(count: 100_000)).status.code == .ok)
            #expect(try await client.unsentBytes() > 1_000_000 - RCPLimits.streamWindowBytes)
            server.streams.gate.open()
            #expect(try await call.reply().payload == Data("1000000".utf8))
            #expect(try await client.unsentBytes() == 0)
            try await client.close()
        }
    }

    @Test func aHandlerMayAnswerBeforeItHasReadEverything() async throws {
        try await withServer { options in
            options.onExchange = { requests, replies in
                for try await request in requests {
                    try await replies.send(.with { $0.payload = request.payload })
                    return
                }
            }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.exchange)
            for _ in 0..<50 { try await client.send(call, Data(count: 50_000)) }
            #expect(try await call.reply().status.code == .ok)
            #expect(try await client.delivered(call).count == 1)
            #expect(try await client.send(call, Data()) == .ended)
            // What was on its way when the call ended has cost the connection nothing for good.
            let next = try await client.open(TestMethods.exchange)
            for _ in 0..<50 { try await client.send(next, Data(count: 50_000)) }
            #expect(try await next.reply().status.code == .ok)
            try await client.close()
        }
    }

    @Test func aHandlersFailureComesAfterItsMessages() async throws {
        try await withServer { options in
            options.onExchange = { _, replies in
                for number in 0..<20 { try await replies.send(.with { $0.payload = Data("\(number)".utf8) }) }
                throw SecretError()
            }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.exchange)
            let reply = try await call.reply()
            #expect(reply.status.code == .internalError && reply.status.outcome == .notApplied)
            #expect(!reply.status.text.contains("canary") && !server.log.text.contains("canary"))
            #expect(try await client.delivered(call).count == 20)
            try await client.close()
        }
    }

    @Test func aMessageOfAnotherTypeEndsTheCall() async throws {
        try await withServer { server in
            server.streams.gate.open()
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.collect)
            try await client.send(call, Data("good".utf8))
            try await client.send(call, bytes: [0x0A, 0xFF])
            let status = try await call.reply().status
            #expect(status.code == .invalidArgument && status.details.first?.reason == "MESSAGE_MALFORMED")
            // A handler was started, and what it did with the good message is not known here.
            #expect(status.outcome == .unknown)
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }

    @Test func aReplyAboveTheLimitEndsTheCall() async throws {
        try await withServer { options in
            options.onExchange = { _, replies in
                try await replies.send(.with { $0.payload = Data(count: 5_000_000) })
            }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let status = try await client.open(TestMethods.exchange).reply().status
            #expect(status.code == .resourceExhausted && status.retryRule == .never)
            try await client.close()
        }
    }

    @Test func cancellingStopsReadersAndWriters() async throws {
        try await withServer { server in
            server.streams.gate.open()
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let reading = try await client.open(TestMethods.collect)
            try await client.send(reading, Data("1".utf8))
            try await eventually { server.streams.received.value.withLock { $0 } == 1 }
            let writing = try await client.start(TestMethods.flood, holdsMessages: true)
            try await eventually { try await queuedBytes(server) > 65_536 }
            try await client.cancel(reading)
            try await client.cancel(writing)
            try await eventually { server.streams.errors.value.withLock { $0.count } == 2 }
            #expect(server.streams.errors.value.withLock { $0.allSatisfy { $0 is CancellationError } })
            try await eventually { try await callsInFlight(server) == 0 }
            #expect(try await queuedBytes(server) == 0)
            try await client.close()
        }
    }

    @Test func aDeadlineEndsACallThatStreams() async throws {
        try await withServer { server in
            server.streams.gate.open()
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let reading = try await client.open(TestMethods.collect, timeoutMilliseconds: 50)
            let writing = try await client.start(TestMethods.flood, timeoutMilliseconds: 50)
            #expect(try await reading.reply().status.code == .deadlineExceeded)
            #expect(try await writing.reply().status.code == .deadlineExceeded)
            try await eventually { try await callsInFlight(server) == 0 }
            try await client.close()
        }
    }

    /// The handler is done, but the client does not read what it has sent.
    @Test func aDeadlineEndsACallWhoseRepliesAreNotRead() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(
                TestMethods.flood, Data(count: 12), timeoutMilliseconds: 100, holdsMessages: true)
            try await eventually { server.streams.sent.value.withLock { $0 } == 12 }
            #expect(try await call.reply().status.code == .deadlineExceeded)
            #expect(try await queuedBytes(server) == 0)
            try await client.close()
        }
    }

    @Test func aLostConnectionEndsItsStreams() async throws {
        try await withServer { server in
            server.streams.gate.open()
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            for _ in 0..<5 {
                _ = try await client.open(TestMethods.collect)
                _ = try await client.start(TestMethods.flood, holdsMessages: true)
            }
            try await eventually { try await callsInFlight(server) == 10 }
            try await client.close()
            try await eventually { try await callsInFlight(server) == 0 }
            #expect(server.streams.errors.value.withLock { $0.count } == 10)
        }
    }

    @Test func aConnectionDrainsWhenItsStreamsEnd() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.exchange)
            try await client.send(call, Data("before".utf8))
            try await eventually { try await client.delivered(call).count == 1 }
            async let drained: Void = server.listener.drain()
            try await client.sawDrain()
            try await client.send(call, Data("after".utf8))
            try await client.finish(call)
            #expect(try await call.reply().status.code == .ok)
            #expect(try await client.delivered(call) == [Data("before".utf8), Data("after".utf8)])
            await drained
        }
    }

    /// A handler may hand its stream to tasks that run elsewhere.
    @Test func messagesMayBeReadAndWrittenOnOtherThreads() async throws {
        try await withServer { options in
            options.onExchange = { requests, replies in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask(executorPreference: globalConcurrentExecutor) {
                        for try await request in requests {
                            try await replies.send(.with { $0.payload = request.payload })
                        }
                    }
                    try await group.waitForAll()
                }
            }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.open(TestMethods.exchange)
            let payloads =
                (0..<500).map { Data("\($0)".utf8) }
                + [65_500, 66_000, 80_000, 98_000].map { Data(count: $0) }
            for payload in payloads { try await client.send(call, payload) }
            try await client.finish(call)
            #expect(try await call.reply().status.code == .ok)
            #expect(try await client.delivered(call) == payloads)
            try await client.close()
        }
    }

    /// Reading what is there and writing where there is room costs the loop no job of its own.
    @Test func aMessageThatIsThereCostsNoJob() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.flood, Data(count: 5))
            #expect(try await call.reply().status.code == .ok)
            let loop = try #require(server.listener.loops.values.first)
            #expect(try await loop.eventLoop.submit { loop.executor.jobsRun }.get() == 0)
            try await client.close()
        }
    }
}

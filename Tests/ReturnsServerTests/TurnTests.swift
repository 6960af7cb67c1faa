import Dispatch
import NIOCore
import ReturnsWire
import Testing

@testable import ReturnsServer

/// What one client has sent at once must not keep the others of its loop waiting.
@Suite struct TurnTests {
    private static let mine = HealthServiceMethods.echo
    private static let others = HealthServiceMethods.check
    private static let limit = DispatchTime.now() + .seconds(60)

    private func requests(_ method: RCPMethod, _ streams: ClosedRange<UInt32>) -> ByteBuffer {
        var bytes = ByteBuffer()
        let head = 22
        for stream in streams {
            RCPFrameHeader(
                payloadBytes: head, type: .request, flags: [.end, .hasMessage], method: method.id,
                stream: stream
            ).write(into: &bytes)
            // No timeout, no request id, no metadata.
            bytes.writeRepeatingByte(0, count: head)
        }
        return bytes
    }

    /// The calls' methods in the order in which they ended.
    private final class Order: Sendable {
        let methods = Box<[UInt16]>([])

        func append(_ method: UInt16) -> Int {
            methods.value.withLock {
                $0.append(method)
                return $0.count
            }
        }
        var seen: [UInt16] { methods.value.withLock { $0 } }
    }

    @Test func connectionsTakeTurns() async throws {
        let order = Order()
        try await withServer { options in
            options.observer = { method, _, _ in _ = order.append(method.id) }
        } _: { server in
            let greedy = try await RawClient.open(server.tcp, token: server.adminToken)
            let other = try await RawClient.open(server.tcp, token: server.adminToken)
            // Both have sent everything before the loop looks.
            let loop = try #require(server.listener.loops.values.first).eventLoop
            let release = DispatchSemaphore(value: 0)
            await withCheckedContinuation { held in
                loop.execute {
                    held.resume()
                    _ = release.wait(timeout: Self.limit)
                }
            }
            try await greedy.send(requests(Self.mine, 1...60))
            try await other.send(requests(Self.others, 1...60))
            release.signal()
            for _ in 1...60 {
                #expect(try await greedy.frame()?.type == .response)
                #expect(try await other.frame()?.type == .response)
            }
            let turn = RCPTransportLimits().actionsPerTurnMax
            let firstTurns = order.seen.prefix(2 * turn)
            #expect(firstTurns.count { $0 == Self.mine.id } == turn)
            #expect(firstTurns.count { $0 == Self.others.id } == turn)
            try await greedy.close()
            try await other.close()
        }
    }

    @Test func theLoopLooksAtItsSocketsBetweenTurns() async throws {
        let order = Order()
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        try await withServer { options in
            options.transport.actionsPerTurnMax = 1
            options.transport.turnMicrosecondsMax = 1
            options.observer = { method, _, _ in
                guard order.append(method.id) == 10 else { return }
                reach.finish()
                _ = release.wait(timeout: Self.limit)
            }
        } _: { server in
            let greedy = try await RawClient.open(server.tcp, token: server.adminToken)
            let other = try await RawClient.open(server.tcp, token: server.adminToken)
            try await greedy.send(requests(Self.mine, 1...200))
            for await _ in reached {}
            // In the middle of the first client's calls.
            try await other.send(requests(Self.others, 1...1))
            release.signal()
            #expect(try await other.frame()?.type == .response)
            for _ in 1...200 { #expect(try await greedy.frame()?.type == .response) }
            let position = try #require(order.seen.firstIndex(of: Self.others.id))
            #expect(position < 100)
            try await greedy.close()
            try await other.close()
        }
    }

    @Test func whatCameBeforeTheClientClosedItsSideIsAnswered() async throws {
        try await withServer { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            try await client.send(requests(Self.mine, 1...200))
            try await client.closeOutput()
            for stream in UInt32(1)...200 {
                let frame = try #require(try await client.frame())
                #expect(frame.type == .response && frame.stream == stream)
            }
            #expect(try await client.frame() == nil)
            try await eventually { server.listener.openConnections == 0 }
        }
    }
}

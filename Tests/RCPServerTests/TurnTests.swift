import Dispatch
import Foundation
import NIOCore
import RCP
import RCPServices
import TestSupport
import Testing

@testable import RCPServer

/// What one client has sent at once must not keep the others of its loop waiting.
@Suite struct TurnTests {
    private static let mine = TestMethods.echo
    private static let others = TestMethods.check
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
            // However slow this machine is at the moment.
            options.transport.turnMicrosecondsMax = 60_000_000
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

    /// However often replies go out in the middle of a turn, nothing more is read before what was read is done.
    @Test func nothingIsReadWhileATurnIsAwaited() async throws {
        try await withServer { options in
            options.transport.flushBytes = 2
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            let count = UInt32(10_000)
            let requests = requests(Self.mine, 1...count)
            try await client.send(requests)
            let loop = try #require(server.listener.loops.values.first)
            async let answered: Void = {
                for _ in 1...count { _ = try await client.frame() }
            }()
            var bytesMax = 0
            for _ in 0..<500 {
                let bytes = try await loop.eventLoop.submit {
                    loop.connections.values.first?.machine.bufferedBytes ?? 0
                }.get()
                bytesMax = max(bytesMax, bytes)
            }
            // One read of the largest size that SwiftNIO makes by itself, and the frame that it cuts.
            #expect(bytesMax > 0 && bytesMax <= 65_536 + 34)
            #expect(requests.readableBytes > 4 * 65_536)
            try await answered
            try await client.close()
        }
    }

    /// A call that has waited too long is not begun.
    @Test func aCallWhoseTimeoutPassedWhileItWaitedIsNotBegun() async throws {
        let begun = Box(0)
        try await withServer { options in
            options.onChange = { request, _ in
                begun.value.withLock { $0 += 1 }
                usleep(50_000)
                return echo(request)
            }
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            var bytes = requests(TestMethods.change, 1...10)
            // A timeout, and a request id.
            for start in stride(from: 12, to: bytes.writerIndex, by: 34) {
                bytes.setInteger(UInt32(40), at: start)
                bytes.setInteger(UInt32(start), at: start + 4)
            }
            try await client.send(bytes)
            var codes: [UInt8] = []
            for _ in 1...10 {
                let frame = try #require(try await client.frame())
                codes.append(try #require(frame.payload.getInteger(at: frame.payload.readerIndex)))
            }
            #expect(codes.first == RCPStatusCode.ok.rawValue)
            #expect(codes.dropFirst().allSatisfy { $0 == RCPStatusCode.deadlineExceeded.rawValue })
            #expect(begun.value.withLock { $0 } == 1)
            try await client.close()
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

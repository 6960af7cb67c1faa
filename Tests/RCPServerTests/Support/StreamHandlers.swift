import Foundation
import RCP
import RCPServices
import Synchronization
import TestSupport

@testable import RCPServer

/// Handlers of the methods that stream, and what they have seen.
final class StreamHandlers: Sendable {
    typealias Requests = RCPMessageStream<EchoRequest>
    typealias Replies = RCPReplyWriter<EchoReply>

    /// `collect` waits here before it reads.
    let gate = Gate()
    let sent = Box(0)
    let received = Box(0)
    /// What handlers ended with, other than success.
    let errors = Box<[any Error]>([])
    let exchange: @Sendable (Requests, Replies) async throws -> Void

    init(exchange: @escaping @Sendable (Requests, Replies) async throws -> Void) { self.exchange = exchange }

    func register(in router: inout RCPRouter) {
        router.register(clientStreaming: TestMethods.collect) { (requests: Requests, _) in
            try await self.noting {
                try await self.gate.pass()
                var bytes = 0
                for try await request in requests {
                    self.received.value.withLock { $0 += 1 }
                    bytes += request.payload.count
                }
                return RCPReply(EchoReply.with { $0.payload = Data("\(bytes)".utf8) })
            }
        }
        // A reply of 10,000 bytes for each byte of the request; for ever if there is none.
        router.register(serverStreaming: TestMethods.flood) {
            (request: EchoRequest, replies: Replies, _) in
            try await self.noting {
                var left = request.payload.isEmpty ? Int.max : request.payload.count
                while left > 0 {
                    try await replies.send(.with { $0.payload = Data(count: 10_000) })
                    self.sent.value.withLock { $0 += 1 }
                    left -= 1
                }
                return RCPStreamEnd()
            }
        }
        router.register(bidirectionalStreaming: TestMethods.exchange) {
            (requests: Requests, replies: Replies, _) in
            try await self.noting {
                try await self.exchange(requests, replies)
                return RCPStreamEnd(trailers: RCPMetadata(texts: ["end": "here"]))
            }
        }
    }

    private func noting<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            errors.value.withLock { $0.append(error) }
            throw error
        }
    }
}

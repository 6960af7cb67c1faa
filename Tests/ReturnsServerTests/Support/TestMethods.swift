import NIOCore
import RCP
import ReturnsAPI

/// Methods of these tests, beside those of HealthService; all speak Echo's messages.
enum TestMethods {
    static let gate = method(0x0F01, "Gate", .readOnly)
    static let change = method(0x0F02, "Change", .mutation)
    static let finance = method(0x0F03, "Finance", .readOnly, roles: ["finance", "supervisor"])
    static let fail = method(0x0F04, "Fail", .mutation)
    static let hop = method(0x0F05, "Hop", .readOnly)
    static let name = method(0x0F06, "Name", .readOnly)
    static let system = method(0x0F07, "System", .readOnly, roles: ["system"])
    static let collect = method(0x0F08, "Collect", .mutation, kind: .clientStreaming)
    static let flood = method(0x0F09, "Flood", .readOnly, kind: .serverStreaming)
    static let exchange = method(0x0F0A, "Exchange", .readOnly, kind: .bidirectionalStreaming)
    /// Answers after as many turns of the event loop's jobs as the request has bytes.
    static let later = method(0x0F0B, "Later", .readOnly)

    private static func method(
        _ id: UInt16, _ name: String, _ idempotency: RCPIdempotency, kind: RCPCallKind = .unary,
        roles: [String] = []
    ) -> RCPMethod {
        RCPMethod(
            id: id, service: "test.v1.TestService", name: name, kind: kind, idempotency: idempotency,
            roles: roles)
    }
}

struct TestHealth: HealthServiceProvider {
    func check(
        _ request: Returns_V1_HealthCheckRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_HealthCheckReply> {
        RCPReply(.with { $0.status = .serving })
    }

    func watch(
        _ request: Returns_V1_HealthCheckRequest, replies: RCPReplyWriter<Returns_V1_HealthCheckReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        try await replies.send(.with { $0.status = .serving })
        return RCPStreamEnd()
    }

    func echo(
        _ request: Returns_V1_EchoRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_EchoReply> {
        RCPReply(.with { $0.payload = request.payload })
    }
}

/// An error whose own text must not reach anybody.
struct SecretError: Error, CustomStringConvertible {
    var description: String { "canary-4711" }
}

typealias EchoHandler =
    @Sendable (Returns_V1_EchoRequest, RCPCallContext) async throws -> RCPReply<Returns_V1_EchoReply>

func echo(_ request: Returns_V1_EchoRequest) -> RCPReply<Returns_V1_EchoReply> {
    RCPReply(.with { $0.payload = request.payload })
}

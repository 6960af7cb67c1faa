import NIOCore
import RCP
import RCPServices

/// What every method of these tests takes and answers, but for `TestMethods.name`: of both the payload alone.
typealias EchoRequest = Rcp_Conformance_V1_CallRequest
typealias EchoReply = Rcp_Conformance_V1_CallReply

/// Methods of these tests.
enum TestMethods {
    /// Answers with the request's payload, at once; so does `check`.
    static let echo = method(0x0F0C, "Echo", .readOnly)
    static let check = method(0x0F0D, "Check", .readOnly)
    static let gate = method(0x0F01, "Gate", .readOnly)
    static let change = method(0x0F02, "Change", .mutation)
    static let restricted = method(0x0F03, "Restricted", .readOnly, roles: ["operator", "keeper"])
    static let fail = method(0x0F04, "Fail", .mutation)
    static let hop = method(0x0F05, "Hop", .readOnly)
    static let name = method(0x0F06, "Name", .readOnly)
    static let machines = method(0x0F07, "Machines", .readOnly, roles: ["machine"])
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

/// An error whose own text must not reach anybody.
struct SecretError: Error, CustomStringConvertible {
    var description: String { "canary-4711" }
}

typealias EchoHandler =
    @Sendable (EchoRequest, RCPCallContext) async throws -> RCPReply<EchoReply>

func echo(_ request: EchoRequest) -> RCPReply<EchoReply> {
    RCPReply(.with { $0.payload = request.payload })
}

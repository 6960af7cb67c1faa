import Foundation
import Glibc
import NIOCore
import RCP
import RCPClient
import ReturnsAPI
import ReturnsClient
import SwiftProtobuf
import Testing

/// Waits until something holds, however long this machine takes; the limit only ends a test that would hang.
func eventually(
    _ what: String, secondsMax: Int = 30, sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(secondsMax)
    while !holds() {
        try #require(ContinuousClock.now < end, "never happened: \(what)", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A loopback port that is taken and at which nobody listens.
struct SilentPort {
    let number: Int
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var bytes = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isTaken = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, bytes) == 0 && getsockname(socket, $0, &bytes) == 0
            }
        }
        guard isTaken else { throw Unexpected(text: "no port is free: \(errno)") }
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { Glibc.close(socket) }
}

/// A client of a scripted server with short waits, ended after `body`.
func withClient<Result: Sendable>(
    of server: ScriptedServer, configure: (inout RCPClientConfiguration) -> Void = { _ in },
    _ body: (RCPClient) async throws -> Result
) async throws -> Result {
    let port = try await server.listen()
    let client = RCPClient(configuration: configuration(port: port, configure))
    do {
        let result = try await body(client)
        await client.shutdown()
        try await server.stop()
        return result
    } catch {
        await client.shutdown()
        try await server.stop()
        throw error
    }
}

func configuration(
    port: Int, _ configure: (inout RCPClientConfiguration) -> Void = { _ in }
) -> RCPClientConfiguration {
    var configuration = RCPClientConfiguration(
        address: .tcp(host: "127.0.0.1", port: port), credentials: .token(Array("secret".utf8)))
    configuration.backoff = RCPBackoff(base: .milliseconds(1), cap: .milliseconds(20))
    configuration.drainTimeout = .seconds(1)
    configure(&configuration)
    return configuration
}

/// The status a call ends with.
func failure(_ body: () async throws -> some Any) async throws -> RCPStatus {
    do {
        _ = try await body()
    } catch let status as RCPStatus {
        return status
    }
    throw Unexpected(text: "the call succeeded")
}

struct Unexpected: Error {
    var text: String
}

/// What EchoReply looks like on the wire: field 1, as EchoRequest has it.
func echo(_ call: ScriptedCall) -> ScriptedAnswer { .ok(call.message, outcome: .notApplied) }

func ping(_ client: RCPClient, _ text: String = "ping", timeout: Duration? = nil) async throws -> String {
    let reply = try await client.health.echo(
        .with { $0.payload = Data(text.utf8) }, options: RCPCallOptions(timeout: timeout))
    return String(decoding: reply.message.payload, as: UTF8.self)
}

/// - Parameter note: makes the message as long as wanted.
func closeCase(
    _ client: RCPClient, note: String = "C1", requestID: RCPRequestID? = nil, timeout: Duration? = nil
) async throws -> RCPReply<Returns_V1_CaseReply> {
    try await client.cases.closeCase(
        .with { $0.target.caseID = note },
        options: RCPCallOptions(timeout: timeout, requestID: requestID))
}

/// A message that no encoder can write.
struct Unwritable: Message {
    static let protoMessageName = "test.Unwritable"
    var unknownFields = UnknownStorage()
    var isInitialized: Bool { true }

    mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {}

    func traverse<V: Visitor>(visitor: inout V) throws { throw Unexpected(text: "cannot be written") }

    func isEqualTo(message: any Message) -> Bool { message is Unwritable }

    static func == (left: Unwritable, right: Unwritable) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}

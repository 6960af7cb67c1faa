import Foundation
import NIOCore
import NIOPosix
import RCP
import RCPServices
import Synchronization
import Testing

@testable import RCPServer

@Suite struct CallTests {
    @Test(arguments: [true, false])
    func echoAnswers(overUnixSocket: Bool) async throws {
        try await withServer { server in
            let address = overUnixSocket ? server.unix : server.tcp
            let client = try await TestClient.connect(to: address, token: server.adminToken)
            let reply = try await client.call(TestMethods.echo, Data("hello".utf8))
            #expect(reply.status.code == .ok)
            #expect(reply.status.outcome == .notApplied)
            #expect(reply.payload == Data("hello".utf8))
            try await client.close()
        }
    }

    @Test func aLargeMessageGoesBothWaysInFragments() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let payload = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
            #expect(try await client.call(TestMethods.echo, payload).payload == payload)
            try await client.close()
        }
    }

    @Test func aThousandCallsWaitOnOneConnection() async throws {
        try await withServer { options in
            options.limits.streamsMax = 1_100
            options.transport.principalCallBytesMax = 1_073_741_824
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            var calls: [TestClient.Started] = []
            for number in 0..<1_000 {
                calls.append(try await client.start(TestMethods.gate, Data("\(number)".utf8)))
            }
            await server.gate.waits(for: 1_000)
            // Others are served meanwhile.
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            server.gate.open()
            for (number, call) in calls.enumerated() {
                #expect(try await call.reply().payload == Data("\(number)".utf8))
            }
            try await client.close()
        }
    }

    @Test func aHandlerStaysOnItsConnectionsLoop() async throws {
        try await withServer { options in
            options.loops = 2
        } _: { server in
            for _ in 0..<2 {
                let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
                #expect(try await client.call(TestMethods.hop).payload == Data("LLLL".utf8))
                try await client.close()
            }
        }
    }

    @Test func aHandlerThatDoesNotSuspendCostsNoJob() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            for _ in 0..<10 { _ = try await client.call(TestMethods.echo) }
            let loop = try #require(server.listener.loops.values.first)
            #expect(try await loop.eventLoop.submit { loop.executor.jobsRun }.get() == 0)
            try await client.close()
        }
    }

    @Test func aDeadlineEndsTheCallAndStopsTheHandler() async throws {
        try await withServer { options in
            options.onChange = { _, context in
                #expect(context.deadlineNanoseconds != nil)
                try await Task.sleep(for: .seconds(3_600))
                return RCPReply(EchoReply())
            }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let read = try await client.call(TestMethods.gate, timeoutMilliseconds: 30)
            #expect(read.status.code == .deadlineExceeded)
            await server.gate.sawCancellations(1)
            let mutation = try await client.call(TestMethods.change, timeoutMilliseconds: 30)
            #expect(mutation.status.code == .deadlineExceeded)
            #expect(mutation.status.outcome == .unknown)
            #expect(mutation.status.retryRule == .withSameRequestID)
            try await eventually { try await callsInFlight(server) == 0 }
            try await client.close()
        }
    }

    @Test func aCancelledCallStopsItsHandlerAndFreesItsPlace() async throws {
        try await withServer { options in
            options.limits.streamsMax = 1
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.gate)
            await server.gate.waits(for: 1)
            try await client.cancel(call)
            await server.gate.sawCancellations(1)
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }

    @Test func aConnectionThatIsLostStopsItsHandlers() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            for _ in 0..<5 { _ = try await client.start(TestMethods.gate) }
            await server.gate.waits(for: 5)
            try await client.close()
            await server.gate.sawCancellations(5)
            try await eventually { try await callsInFlight(server) == 0 }
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    @Test func rolesAreEnforced() async throws {
        try await withServer { server in
            let token = server.authenticator.admit(name: "shop", roles: ["member"])
            let client = try await TestClient.connect(to: server.tcp, token: token)
            let refused = try await client.call(TestMethods.restricted).status
            #expect(refused.code == .permissionDenied)
            #expect(refused.outcome == .notApplied)
            let detail = try #require(refused.details.first)
            #expect(detail.reason == "ROLE_REQUIRED" && detail.allowed.isEmpty)
            #expect(detail.text.contains("operator, keeper"))
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()

            let admin = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            #expect(try await admin.call(TestMethods.restricted).status.code == .ok)
            #expect(try await admin.call(TestMethods.machines).status.code == .permissionDenied)
            try await admin.close()
        }
    }

    @Test func actingForAnotherNeedsAGrant() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(
                TestMethods.echo, metadata: RCPMetadata(texts: ["on-behalf-of": "lena"]))
            let status = try await call.reply().status
            #expect(status.code == .permissionDenied)
            #expect(status.details.first?.reason == "GRANT_REQUIRED")
            try await client.close()
        }
    }

    @Test func bytesThatAreNotTheMessageAreRefused() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            // A field number of zero; then a text that is not UTF-8.
            for (method, bytes) in [
                (TestMethods.echo, [0x02, 0x01, 0x41] as [UInt8]),
                (TestMethods.name, [0x12, 0x02, 0xC3, 0x28]),
            ] {
                let status = try await client.start(method, bytes: bytes).reply().status
                #expect(status.code == .invalidArgument)
                #expect(status.outcome == .notApplied)
                #expect(status.details.first?.reason == "MESSAGE_MALFORMED")
            }
            #expect(
                try await client.start(TestMethods.name, bytes: [0x12, 0x02, 0xC3, 0xA9]).reply().status.code
                    == .ok)
            try await client.close()
        }
    }

    @Test func aFailingHandlerTellsNothing() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let status = try await client.call(TestMethods.fail).status
            #expect(status.code == .internalError && status.outcome == .unknown)
            #expect(!"\(status)".contains("canary"))
            #expect(!server.log.text.contains("canary") && !server.log.text.contains(server.adminToken))
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }

    @Test func handlersAreTimedForMetrics() async throws {
        let observed = Observations()
        try await withServer { options in
            options.observer = { method, code, nanoseconds in observed.add(method, code, nanoseconds) }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            _ = try await client.call(TestMethods.echo)
            _ = try await client.call(TestMethods.fail)
            #expect(observed.all.map(\.0) == ["Echo", "Fail"])
            #expect(observed.all.map(\.1) == [.ok, .internalError])
            #expect(observed.all.allSatisfy { $0.2 > 0 })
            try await client.close()
        }
    }
}

private final class Observations: Sendable {
    private let seen = Mutex<[(String, RCPStatusCode, UInt64)]>([])
    var all: [(String, RCPStatusCode, UInt64)] { seen.withLock { $0 } }

    func add(_ method: RCPMethod, _ code: RCPStatusCode, _ nanoseconds: UInt64) {
        seen.withLock { $0.append((method.name, code, nanoseconds)) }
    }
}

func callsInFlight(_ server: TestServer) async throws -> Int {
    var sum = 0
    for loop in server.listener.loops.values {
        sum += try await loop.eventLoop.submit { loop.callsInFlight }.get()
    }
    return sum
}

struct NeverHappened: Error {}

/// Looks again and again until `condition` holds.
func eventually(_ condition: () async throws -> Bool) async throws {
    let giveUp = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < giveUp else { throw NeverHappened() }
        try await Task.sleep(for: .milliseconds(2))
    }
}

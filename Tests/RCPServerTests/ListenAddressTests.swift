import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import RCP
import TestSupport
import Testing

@testable import RCPServer

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.9.10", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("10.0.0.1", false), ("::2", false), ("::ffff:127.0.0.1", false),
    ])
    func loopbackIsTold(_ host: String, _ isLoopback: Bool) throws {
        #expect(try SocketAddress(ipAddress: host, port: 1).isLoopback == isLoopback)
    }

    private func listener(_ addresses: [RCPAddress]) -> RCPListener {
        let logger = CapturedLog().logger
        return RCPListener(
            configuration: RCPListenerConfiguration(addresses: addresses, serverName: "test"),
            group: .singleton, authenticator: TestAuthenticator(), logger: logger
        ) { _ in
            var router = RCPRouter(failures: RCPFailureReporter(logger: logger))
            let handler: EchoHandler = { request, _ in echo(request) }
            router.register(TestMethods.echo, handler)
            return router
        }
    }

    private func bindError(_ addresses: [RCPAddress]) async throws -> RCPListenError? {
        let listener = listener(addresses)
        let error = await #expect(throws: RCPListenError.self) { try await listener.bind() }
        await listener.drain()
        return error
    }

    @Test func plaintextStaysOnThisMachine() async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path + "/s"
        let error = try await bindError([.unix(path: socket), .tcp(host: "0.0.0.0", port: 0)])
        #expect(error?.code == .plaintextNotLoopback)
        #expect(error?.description.contains("127.0.0.1") == true)
        // The socket that was bound before is gone again.
        #expect(access(socket, F_OK) != 0)
    }

    @Test func aTakenPortIsNamed() async throws {
        let first = listener([.tcp(host: "127.0.0.1", port: 0)])
        let bound = try await first.bind()
        let error = try await bindError(bound)
        #expect(error?.code == .addressInUse)
        #expect(error?.address == "\(bound[0])")
        await first.drain()
    }

    @Test func aStaleSocketIsReplacedAndALiveOneIsNot() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        try leaveStaleSocket(at: path)
        let first = listener([.unix(path: path)])
        try await first.bind()
        let error = try await bindError([.unix(path: path)])
        #expect(error?.code == .addressInUse)
        #expect(access(path, F_OK) == 0)
        await first.drain()
        #expect(access(path, F_OK) != 0)
    }

    @Test func aFileOfAnotherKindIsLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        try "precious".write(toFile: path, atomically: false, encoding: .utf8)
        let error = try await bindError([.unix(path: path)])
        #expect(error?.code == .notASocket)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    /// What a server leaves that was killed.
    private func leaveStaleSocket(at path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }
}

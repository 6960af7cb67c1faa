import NIOCore
import RCP
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:7461", RCPAddress.tcp(host: "127.0.0.1", port: 7461)),
        ("localhost:0", .tcp(host: "localhost", port: 0)), ("[::1]:65535", .tcp(host: "::1", port: 65_535)),
        ("unix:/run/x.sock", .unix(path: "/run/x.sock")), ("unix:a", .unix(path: "a")),
        ("rcps://0.0.0.0:7461", .tls(host: "0.0.0.0", port: 7_461)),
        ("rcps://[::]:1", .tls(host: "::", port: 1)),
    ])
    func goodAddressesAreReadAndPrintedAgain(_ text: String, _ address: RCPAddress) throws {
        #expect(try RCPAddress(text) == address)
        #expect("\(address)" == text)
    }

    @Test(arguments: [
        ("rcp://127.0.0.1:7461", RCPAddress.tcp(host: "127.0.0.1", port: 7461)),
        ("rcp+unix:///run/x.sock", .unix(path: "/run/x.sock")),
        ("rcps://host", .tls(host: "host", port: 7461)), ("rcp://[::1]", .tcp(host: "::1", port: 7461)),
    ])
    func otherWaysToWriteAnAddress(_ text: String, _ address: RCPAddress) throws {
        #expect(try RCPAddress(text) == address)
    }

    @Test(arguments: [
        "rcps://", "rcps://host/", "rcps://host:1/", "rcps://host:", "rcp://[::1", "rcp://::1",
        "http://host:80", "rcp+unix://", "rcp://unix:x",
        "", "7461", "host", "localhost:", "a b:1", "h:+1", "::1:7461", ":7461", "http://h:80", "rcps://h:1/x",
        "host:", ":1", "host:65536", "host:-1", "host:+1", "host: 1", "::1:80", "unix:",
        "unix:/" + String(repeating: "x", count: 107),
    ])
    func badAddressesAreExplained(_ text: String) {
        let error = #expect(throws: RCPAddressError.self) { try RCPAddress(text) }
        #expect(error?.description.isEmpty == false)
    }

    @Test(
        "addresses",
        arguments: [
            ("127.0.0.1:7461", "127.0.0.1:7461", true), ("localhost:1", "localhost:1", true),
            ("[::1]:7461", "[::1]:7461", true), ("unix:/run/returnsd.sock", "unix:/run/returnsd.sock", true),
            ("returns.example.com:65535", "returns.example.com:65535", false),
            ("127.8.0.1:1", "127.8.0.1:1", true), ("127.example.com:1", "127.example.com:1", false),
            ("rcp://h:1", "h:1", false), ("rcps://h:1", "rcps://h:1", false),
            ("rcps://[::1]:1", "rcps://[::1]:1", true), ("rcp+unix:///run/x", "unix:/run/x", true),
            ("127.0.0.256:1", "127.0.0.256:1", false), ("127.0.0:1", "127.0.0:1", false),
        ])
    func addresses(text: String, description: String, isLocal: Bool) throws {
        let address = try RCPAddress(text)
        #expect(address.description == description)
        #expect(address.isOnThisMachine == isLocal)
        let isPlaintext = if case .tcp = address { true } else { false }
        #expect(address.isPlaintextBeyondThisMachine == (isPlaintext && !isLocal))
    }

    @Test(
        "what is sent to a loopback address does not leave the machine",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("::ffff:127.0.0.1", false),
            ("0.0.0.0", false), ("::", false), ("126.255.255.255", false), ("128.0.0.1", false),
            ("::2", false), ("fe80::1", false), ("::ffff:192.0.2.1", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try SocketAddress(ipAddress: text, port: 1).isLoopback == isLoopback)
    }
}

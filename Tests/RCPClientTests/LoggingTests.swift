import Logging
import RCP
import RCPClient
import Synchronization
import Testing

@Suite("What a client logs")
struct LoggingTests {
    /// Every line with its metadata.
    final class Lines: Sendable {
        private struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let all = self.metadata.merging(event.metadata ?? [:]) { $1 }
                let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                lines.add("\(event.level) \(event.message) \(words.joined(separator: " "))")
            }
        }

        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

        fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test("connections and repeated calls are told, without tokens, texts and what calls hold")
    func lines() async throws {
        let server = ScriptedServer { call in
            switch call.number {
            case 1: .loseConnection
            case 2:
                .status(
                    RCPStatus(
                        code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: 1,
                        text: "text of the server"))
            default: echo(call)
            }
        }
        let port = try await server.listen()
        let lines = Lines()
        let client = RCPClient(configuration: configuration(port: port), logger: lines.logger)
        #expect(try await ping(client, "what the call holds") == "what the call holds")
        await client.shutdown()
        try await server.stop()
        let told = lines.all
        let connected = "debug connected rcp.address=127.0.0.1:\(port) rcp.server=scripted server"
        #expect(told.filter { $0 == connected }.count == 2)
        let repeated = told.filter { $0.hasPrefix("debug a call is sent again ") }
        #expect(repeated.count == 2)
        #expect(
            repeated.allSatisfy {
                $0.contains("rcp.method=returns.v1.HealthService/Echo")
                    && $0.contains("rcp.status_code=UNAVAILABLE")
            })
        #expect(told.contains { $0.hasPrefix("debug a connection has ended rcp.address=127.0.0.1:\(port)") })
        for line in told {
            #expect(
                !line.contains("secret") && !line.contains("text of the server")
                    && !line.contains("what the call holds"), "\(line)")
        }
    }

    @Test("a server that cannot be reached is told with its reason")
    func unreachable() async throws {
        let silent = try SilentPort()
        defer { silent.close() }
        let lines = Lines()
        let client = RCPClient(
            configuration: configuration(port: silent.number) {
                $0.attemptsMax = 1
                $0.failsFast = true
            }, logger: lines.logger)
        _ = try await failure { try await ping(client) }
        await client.shutdown()
        #expect(
            lines.all.contains {
                $0.hasPrefix("debug no connection rcp.failures=1 rcp.reason=connection refused")
            })
    }
}

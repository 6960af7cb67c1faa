import CoreMetrics
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import RCPServer
@testable import ReturnsServer

@Suite struct PrometheusRegistryTests {
    /// An alert on a rise sees no first event of a counter that was not there before.
    @Test func countersThatAlertsUseBeginAtZero() {
        let registry = PrometheusRegistry()
        _ = RCPServerMetrics(factory: registry)
        let text = registry.text()
        for limit in RCPConnectionLimit.allCases {
            #expect(
                text.contains("rcp_server_connections_overloaded_total{limit=\"\(limit.rawValue)\"} 0\n"))
        }
        for limit in ["connection", "principal", "server"] {
            for direction in ["received", "unsent"] {
                #expect(
                    text.contains(
                        "rcp_server_bytes_refused_total{direction=\"\(direction)\",limit=\"\(limit)\"} 0\n"))
            }
        }
        #expect(text.contains("rcp_server_streams_refused_total{limit=\"principal\"} 0\n"))
        #expect(text.contains("rcp_server_calls_rate_limited_total{class=\"read\"} 0\n"))
    }

    @Test func everyKindIsWrittenByTheConvention() {
        let registry = PrometheusRegistry(
            help: ["parcels_total": "Parcels\nthat came \\ went.", "depth": "Depth."], buckets: [0.5, 1, 2.5])
        Counter(label: "parcels_total", factory: registry).increment(by: 3)
        Counter(label: "jobs", dimensions: [("result", "ok")], factory: registry).increment()
        FloatingPointCounter(label: "cpu_seconds_total", factory: registry).increment(by: 1.25)
        Meter(label: "depth", factory: registry).set(-2.5)
        Gauge(label: "open", factory: registry).record(7)
        let timer = Timer(label: "call_duration_seconds", dimensions: [("method", "Get")], factory: registry)
        for milliseconds in [400, 500, 900, 2_500, 4_000] { timer.recordMilliseconds(milliseconds) }
        #expect(
            registry.text() == """
                # TYPE call_duration_seconds histogram
                call_duration_seconds_bucket{method="Get",le="0.5"} 2
                call_duration_seconds_bucket{method="Get",le="1"} 3
                call_duration_seconds_bucket{method="Get",le="2.5"} 4
                call_duration_seconds_bucket{method="Get",le="+Inf"} 5
                call_duration_seconds_sum{method="Get"} 8.3
                call_duration_seconds_count{method="Get"} 5
                # TYPE cpu_seconds_total counter
                cpu_seconds_total 1.25
                # HELP depth Depth.
                # TYPE depth gauge
                depth -2.5
                # TYPE jobs_total counter
                jobs_total{result="ok"} 1
                # TYPE open gauge
                open 7
                # HELP parcels_total Parcels\\nthat came \\\\ went.
                # TYPE parcels_total counter
                parcels_total 3

                """)
    }

    @Test func namesAndLabelsAreMadeLegal() {
        let registry = PrometheusRegistry()
        Counter(
            label: "9.lives-left", dimensions: [("how:so", "a \"quoted\" \\ and\nbroken é")],
            factory: registry
        ).increment()
        #expect(
            registry.text().split(separator: "\n").last
                == #"__lives_left_total{how_so="a \"quoted\" \\ and\nbroken é"} 1"#)
    }

    @Test func theSameNameAndDimensionsAreTheSameMetric() {
        let registry = PrometheusRegistry()
        for _ in 0..<3 { Counter(label: "n", dimensions: [("a", "1")], factory: registry).increment() }
        Counter(label: "n", dimensions: [("a", "2")], factory: registry).increment()
        #expect(registry.text() == "# TYPE n_total counter\nn_total{a=\"1\"} 3\nn_total{a=\"2\"} 1\n")
    }

    @Test func whatDoesNotFitIsNotShown() {
        let registry = PrometheusRegistry()
        Meter(label: "n", factory: registry).set(1)
        Timer(label: "n", factory: registry).recordSeconds(1)
        Timer(label: "n", dimensions: [("a", "1")], factory: registry).recordSeconds(1)
        #expect(registry.text() == "# TYPE n gauge\nn 1\n")
        for number in 0...PrometheusRegistry.seriesMax {
            Counter(label: "many", dimensions: [("number", "\(number)")], factory: registry).increment()
        }
        #expect(
            registry.text().split(separator: "\n").count { $0.hasPrefix("many_total{") }
                == PrometheusRegistry.seriesMax)
    }
}

@Suite struct MetricsServerTests {
    /// What the server answers to these bytes until it has answered `ends` times or closes.
    private func exchange(_ request: String, until isOver: @escaping @Sendable (String) -> Bool) async throws
        -> String
    {
        let server = MetricsServer(
            host: "127.0.0.1", port: 0, group: .singletonMultiThreadedEventLoopGroup,
            logger: Logger(label: "test")
        ) { MetricsServer.Answer(status: .ok, body: "you asked for \($0)\n") }
        let address = try await server.bind()
        let run = Task { try await server.run() }
        defer { run.cancel() }
        let port = try #require(Int(address.split(separator: ":").last!))
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer = ByteBuffer()
            for try await bytes in inbound {
                answer.writeImmutableBuffer(bytes)
                if isOver(String(buffer: answer)) { break }
            }
            return String(buffer: answer)
        }
    }

    @Test func requestsOnOneConnectionAreAnsweredInOrder() async throws {
        let answer = try await exchange(
            """
            GET /one?x=1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /two HTTP/1.1\r\nHost: a\r\n\r\n\
            POST /three HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody\
            GET /four HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n
            """
        ) { _ in false }
        let parts = answer.components(separatedBy: "HTTP/1.1 ").dropFirst()
        #expect(parts.map { $0.prefix(3) } == ["200", "200", "405", "200"])
        #expect(answer.contains("you asked for /one\n") && answer.contains("you asked for /four\n"))
        // HEAD tells the length, and nothing more.
        #expect(!answer.contains("you asked for /two") && answer.contains("\r\nContent-Length: 19\r\n"))
        #expect(answer.contains("\r\nAllow: GET, HEAD\r\n"))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nX: \(String(repeating: "y", count: 10_000))\r\n\r\n",
        "GET / HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 100))\r\n", "what is this?\r\n\r\n",
    ])
    func whatIsTooLargeOrNoHTTPIsRefused(request: String) async throws {
        let answer = try await exchange(request) { _ in false }
        #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 431 "))
    }
}

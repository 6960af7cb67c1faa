import Foundation
import Logging
import RCPTracing
import Testing
import Tracing

@testable import ReturnsServer

@Suite struct OTLPFileExporterTests {
    private static func span(_ number: Int) -> RecordedSpan {
        var attributes = SpanAttributes()
        attributes["rpc.method"] = "GetCase"
        attributes["number"] = number
        attributes["flag"] = true
        return RecordedSpan(
            name: "a.b/GetCase", kind: .server,
            context: TraceContext(
                traceID: TraceID(high: 1, low: 2), spanID: 0xAB, isSampled: true, state: "x=y"),
            parentSpanID: number == 0 ? 0 : 7, startNanoseconds: 1_700_000_000_000_000_000,
            endNanoseconds: 1_700_000_000_000_001_000, attributes: attributes,
            status: number == 0 ? nil : SpanStatus(code: .error))
    }

    @Test func aBatchIsALineOfOTLP() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let exporter = OTLPFileExporter(path: path, metrics: .none, logger: Logger(label: "test"))
        for number in 0..<OTLPFileExporter.batchSpansMax + 1 { exporter.export(Self.span(number)) }
        let run = Task { try await exporter.run() }
        run.cancel()
        try await run.value
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let line = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        let resource = try #require((line["resourceSpans"] as? [[String: Any]])?.first)
        let scope = try #require((resource["scopeSpans"] as? [[String: Any]])?.first)
        let spans = try #require(scope["spans"] as? [[String: Any]])
        #expect(spans.count == OTLPFileExporter.batchSpansMax)
        #expect(spans[0]["traceId"] as? String == "00000000000000010000000000000002")
        #expect(spans[0]["spanId"] as? String == "00000000000000ab")
        #expect(spans[0]["parentSpanId"] == nil && spans[1]["parentSpanId"] as? String == "0000000000000007")
        // What others wrote into the state is passed on, not recorded.
        #expect(spans[0]["kind"] as? Int == 2 && !lines[0].contains("x=y"))
        #expect(spans[0]["startTimeUnixNano"] as? String == "1700000000000000000")
        #expect(spans[0]["status"] == nil && (spans[1]["status"] as? [String: Int]) == ["code": 2])
        let attributes = try #require(spans[1]["attributes"] as? [[String: Any]])
        #expect(attributes.map { $0["key"] as? String } == ["flag", "number", "rpc.method"])
        #expect(
            attributes.map { ($0["value"] as? [String: Any])?.keys.first } == [
                "boolValue", "intValue", "stringValue",
            ])
    }

    @Test func moreThanTheQueueHoldsIsDroppedAndCounted() {
        let registry = PrometheusRegistry()
        let exporter = OTLPFileExporter(
            path: "/nonexistent/spans", metrics: ReturnsMetrics(factory: registry, schema: "x"),
            logger: Logger(label: "test"))
        for number in 0..<OTLPFileExporter.queuedSpansMax + 3 { exporter.export(Self.span(number)) }
        #expect(registry.text().contains("\nreturns_spans_dropped_total 3\n"))
    }

    @Test func aFileThatCannotBeWrittenIsSaid() {
        let error = #expect(throws: StartError.self) {
            try OTLPFileExporter.check(path: "/nonexistent/spans.jsonl")
        }
        #expect(error.map { "\($0)".hasPrefix("cannot write traces to /nonexistent/spans.jsonl: ") } == true)
    }
}

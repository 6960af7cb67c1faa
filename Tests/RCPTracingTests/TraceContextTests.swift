import RCP
import RCPTracing
import Synchronization
import Testing
import Tracing

@Suite struct TraceContextTests {
    static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func aParentIsReadAndWritten() throws {
        let context = try #require(TraceContext(parent: Self.parent, state: "rojo=1"))
        #expect("\(context.traceID)" == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled && context.state == "rojo=1")
        #expect(context.parent == Self.parent)
        #expect(TraceContext(parent: Self.parent.dropLast(2) + "00")?.isSampled == false)
        // Other flags of later versions are not passed on.
        #expect(TraceContext(parent: Self.parent.dropLast(2) + "ff")?.parent == Self.parent)
        let small = TraceContext(traceID: TraceID(high: 0, low: 1), spanID: 2, isSampled: false)
        #expect(small.parent == "00-00000000000000000000000000000001-0000000000000002-00")
        #expect(TraceContext(parent: small.parent) == small)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
    ])
    func whatIsNoParentIsNone(text: String) { #expect(TraceContext(parent: text) == nil) }

    @Test func laterVersionsAreReadAsFarAsTheyAreKnown() {
        #expect(
            TraceContext(parent: "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later")?.parent
                == Self.parent)
    }

    @Test func aLongStateIsDropped() {
        #expect(TraceContext(parent: Self.parent, state: String(repeating: "a", count: 513))?.state == "")
    }
}

@Suite struct TraceContextTracerTests {
    final class Spans: SpanExporter {
        private let spans = Mutex<[RecordedSpan]>([])
        var all: [RecordedSpan] { spans.withLock { $0 } }
        func export(_ span: RecordedSpan) { spans.withLock { $0.append(span) } }
    }

    @Test func spansGoOnWithTheCallersTrace() throws {
        let spans = Spans()
        let tracer = TraceContextTracer(exporter: spans, sampleShare: 0)
        var context = InstrumentationContext.topLevel
        let metadata = RCPMetadata(texts: ["traceparent": TraceContextTests.parent, "tracestate": "a=b"])
        tracer.extract(metadata, into: &context, using: RCPMetadataExtractor())
        let outer = tracer.startSpan("outer", context: context, ofKind: .server)
        let inner = InstrumentationContext.$current.withValue(outer.context) { tracer.startSpan("inner") }
        inner.attributes["rows"] = 3
        inner.recordError(CancellationError())
        inner.end()
        inner.end()
        outer.end()
        #expect(spans.all.map(\.name) == ["inner", "outer"])
        let (first, last) = (spans.all[0], spans.all[1])
        #expect(last.parentSpanID == 0xb7ad_6b71_6920_3331 && last.kind == .server)
        #expect(first.parentSpanID == last.context.spanID && first.kind == .internal)
        #expect(Set(spans.all.map(\.context.traceID)).count == 1)
        #expect(first.status?.code == .error && last.status == nil)
        #expect(first.startNanoseconds > 0 && first.endNanoseconds >= first.startNanoseconds)

        var sent = RCPMetadata()
        tracer.inject(inner.context, into: &sent, using: RCPMetadataInjector())
        #expect(sent.text(forKey: "traceparent") == first.context.parent)
        #expect(sent.text(forKey: "tracestate") == "a=b")
    }

    @Test func onlySampledTracesAreRecorded() {
        let spans = Spans()
        let unsampled = TraceContext(parent: TraceContextTests.parent.dropLast(2) + "00")
        var context = InstrumentationContext.topLevel
        context.traceContext = unsampled
        let span = TraceContextTracer(exporter: spans).startSpan("a", context: context)
        #expect(!span.isRecording)
        // The trace travels on all the same.
        #expect(span.context.traceContext?.traceID == unsampled?.traceID)
        #expect(span.context.traceContext?.isSampled == false)
        span.end()
        for _ in 0..<100 { TraceContextTracer(exporter: spans, sampleShare: 0).startSpan("b").end() }
        #expect(spans.all.isEmpty)
        let half = TraceContextTracer(exporter: spans, sampleShare: 0.5)
        for _ in 0..<2_000 { half.startSpan("c").end() }
        #expect((800...1_200).contains(spans.all.count))
    }
}

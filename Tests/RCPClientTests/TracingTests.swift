import RCP
import RCPClient
import RCPTracing
import Synchronization
import Testing
import Tracing

@Suite("Tracing of calls") struct TracingTests {
    final class Spans: SpanExporter {
        private let spans = Mutex<[RecordedSpan]>([])
        var all: [RecordedSpan] { spans.withLock { $0 } }
        func export(_ span: RecordedSpan) { spans.withLock { $0.append(span) } }
    }

    static let method = RCPMethod(
        id: 1, service: "a.v1.Service", name: "Get", kind: .unary, idempotency: .readOnly, roles: [])

    @Test("a call's span is the parent that travels, and the one that its body sees")
    func travels() async throws {
        let spans = Spans()
        let tracer = TraceContextTracer(exporter: spans)
        let tracing = RCPClientTracing(tracer: tracer)
        let reply = try await tracing.intercept(
            Self.method, RCPCallOptions(metadata: RCPMetadata(texts: ["mine": "kept"]))
        ) { options in
            #expect(options.metadata.text(forKey: "mine") == "kept")
            #expect(
                options.metadata.text(forKey: "traceparent")
                    == InstrumentationContext.current?.traceContext?.parent)
            return RCPReply(options.metadata.text(forKey: "traceparent") ?? "")
        }
        let span = try #require(spans.all.first)
        #expect(spans.all.count == 1 && span.name == "a.v1.Service/Get" && span.kind == .client)
        #expect(span.context.parent == reply.message)
        #expect(span.attributes.get("rpc.rcp.status_code") == .string("OK") && span.status == nil)
    }

    @Test("a failed call's span tells its code, and not its text")
    func failure() async {
        let spans = Spans()
        let tracing = RCPClientTracing(tracer: TraceContextTracer(exporter: spans))
        await #expect(throws: RCPStatus.self) {
            let _: RCPReply<Int> = try await tracing.intercept(Self.method, RCPCallOptions()) { _ in
                throw RCPStatus(code: .notFound, text: "secret")
            }
        }
        #expect(spans.all.first?.status?.code == .error)
        #expect(spans.all.first?.attributes.get("rpc.rcp.status_code") == .string("NOT_FOUND"))
        #expect(!"\(spans.all)".contains("secret"))
    }

    @Test("a program that was started within a trace goes on with it")
    func parent() async throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let context = try #require(TraceContext(parent: text, state: "a=b"))
        _ = try await RCPClientTraceParent(context).intercept(Self.method, RCPCallOptions()) { options in
            #expect(options.metadata.text(forKey: "traceparent") == text)
            #expect(options.metadata.text(forKey: "tracestate") == "a=b")
            return RCPReply(0)
        }
    }
}

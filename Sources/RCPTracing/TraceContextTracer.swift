public import Tracing

/// A tracer of swift-distributed-tracing that speaks W3C Trace Context and hands the spans of sampled traces to an exporter.
public struct TraceContextTracer: Tracer {
    private let exporter: any SpanExporter
    /// Traces whose id is below are sampled; nil samples all.
    private let sampledBelow: UInt64?

    /// - Parameter sampleShare: of the traces that begin here, 0 to 1. A caller's decision is kept.
    public init(exporter: any SpanExporter, sampleShare: Double = 1) {
        self.exporter = exporter
        sampledBelow = sampleShare >= 1 ? nil : UInt64(max(0, sampleShare) * 0x1p64)
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TraceContextSpan {
        var context = context()
        let parent = context.traceContext
        var own =
            parent
            ?? TraceContext(
                traceID: TraceID(high: .random(in: 1 ... .max), low: .random(in: 0 ... .max)), spanID: 0,
                isSampled: false)
        if parent == nil { own.isSampled = sampledBelow.map { own.traceID.low < $0 } ?? true }
        own.spanID = .random(in: 1 ... .max)
        context.traceContext = own
        return TraceContextSpan(
            context: context, exporter: own.isSampled ? exporter : nil,
            RecordedSpan(
                name: operationName, kind: kind, context: own, parentSpanID: parent?.spanID ?? 0,
                startNanoseconds: own.isSampled ? instant().nanosecondsSinceEpoch : 0))
    }

    /// An exporter decides by itself when it writes.
    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: TraceContext.parentKey, from: carrier) else { return }
        context.traceContext = TraceContext(
            parent: parent, state: extractor.extract(key: TraceContext.stateKey, from: carrier) ?? "")
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.traceContext else { return }
        injector.inject(trace.parent, forKey: TraceContext.parentKey, into: &carrier)
        if !trace.state.isEmpty {
            injector.inject(trace.state, forKey: TraceContext.stateKey, into: &carrier)
        }
    }
}

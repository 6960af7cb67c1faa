public import Tracing

/// A span that has ended.
public struct RecordedSpan: Sendable {
    public var name: String
    public var kind: SpanKind
    public var context: TraceContext
    /// Zero for the root of a trace.
    public var parentSpanID: UInt64
    /// Since the epoch, as the end.
    public var startNanoseconds: UInt64
    public var endNanoseconds: UInt64
    public var attributes: SpanAttributes
    public var status: SpanStatus?

    public init(
        name: String, kind: SpanKind, context: TraceContext, parentSpanID: UInt64, startNanoseconds: UInt64,
        endNanoseconds: UInt64 = 0, attributes: SpanAttributes = [:], status: SpanStatus? = nil
    ) {
        self.name = name
        self.kind = kind
        self.context = context
        self.parentSpanID = parentSpanID
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
        self.attributes = attributes
        self.status = status
    }
}

/// Takes the spans that are recorded. Must not block: it is called where the span ends.
public protocol SpanExporter: Sendable {
    func export(_ span: RecordedSpan)
}

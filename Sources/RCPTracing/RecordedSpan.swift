public import Tracing

/// A span that has ended.
public struct RecordedSpan: Sendable {
    /// What was done, such as the method's full name.
    public var name: String
    /// Whose end of a call it is.
    public var kind: SpanKind
    /// Its own place in the trace.
    public var context: TraceContext
    /// Zero for the root of a trace.
    public var parentSpanID: UInt64
    /// Since the epoch, as the end.
    public var startNanoseconds: UInt64
    /// When it ended, since 1970.
    public var endNanoseconds: UInt64
    /// What was noted of it.
    public var attributes: SpanAttributes
    /// How it ended; nil if nobody said.
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
    /// Takes a span that has ended; returns at once.
    func export(_ span: RecordedSpan)
}

import Synchronization
public import Tracing

/// A span under way. It records if its trace is sampled, and until it ends.
///
/// Events and links are not kept, and of an error only that there was one: its text could hold what a log must not.
public final class TraceContextSpan: Span {
    /// What goes on with the calls made within the span.
    public let context: InstrumentationContext
    /// Nil where nothing is recorded.
    private let exporter: (any SpanExporter)?
    private let span: Mutex<RecordedSpan?>

    init(context: InstrumentationContext, exporter: (any SpanExporter)?, _ span: RecordedSpan) {
        self.context = context
        self.exporter = exporter
        self.span = Mutex(exporter == nil ? nil : span)
    }

    public var isRecording: Bool { span.withLock { $0 != nil } }

    public var operationName: String {
        get { span.withLock { $0?.name ?? "" } }
        set { span.withLock { $0?.name = newValue } }
    }

    /// What was noted of it; after its end, nothing.
    public var attributes: SpanAttributes {
        get { span.withLock { $0?.attributes ?? [:] } }
        set { span.withLock { $0?.attributes = newValue } }
    }

    public func setStatus(_ status: SpanStatus) { span.withLock { $0?.status = status } }

    public func addEvent(_ event: SpanEvent) {}

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        setStatus(SpanStatus(code: .error))
    }

    public func addLink(_ link: SpanLink) {}

    /// Ends it once; more ends change nothing.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard let exporter else { return }
        let ended = span.withLock { span in
            let ended = span
            span = nil
            return ended
        }
        guard var ended else { return }
        ended.endNanoseconds = instant().nanosecondsSinceEpoch
        exporter.export(ended)
    }
}

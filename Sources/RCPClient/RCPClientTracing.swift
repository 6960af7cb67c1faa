public import RCP
public import RCPTracing
public import Tracing

/// Traces a client's calls with any tracer of swift-distributed-tracing: each is a span, and its context travels in the call's
/// metadata, for the server to go on with.
public struct RCPClientTracing: RCPClientInterceptor {
    private let tracer: any Tracer

    public init(tracer: any Tracer) { self.tracer = tracer }

    /// Adds the trace's context to the call's metadata.
    nonisolated(nonsending) public func intercept<Success: Sendable>(
        _ method: RCPMethod, _ options: RCPCallOptions,
        _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
    ) async throws -> RCPReply<Success> {
        let span = tracer.startSpan(method.fullName, ofKind: .client)
        defer { span.end() }
        if span.isRecording {
            span.updateAttributes {
                $0["rpc.system"] = "rcp"
                $0["rpc.service"] = method.service
                $0["rpc.method"] = method.name
            }
        }
        var options = options
        tracer.inject(span.context, into: &options.metadata, using: RCPMetadataInjector())
        do {
            let reply = try await InstrumentationContext.$current.withValue(span.context) {
                try await next(options)
            }
            span.attributes["rpc.rcp.status_code"] = RCPStatusCode.ok.name
            return reply
        } catch {
            if let status = error as? RCPStatus { span.attributes["rpc.rcp.status_code"] = status.code.name }
            // Not the error itself: its text may quote what the call holds.
            span.setStatus(SpanStatus(code: .error))
            throw error
        }
    }
}

/// Goes on with a trace that began elsewhere, without spans of its own: for programs that were started within one.
public struct RCPClientTraceParent: RCPClientInterceptor {
    private let context: TraceContext

    public init(_ context: TraceContext) { self.context = context }

    /// Adds the trace's context to the call's metadata.
    nonisolated(nonsending) public func intercept<Success: Sendable>(
        _ method: RCPMethod, _ options: RCPCallOptions,
        _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
    ) async throws -> RCPReply<Success> {
        var options = options
        options.metadata.set(key: TraceContext.parentKey, text: context.parent)
        if !context.state.isEmpty { options.metadata.set(key: TraceContext.stateKey, text: context.state) }
        return try await next(options)
    }
}

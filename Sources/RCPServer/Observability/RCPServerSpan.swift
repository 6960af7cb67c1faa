import RCP
import RCPTracing
import Tracing

/// The span of one call at the server, which goes on the caller's trace. Named and attributed as OpenTelemetry's conventions
/// for RPC have it; nothing of what the call holds is recorded.
struct RCPServerSpan: Sendable {
    private let span: any Span

    init(_ call: RCPInboundCall, tracer: any Tracer) {
        var context = InstrumentationContext.topLevel
        if !call.metadata.isEmpty {
            tracer.extract(call.metadata, into: &context, using: RCPMetadataExtractor())
        }
        span = tracer.startSpan(call.method.fullName, context: context, ofKind: .server)
        guard span.isRecording else { return }
        span.updateAttributes {
            $0["rpc.system"] = "rcp"
            $0["rpc.service"] = call.method.service
            $0["rpc.method"] = call.method.name
        }
    }

    /// Runs the handler within the span, where what it calls finds it.
    nonisolated(nonsending) func run<Result>(_ body: () async -> Result) async -> Result {
        await InstrumentationContext.$current.withValue(span.context, operation: body)
    }

    func end(_ status: RCPStatus) {
        if span.isRecording {
            span.attributes["rpc.rcp.status_code"] = status.code.name
            if status.code.isFaultOfServer { span.setStatus(SpanStatus(code: .error)) }
        }
        span.end()
    }
}

extension RCPStatusCode {
    /// As OpenTelemetry's conventions divide gRPC's codes: the others are answers to what the caller did.
    fileprivate var isFaultOfServer: Bool {
        switch self {
        case .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss: true
        case .ok, .cancelled, .invalidArgument, .notFound, .alreadyExists, .permissionDenied,
            .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unauthenticated:
            false
        }
    }
}

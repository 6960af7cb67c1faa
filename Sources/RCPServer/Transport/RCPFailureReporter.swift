import Logging
import NIOCore
import RCP
import RCPTracing
import Tracing

/// An error of a handler that knows the status its caller gets.
public protocol RCPStatusConvertible: Error {
    /// What the caller is told: without internal detail and personal data.
    var status: RCPStatus { get }
    /// For operators, who have to do something about it; without data of the call. Nil when it is the caller's matter.
    var logMessage: String? { get }
    /// How much `logMessage` matters. A notice is written down far less often than an error, of which somebody may be called.
    var logLevel: Logger.Level { get }
}

extension RCPStatusConvertible {
    /// Nothing for operators.
    public var logMessage: String? { nil }
    /// An error.
    public var logLevel: Logger.Level { .error }
}

/// Turns what a handler throws into the status its caller sees; the only place where that happens.
///
/// Routers of several event loops share one, so that a server logs the same failure once a period, and not once a loop.
public final class RCPFailureReporter: Sendable {
    private let logger: Logger
    private let gate = LogGate(period: .seconds(10))
    /// Of all that is no error together: it goes on until somebody has time for it.
    private let noticeGate = LogGate(period: .minutes(10), messagesPerPeriodMax: 1)

    /// - Parameter logger: gets one line per failure that is the server's own, without data of the call.
    public init(logger: Logger) { self.logger = logger }

    func status(of error: any Error, _ context: RCPCallContext) -> RCPStatus {
        var status =
            switch error {
            case let status as RCPStatus: status
            case let failure as RCPFailureAfterChange:
                failure.status(of: self.status(of: failure.cause, context))
            case let error as any RCPStatusConvertible: known(error, context)
            case is CancellationError: Self.cancelled(context)
            default: unexpected(error, context)
            }
        // SPEC.md §7.1: a read-only call has nothing to apply, however it ends.
        if context.method.idempotency == .readOnly { status.outcome = .notApplied }
        return status
    }

    private func known(_ error: any RCPStatusConvertible, _ context: RCPCallContext) -> RCPStatus {
        let level = error.logLevel
        if let message = error.logMessage, (level >= .error ? gate : noticeGate).lets(message) {
            logger.log(level: level, "\(message)", metadata: Self.place(context))
        }
        return error.status
    }

    /// The trace, if there is one, is what leads from this line to the call's other traces.
    private static func place(_ context: RCPCallContext) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["method": "\(context.method.fullName)"]
        if let trace = InstrumentationContext.current?.traceContext {
            metadata["trace_id"] = "\(trace.traceID)"
        }
        return metadata
    }

    private static func cancelled(_ context: RCPCallContext) -> RCPStatus {
        if let deadline = context.deadlineNanoseconds, NIODeadline.now().uptimeNanoseconds >= deadline {
            return RCPStatus(code: .deadlineExceeded, text: "the call did not end within its timeout")
        }
        return RCPStatus(code: .cancelled, text: "the call was cancelled")
    }

    /// The caller learns nothing but a number to quote. The log has the error's type under that number: the
    /// error's own text could hold what was in the call.
    private func unexpected(_ error: any Error, _ context: RCPCallContext) -> RCPStatus {
        let incident = String(UInt64.random(in: .min ... .max), radix: 16)
        var metadata = Self.place(context)
        metadata["incident"] = "\(incident)"
        metadata["error_type"] = "\(type(of: error))"
        logger.error("a handler failed", metadata: metadata)
        return RCPStatus(
            code: .internalError,
            text: "the server failed; its log says more under incident \(incident)")
    }
}

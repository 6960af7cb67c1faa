import RCP

/// Told of each call that had a handler, once, when the handler has returned: for metrics. Runs on the call's
/// event loop and must not block it. Nanoseconds are counted from the start of the handler.
///
/// A call that was cancelled or ran out of time is reported with the status its handler came back with.
public typealias RCPCallObserver =
    @Sendable (_ method: RCPMethod, _ status: RCPStatusCode, _ nanoseconds: UInt64) -> Void

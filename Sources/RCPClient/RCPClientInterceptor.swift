public import RCP

/// Code around every call of a client: to add metadata, to measure, to trace, to refuse.
public protocol RCPClientInterceptor: Sendable {
    /// Calls `next` once, with the options as they came or as they should be; or throws, and nothing is sent.
    ///
    /// Retries are inside of `next`. For a call that streams, so is the body.
    nonisolated(nonsending) func intercept<Success: Sendable>(
        _ method: RCPMethod, _ options: RCPCallOptions,
        _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
    ) async throws -> RCPReply<Success>
}

extension RCPClient {
    /// Runs `call` within the interceptors from `index` on.
    nonisolated(nonsending) func intercepted<Success: Sendable>(
        _ method: RCPMethod, _ options: RCPCallOptions, from index: Int = 0,
        _ call: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
    ) async throws -> RCPReply<Success> {
        guard index < configuration.interceptors.count else { return try await call(options) }
        return try await configuration.interceptors[index].intercept(method, options) { options in
            try await intercepted(method, options, from: index + 1, call)
        }
    }
}

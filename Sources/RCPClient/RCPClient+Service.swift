public import ServiceLifecycle

/// A client among the services of a program: in a `ServiceGroup` it stands before those that call, so that it ends after them.
extension RCPClient: Service {
    /// Waits until the group shuts down gracefully; then lets open calls finish, as `shutdown()` does.
    ///
    /// The client takes calls before, too: it connects when it is first used. Without a service group only cancelling ends this.
    ///
    /// - Throws: `CancellationError` if the task was cancelled; then everything is closed at once.
    public func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            // In a task that is cancelled nothing is waited for.
            await shutdown()
            throw error
        }
        await shutdown()
    }
}

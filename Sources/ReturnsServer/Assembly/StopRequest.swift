import ServiceLifecycle
import Synchronization
import UnixSignals

/// That someone asked the process to stop, from its very start on, and how often.
final class StopRequest: Sendable {
    /// Thrown by a start that was told to stop.
    struct Requested: Error {}

    private struct State {
        var requests = 0
        var waiters: [UInt64: Waiter] = [:]
        var nextID: UInt64 = 0
    }

    private struct Waiter {
        let requests: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    init(trapping signals: [UnixSignal]) async {
        let trapped = await UnixSignalsSequence(trapping: signals)
        // Unstructured: it lives as long as the process, which ends by what it reports.
        Task { [self] in
            for await _ in trapped { request() }
        }
    }

    /// What each signal does.
    func request() {
        let reached = state.withLock { state in
            state.requests += 1
            let reached = state.waiters.filter { $0.value.requests <= state.requests }
            for id in reached.keys { state.waiters[id] = nil }
            return reached.values
        }
        for waiter in reached { waiter.continuation.resume() }
    }

    func check() throws(Requested) {
        if state.withLock({ $0.requests > 0 }) { throw Requested() }
    }

    /// Returns when a stop was asked for so many times, also before the call, or when the task is cancelled.
    func wait(requests: Int = 1) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.requests >= requests { return true }
                    state.waiters[id] = Waiter(requests: requests, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    /// Cancels `body` when a stop is asked for and throws `Requested`; what it has achieved by then is returned all the
    /// same, so that its caller can take it down.
    func cancels<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask { try await body() }
            tasks.addTask {
                await self.wait()
                return nil
            }
            defer { tasks.cancelAll() }
            if let value = try await tasks.next() ?? nil { return value }
            tasks.cancelAll()
            guard let late = try? await tasks.next(), let value = late else { throw Requested() }
            return value
        }
    }
}

/// The last service to start: says that the server is ready, and ends the group when a stop was asked for.
struct StopService: Service {
    let stop: StopRequest
    let started: @Sendable () -> Void

    func run() async throws {
        started()
        await cancelWhenGracefulShutdown { await stop.wait() }
    }
}

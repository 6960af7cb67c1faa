import Synchronization

/// Holds calls back until the test lets them go, and tells the test how many there are.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
        var cancellations = 0
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var watchers: [(@Sendable (borrowing State) -> Bool, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Returns when the gate is open.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func pass() async throws {
        let ticket = state.withLock { state in
            state.arrivals += 1
            return state.arrivals
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting[ticket] = continuation }
                    return state.isOpen
                }
                if isOpen { continuation.resume() } else if Task.isCancelled { cancel(ticket) }
                notify()
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    func waits(for count: Int) async { await until { $0.waiting.count == count } }
    func sawCancellations(_ count: Int) async { await until { $0.cancellations == count } }

    private func cancel(_ ticket: Int) {
        let continuation = state.withLock { state in
            let continuation = state.waiting.removeValue(forKey: ticket)
            if continuation != nil { state.cancellations += 1 }
            return continuation
        }
        continuation?.resume(throwing: CancellationError())
        notify()
    }

    private func until(_ condition: @escaping @Sendable (borrowing State) -> Bool) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.watchers.append((condition, continuation)) }
            notify()
        }
    }

    private func notify() {
        let satisfied = state.withLock { state in
            let watchers = state.watchers
            state.watchers = []
            var satisfied: [CheckedContinuation<Void, Never>] = []
            for (condition, continuation) in watchers {
                if condition(state) {
                    satisfied.append(continuation)
                } else {
                    state.watchers.append((condition, continuation))
                }
            }
            return satisfied
        }
        for continuation in satisfied { continuation.resume() }
    }
}

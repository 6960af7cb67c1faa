import Synchronization

/// Wakes one task that waits for something to do. Ringing twice is ringing once, and ringing before anybody waits is not lost.
final class EventDoorbell: Sendable {
    private enum State {
        case silent
        case rung
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.silent)

    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            switch state {
            case .silent, .rung:
                state = .rung
                return nil
            case .awaited(let continuation):
                state = .silent
                return continuation
            }
        }
        waiter?.resume()
    }

    /// Returns when it rings, has rung, or the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    switch state {
                    case .silent:
                        if Task.isCancelled { return true }
                        state = .awaited(continuation)
                        return false
                    case .rung:
                        state = .silent
                        return true
                    case .awaited: preconditionFailure("two tasks wait at one doorbell")
                    }
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
    }
}

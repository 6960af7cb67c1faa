import Synchronization

/// Holds handlers back and lets them go one at a time, in the order in which they came, whether or not they were
/// cancelled.
final class Turnstile: Sendable {
    private struct State {
        var isOpen = false
        var arrivals: [UInt64] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The connections of the handlers that have come so far, in order.
    var arrivals: [UInt64] { state.withLock { $0.arrivals } }
    var waiting: Int { state.withLock { $0.waiting.count } }

    func pass(_ connection: UInt64) async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrivals.append(connection)
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets the one go that has waited longest.
    func releaseOne() {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume()
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

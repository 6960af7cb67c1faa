import Dispatch
import Synchronization

/// Lines on their way from the reader's thread to the workers: bounded, and in order for each key.
final class ImportQueue<Request: Sendable>: Sendable {
    typealias Item = ImportItem<Request>

    private struct State {
        var ready: [Item] = []
        var readyStart = 0
        /// Keys with a line under way, and the lines that wait behind it.
        var busy: [String: [Item]] = [:]
        var idleWorkers: [CheckedContinuation<Item?, Never>] = []
        var isEnded = false
        var isStopped = false

        mutating func popReady() -> Item? {
            guard !isStopped, readyStart < ready.count else { return nil }
            defer {
                readyStart += 1
                if readyStart == ready.count {
                    ready = []
                    readyStart = 0
                }
            }
            return ready[readyStart]
        }
    }

    private let state = Mutex(State())
    /// Room for lines that are read and not yet finished; the reader waits when there is none.
    private let room: DispatchSemaphore

    init(linesMax: Int) {
        // Raised to its value instead of made with it: libdispatch traps when a semaphore ends lower than it began, as
        // that of a stopped import does.
        room = DispatchSemaphore(value: 0)
        for _ in 0..<linesMax { room.signal() }
    }

    // MARK: The reader's side

    /// Waits for room, then queues the line.
    ///
    /// - Returns: false once the import has stopped.
    func push(_ item: Item) -> Bool {
        room.wait()
        let (isStopped, worker) = state.withLock { state -> (Bool, CheckedContinuation<Item?, Never>?) in
            if state.isStopped { return (true, nil) }
            if state.busy[item.key] != nil {
                state.busy[item.key]?.append(item)
                return (false, nil)
            }
            state.busy[item.key] = []
            if let worker = state.idleWorkers.popLast() { return (false, worker) }
            state.ready.append(item)
            return (false, nil)
        }
        worker?.resume(returning: item)
        return !isStopped
    }

    /// No more lines will come.
    func end() { finish { $0.isEnded = true } }

    // MARK: The workers' side

    /// The next line; nil when there is and will be none.
    func next() async -> Item? {
        await withCheckedContinuation { continuation in
            let answer: Item?? = state.withLock { state in
                if let item = state.popReady() { return .some(item) }
                if state.isStopped || (state.isEnded && state.busy.isEmpty) { return .some(nil) }
                state.idleWorkers.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func finished(_ item: Item) {
        room.signal()
        finish { state in
            guard var waiting = state.busy[item.key] else { return }
            if waiting.isEmpty {
                state.busy[item.key] = nil
            } else {
                state.ready.append(waiting.removeFirst())
                state.busy[item.key] = waiting
            }
        }
    }

    /// Hands out no more lines, and lets the reader go.
    func stop() {
        finish { $0.isStopped = true }
        room.signal()
    }

    /// Changes the state, then wakes the workers that it concerns.
    private func finish(_ change: (inout sending State) -> Void) {
        let woken: [(CheckedContinuation<Item?, Never>, Item?)] = state.withLock { state in
            change(&state)
            var woken: [(CheckedContinuation<Item?, Never>, Item?)] = []
            while !state.idleWorkers.isEmpty, let item = state.popReady() {
                woken.append((state.idleWorkers.removeLast(), item))
            }
            if state.isStopped || (state.isEnded && state.busy.isEmpty) {
                woken += state.idleWorkers.map { ($0, nil) }
                state.idleWorkers = []
            }
            return woken
        }
        for (worker, item) in woken { worker.resume(returning: item) }
    }
}

import Dispatch
import Synchronization

/// Lines on their way from the reader's thread to the workers: bounded in number and bytes, and in order for each key.
///
/// Invariant: what is held is what is read and not yet finished; nothing that was handed out and finished is kept.
final class ImportQueue<Request: Sendable>: Sendable {
    typealias Item = ImportItem<Request>

    private struct State {
        var ready: LineRing<Item>
        /// Keys with a line under way, and the lines that wait behind it.
        var busy: [String: [Item]] = [:]
        var idleWorkers: [CheckedContinuation<Item?, Never>] = []
        var isEnded = false
        var isStopped = false

        mutating func popReady() -> Item? { isStopped ? nil : ready.popFirst() }
    }

    private let state: Mutex<State>
    /// Room for lines that are read and not yet finished; the reader waits when there is none.
    private let room: DispatchSemaphore
    /// The same for their bytes, in units of `ImportLimits.roomUnitBytes`.
    private let byteRoom: DispatchSemaphore
    private let byteUnitsMax: Int

    /// - Parameter bytesMax: of the lines held; a line that alone is larger is taken by itself.
    init(linesMax: Int, bytesMax: Int = ImportLimits.heldBytesMax) {
        state = Mutex(State(ready: LineRing(capacity: linesMax)))
        byteUnitsMax = max(1, bytesMax / ImportLimits.roomUnitBytes)
        // Raised to their values instead of made with them: libdispatch traps when a semaphore ends lower than it began,
        // as those of a stopped import do.
        room = DispatchSemaphore(value: 0)
        byteRoom = DispatchSemaphore(value: 0)
        for _ in 0..<linesMax { room.signal() }
        for _ in 0..<byteUnitsMax { byteRoom.signal() }
    }

    private func byteUnits(of item: Item) -> Int {
        min(
            byteUnitsMax,
            (item.line.bytes.count + ImportLimits.roomUnitBytes - 1) / ImportLimits.roomUnitBytes)
    }

    // MARK: The reader's side

    /// Waits for room, then queues the line. There is one reader, so two never wait for each other's room.
    ///
    /// - Returns: false once the import has stopped.
    func push(_ item: Item) -> Bool {
        room.wait()
        for _ in 0..<byteUnits(of: item) { byteRoom.wait() }
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
        finish { state in
            guard var waiting = state.busy[item.key] else { return }
            if waiting.isEmpty {
                state.busy[item.key] = nil
            } else {
                state.ready.append(waiting.removeFirst())
                state.busy[item.key] = waiting
            }
        }
        for _ in 0..<byteUnits(of: item) { byteRoom.signal() }
        room.signal()
    }

    /// Hands out no more lines, and lets the reader go.
    func stop() {
        finish { $0.isStopped = true }
        room.signal()
        for _ in 0..<byteUnitsMax { byteRoom.signal() }
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

/// How much of a file an import holds at a time.
enum ImportLimits {
    /// Lines that are read ahead for each call in flight.
    static let linesAheadPerCall = 4
    /// Of all lines that are read and not yet finished. Four lines of the greatest length.
    static let heldBytesMax = 64 * 1_024 * 1_024
    /// What their bytes are counted in, rounded up.
    static let roomUnitBytes = 64 * 1_024
}

/// A queue of at most `capacity` elements, which keeps nothing of what was taken out.
struct LineRing<Element> {
    private var slots: [Element?]
    private var first = 0
    private(set) var count = 0

    init(capacity: Int) { slots = Array(repeating: nil, count: capacity) }

    mutating func append(_ element: Element) {
        precondition(count < slots.count, "a line beyond the room that its reader waited for")
        slots[(first + count) % slots.count] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[first].take()
        first = (first + 1) % slots.count
        count -= 1
        return element
    }
}

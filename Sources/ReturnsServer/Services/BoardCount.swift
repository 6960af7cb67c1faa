import NIOCore
import ReturnsDomain
import ReturnsStore
import Synchronization

/// What is due of each kind, counted once for all boards that look at the same moment.
final class BoardCount: Sendable {
    struct Row: Sendable {
        var kind: ClockKind
        var running: UInt64 = 0
        var late: UInt64 = 0
        var dueWithinHour: UInt64 = 0
        var dueWithinDay: UInt64 = 0
        var paused: UInt64 = 0
    }

    struct Count: Sendable {
        var rows: [Row]
        var at: Instant
    }

    /// A count serves this long. Boards ask about as often.
    static let freshMilliseconds: Int64 = 1_000

    private let clock: any ServerClock
    private let last = Mutex<Count?>(nil)

    init(clock: any ServerClock) {
        self.clock = clock
    }

    func count(
        _ store: ReturnsStore, deadline: NIODeadline
    ) async throws(StoreError) -> Count {
        let now = clock.now()
        if let known = last.withLock({ $0 }), now >= known.at, now - known.at < Self.freshMilliseconds {
            return known
        }
        let counts = try await store.countRunning(
            between: [now, now.adding(Milliseconds.hour), now.adding(Milliseconds.day)], deadline: deadline)
        let paused = try await store.countPaused(deadline: deadline)
        let rows = ClockKind.allCases.map { kind in
            let counts = counts[kind] ?? [0, 0, 0, 0]
            return Row(
                kind: kind, running: counts.reduce(0, +), late: counts[0], dueWithinHour: counts[1],
                dueWithinDay: counts[2], paused: paused[kind] ?? 0)
        }
        let count = Count(rows: rows, at: now)
        last.withLock { $0 = count }
        return count
    }
}

import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import Testing

@testable import ReturnsServer

/// What the tail keeps of the log's end.
@Suite struct EventWindowTests {
    private func event(_ milliseconds: UInt64, _ partition: Int = 0) -> OutboxEvent {
        OutboxEvent(
            id: EventID(partition: partition, position: .init(milliseconds: milliseconds, sequence: 0)),
            .with { $0.type = .noted }, storedBytes: 40)
    }

    private func cursor(_ milliseconds: UInt64...) -> OutboxCursor {
        OutboxCursor(positions: milliseconds.map { .init(milliseconds: $0, sequence: 0) })
    }

    private func window(_ ends: UInt64..., first: UInt64 = 100, events: Int = 3) -> EventWindow {
        var limits = EventLimits()
        limits.recentEventsMax = events
        return EventWindow(
            at: ends.map { .init(milliseconds: $0, sequence: 0) }, first: first, limits: limits)
    }

    @Test func whoHasReadUpToItsBeginningGoesOnThere() throws {
        var window = window(5, 7)
        window.append(event(6, 0))
        window.append(event(8, 1))
        #expect(window.place(behind: cursor(5, 7)) == 100)
        // Further is as good: what was read already is passed over by its id.
        #expect(window.place(behind: cursor(6, 9)) == 100)
        #expect(window.place(behind: cursor(4, 7)) == nil)
        #expect(window.place(behind: cursor(9, 6)) == nil)
        #expect(window.events(from: 100, limit: 9) == [event(6, 0), event(8, 1)])
        #expect(window.events(from: 101, limit: 9) == [event(8, 1)])
        #expect(window.events(from: 100, limit: 1) == [event(6, 0)])
        #expect(window.events(from: 102, limit: 9) == [])
        #expect(window.end == cursor(6, 8).positions)
    }

    @Test func whoFallsBehindIsTold() {
        var window = window(0, 0)
        for time in 1...5 { window.append(event(UInt64(time), time % 2)) }
        // The first two have gone.
        #expect(window.events(from: 100, limit: 9) == nil)
        #expect(window.events(from: 101, limit: 9) == nil)
        #expect(window.events(from: 102, limit: 9)?.map(\.id.position.milliseconds) == [3, 4, 5])
        #expect(window.base == cursor(2, 1).positions)
        #expect(window.place(behind: cursor(2, 1)) == 102)
        #expect(window.place(behind: cursor(2, 0)) == nil)
    }

    @Test func aPlaceOfAnotherWindowIsNone() {
        let window = window(5, 7, first: 200)
        #expect(window.events(from: 199, limit: 9) == nil)
        #expect(window.events(from: 200, limit: 9) == [])
        #expect(window.events(from: 201, limit: 9) == nil)
    }

    @Test func itsBytesAreLimitedToo() {
        var limits = EventLimits()
        limits.recentBytesMax = 3 * event(1).byteCount
        var window = EventWindow(at: [.zero], first: 0, limits: limits)
        for time in 1...5 { window.append(event(UInt64(time))) }
        #expect(window.events(from: 2, limit: 9)?.count == 3)
        #expect(window.events(from: 1, limit: 9) == nil)
    }
}

@Suite struct EventWaitingTests {
    @Test func aDoorbellThatRangBeforehandIsHeard() async {
        let bell = EventDoorbell()
        bell.ring()
        bell.ring()
        await bell.wait()
        let waiter = Task { await bell.wait() }
        bell.ring()
        await waiter.value
        let cancelled = Task { await bell.wait() }
        cancelled.cancel()
        await cancelled.value
    }

    @Test func permitsLetSoManyInAtOnce() async throws {
        let permits = EventPermits(2)
        try await permits.acquire()
        try await permits.acquire()
        let cancelled = Task { try await permits.acquire() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let third = Task { try await permits.acquire() }
        permits.release()
        try await third.value
        permits.release()
        permits.release()
        try await permits.acquire()
    }
}

import Logging
import NIOCore
import RCP
import RCPServer
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// Looks at the log's end for all who follow it, on a connection of its own, and only while somebody does.
///
/// As a service it is to be stopped before the listener, whose drain would otherwise wait for the followers.
final class EventTail: Service {
    /// Who follows, and is woken.
    struct Seat: Sendable {
        fileprivate let number: UInt64
        let doorbell: EventDoorbell
    }

    private struct State {
        var window: EventWindow?
        var nextPlace: UInt64 = 0
        var doorbells: [UInt64: EventDoorbell] = [:]
        var principals: [UInt64: String] = [:]
        var nextSeat: UInt64 = 0
        var isStopping = false
        var failure: StoreError?
        /// The latest look has failed.
        var isBlind = false
    }

    let store: ReturnsStore
    let limits: EventLimits
    let metrics: ReturnsMetrics
    private let logger: Logger
    private let refusals: RCPRefusalLog
    private let state = Mutex(State())
    private let idle = EventDoorbell()
    private let catchUps: EventPermits

    /// - Parameter store: on a connection of the tail's own.
    init(
        store: ReturnsStore, limits: EventLimits = EventLimits(), metrics: ReturnsMetrics = .none,
        logger: Logger
    ) {
        self.store = store
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
        refusals = RCPRefusalLog(logger: logger)
        catchUps = EventPermits(limits.catchUpReadsMax)
    }

    // MARK: Followers

    /// - Throws: RESOURCE_EXHAUSTED when there are too many, UNAVAILABLE when the server stops.
    func admit(_ principal: String, isAdministrator: Bool = false) throws(RCPStatus) -> Seat {
        let (seat, refusal, limit): (Seat?, RCPStatus?, RCPStreamLimit?) = state.withLock { state in
            if state.isStopping { return (nil, .eventsStopping, nil) }
            let kept = isAdministrator ? limits.administratorFollowersKept : 0
            guard state.principals.count < limits.followersMax + kept else {
                return (nil, .tooManyFollowers("this server"), .server)
            }
            guard state.principals.values.count(where: { $0 == principal }) < limits.followersPerPrincipalMax
            else { return (nil, .tooManyFollowers("this principal"), .principal) }
            state.nextSeat += 1
            let seat = Seat(number: state.nextSeat, doorbell: EventDoorbell())
            state.doorbells[seat.number] = seat.doorbell
            state.principals[seat.number] = principal
            return (seat, nil, nil)
        }
        if let limit { refusals.refused("subscription", limit: limit.rawValue, principal: principal) }
        guard let seat else { throw refusal! }
        metrics.eventFollowers.increment()
        idle.ring()
        return seat
    }

    /// For a follower inside the server, whose number is limited elsewhere and who takes no caller's place.
    func admitInside() -> Seat {
        let seat = state.withLock { state in
            state.nextSeat += 1
            let seat = Seat(number: state.nextSeat, doorbell: EventDoorbell())
            state.doorbells[seat.number] = seat.doorbell
            return seat
        }
        idle.ring()
        return seat
    }

    func leave(_ seat: Seat) {
        let isCaller = state.withLock { state in
            state.doorbells[seat.number] = nil
            return state.principals.removeValue(forKey: seat.number) != nil
        }
        if isCaller { metrics.eventFollowers.decrement() }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// - Parameter goesOnWithoutSome: Whether the caller looks for itself at the partitions that can be read.
    /// - Throws: UNAVAILABLE when followers are to go elsewhere.
    func check(goesOnWithoutSome: Bool = false) throws {
        let (isStopping, failure) = state.withLock { ($0.isStopping, $0.failure) }
        if isStopping { throw RCPStatus.eventsStopping }
        if let failure, !(goesOnWithoutSome && failure.isLocal) { throw failure }
    }

    /// From where on the window serves somebody who has read up to a cursor; nil if it does not.
    func place(behind cursor: OutboxCursor) -> UInt64? {
        state.withLock { $0.window?.place(behind: cursor) }
    }

    /// - Returns: nil if the window has moved on.
    func events(from place: UInt64, limit: Int) -> [OutboxEvent]? {
        state.withLock { $0.window?.events(from: place, limit: limit) }
    }

    /// The last event of each partition that was seen; nil before the first look.
    var end: [OutboxID]? { state.withLock { $0.window?.end } }

    /// Whether the log, or one partition of it, could not be looked at, so `end` is old: who can go on without the rest has to
    /// look for itself.
    var isBlind: Bool { state.withLock { $0.isBlind } }

    /// A read of the log by somebody who is behind, a bounded number of them at a time.
    func readBehind(_ places: [EventID], limit: Int) async throws -> [OutboxPage] {
        try await catchUps.acquire()
        defer { catchUps.release() }
        metrics.eventCatchUpReads.increment()
        return try await store.readOutbox(places, limit: limit, checksEnd: true, deadline: deadline)
    }

    var deadline: NIODeadline { .now() + .milliseconds(limits.redisMillisecondsMax) }

    // MARK: Looking

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
        state.withLock { $0.isStopping = true }
        ringAll()
    }

    private func follow() async {
        var wait = limits.lookMillisecondsMin
        var lastRing = NIODeadline.now()
        var nextEndCheck = NIODeadline.now()
        var failingSince: NIODeadline?
        while !Task.isCancelled {
            guard hasFollowers() else {
                await idle.wait()
                wait = limits.lookMillisecondsMin
                continue
            }
            var hasNews = false
            do throws(StoreError) {
                let checksEnd = NIODeadline.now() >= nextEndCheck
                if checksEnd { nextEndCheck = .now() + .milliseconds(limits.endCheckMilliseconds) }
                hasNews = try await look(checksEnd: checksEnd)
                failingSince = nil
                state.withLock {
                    $0.failure = nil
                    $0.isBlind = false
                }
                wait = hasNews ? limits.lookMillisecondsMin : min(limits.lookMillisecondsMax, wait * 2)
            } catch {
                if Task.isCancelled { return }
                wait = limits.lookMillisecondsMax
                state.withLock { $0.isBlind = true }
                failed(error, since: failingSince)
                failingSince = failingSince ?? .now()
            }
            if hasNews || NIODeadline.now() >= lastRing + .milliseconds(limits.tickMilliseconds) {
                lastRing = .now()
                ringAll()
            }
            try? await Task.sleep(for: .milliseconds(wait))
        }
    }

    /// Without followers the window is let go: who comes next reads the log, and then the new window.
    private func hasFollowers() -> Bool {
        state.withLock { state in
            guard state.doorbells.isEmpty else { return true }
            state.window = nil
            state.failure = nil
            state.isBlind = false
            return false
        }
    }

    private func failed(_ error: StoreError, since: NIODeadline?) {
        guard let since else {
            if error.code != .unfit {
                logger.warning("the events' log cannot be read", metadata: ["error": "\(error)"])
            }
            return
        }
        guard NIODeadline.now() >= since + .milliseconds(limits.outageMillisecondsMax) else { return }
        state.withLock { $0.failure = error }
    }

    /// - Returns: whether there is something new.
    private func look(checksEnd: Bool) async throws(StoreError) -> Bool {
        guard let end else {
            let ends = try await store.outboxEnds(deadline: deadline)
            state.withLock { state in
                state.window = EventWindow(at: ends.map(\.last), first: state.nextPlace, limits: limits)
            }
            return true
        }
        let places = end.enumerated().map { EventID(partition: $0.offset, position: $0.element) }
        let pages = try await store.readOutbox(
            places, limit: limits.lookEventsMax, checksEnd: checksEnd, deadline: deadline)
        return state.withLock { state in
            var events: [OutboxEvent] = []
            for page in pages {
                guard case .events(let more) = page else {
                    // So far behind that the log was trimmed, or the log has lost its end: each follower finds out for
                    // itself what that means for it.
                    state.nextPlace = (state.window?.next ?? state.nextPlace) + 1
                    state.window = nil
                    return true
                }
                events += more
            }
            for event in events { state.window?.append(event) }
            // A place of this window must not be taken for one of the next.
            state.nextPlace = (state.window?.next ?? state.nextPlace) + 1
            return !events.isEmpty
        }
    }

    private func ringAll() {
        // In another order each time, so that of a group's consumers it is not always the same that comes first.
        let doorbells = state.withLock { $0.doorbells.values.shuffled() }
        for doorbell in doorbells { doorbell.ring() }
    }
}

import HTTPPosting
import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore
import Synchronization

/// Delivers for one webhook for as long as this server has its lease: one lane a partition, each with its own order and its own
/// backoff, which share a number of posts.
///
/// It is told to stop, not cancelled: what was posted is to be recorded, or it would come again.
final class WebhookRunner: Sendable {
    struct Shared {
        /// By partition.
        var progress: [ConsumerProgress]
        /// Places as far as Redis knows them: what was not recorded would come again, so it has to be there still.
        var recorded: [OutboxID]
        var failures: Int64
        var failingSince: Instant?
        var successes: UInt64 = 0
        /// Rises when an outage ends: backoffs begun before are over.
        var recoveries: UInt64 = 0
        var isOver = false
    }

    let webhook: Webhook
    let owner: String
    let epoch: Int64
    /// Losses up to then are confirmed.
    let confirmedThrough: Instant?
    let store: ReturnsStore
    let poster: HTTPPoster
    let limits: WebhookLimits
    let metrics: ReturnsMetrics
    let logger: Logger
    let shared: Mutex<Shared>
    let posts: EventPermits
    let doorbells: [EventDoorbell]
    let tail: EventTail
    private let leaseBell = EventDoorbell()
    let gate = LogGate(period: .minutes(10))

    init(
        _ webhook: Webhook, _ state: WebhookState, owner: String, tail: EventTail, store: ReturnsStore,
        poster: HTTPPoster, limits: WebhookLimits, metrics: ReturnsMetrics, logger: Logger
    ) {
        self.webhook = webhook
        self.owner = owner
        epoch = state.epoch
        confirmedThrough = state.confirmedThrough
        self.tail = tail
        self.store = store
        self.poster = poster
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
        shared = Mutex(
            Shared(
                progress: state.progress, recorded: state.places.map(\.position),
                failures: state.failures, failingSince: state.failingSince))
        posts = EventPermits(limits.postsMax)
        doorbells = state.progress.map { _ in EventDoorbell() }
    }

    var isOver: Bool { Task.isCancelled || shared.withLock { $0.isOver } }
    var deadline: NIODeadline { .now() + .milliseconds(limits.redisMillisecondsMax) }

    /// Ends the lanes when what they have under way is recorded.
    func stop() {
        shared.withLock { $0.isOver = true }
        leaseBell.ring()
        ringLanes()
    }

    /// Sees at once whether the webhook is still this server's.
    func renew() { leaseBell.ring() }

    func ringLanes() { for doorbell in doorbells { doorbell.ring() } }

    /// Returns when it was told to stop, the lease is another's, the webhook was changed, disabled or deleted, or a newer build has
    /// written its state.
    func run() async {
        let seat = tail.admitInside()
        defer { tail.leave(seat) }
        let leasedUntil = NIODeadline.now() + .milliseconds(limits.leaseMilliseconds)
        await withTaskGroup(of: Void.self) { tasks in
            for partition in doorbells.indices { tasks.addTask { await self.runLane(partition) } }
            tasks.addTask { await self.keep(leasedUntil) }
            tasks.addTask { await self.wakeLanes(seat) }
            // Ring it once more at the end, so that whoever sleeps at the seat sees it.
            tasks.addTask {
                await self.overBell.wait()
                seat.doorbell.ring()
            }
        }
    }

    private let overBell = EventDoorbell()

    // MARK: Lease and hold

    private func keep(_ leasedUntil: NIODeadline) async {
        var until = leasedUntil
        var nextUpkeep = NIODeadline.now()
        var run = store.identity.presentRun
        while !isOver {
            // A loss is told also where no event follows it.
            if let present = store.identity.presentRun, present != run {
                run = present
                ringLanes()
            }
            do throws(StoreError) {
                let asked = NIODeadline.now()
                let lease = try await store.leaseWebhook(
                    webhook.name, owner: owner, milliseconds: limits.leaseMilliseconds, deadline: deadline)
                guard lease == .held(epoch: epoch) else { break }
                until = asked + .milliseconds(limits.leaseMilliseconds)
                guard try await !isNewer() else { break }
                if asked >= nextUpkeep {
                    nextUpkeep = asked + .milliseconds(limits.upkeepMilliseconds)
                    try await hold()
                }
            } catch {
                if !error.isOutage { report("a webhook's hold on the log cannot be renewed", error) }
                if NIODeadline.now() >= until { break }
            }
            await pause(leaseBell, milliseconds: limits.renewMilliseconds)
        }
        stop()
        overBell.ring()
    }

    /// Whether a newer build has written of its state meanwhile what this one does not know: that nothing is to be delivered, for
    /// one. The lease would keep servers of that build from it.
    private func isNewer() async throws(StoreError) -> Bool {
        do throws(StoreError) {
            _ = try await store.loadWebhookState(webhook, deadline: deadline)
            return false
        } catch {
            // What is damaged in it keeps nobody from delivering by what was read before.
            guard error.isLocal else { throw error }
            return error.isNewer
        }
    }

    /// The log is held with every move. This is for what somebody has removed by hand.
    private func hold() async throws(StoreError) {
        let recorded = shared.withLock { $0.recorded }
        try await store.holdOutbox(
            webhook, Dictionary(uniqueKeysWithValues: recorded.enumerated().map { ($0.offset, $0.element) }),
            deadline: deadline)
    }

    /// Wakes the lanes that have something to read.
    private func wakeLanes(_ seat: EventTail.Seat) async {
        while !isOver {
            if tail.isStopping { return stop() }
            if tail.isBlind {
                // One partition that cannot be read hides the others' news.
                ringLanes()
            } else if let end = tail.end {
                let progress = shared.withLock { $0.progress }
                for (partition, progress) in progress.enumerated()
                where progress.place.position < end[partition] {
                    doorbells[partition].ring()
                }
            }
            await seat.doorbell.wait()
        }
    }

    // MARK: Waiting

    /// Returns when it rings, or after a time.
    func pause(_ doorbell: EventDoorbell, milliseconds: Int64) async {
        let timer = store.redis.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { doorbell.ring() }
        await doorbell.wait()
        timer.cancel()
    }

    /// - Parameter partition: nil for what concerns all of them.
    func report(_ message: Logger.Message, _ error: StoreError, partition: Int? = nil) {
        guard gate.lets("\(message)\(partition.map { " p\($0)" } ?? "")") else { return }
        var metadata: Logger.Metadata = ["webhook": "\(webhook.name)", "error": "\(error)"]
        if let partition { metadata["partition"] = "\(partition)" }
        logger.warning(message, metadata: metadata)
    }
}

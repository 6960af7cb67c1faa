import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore
import Synchronization

/// Reads the log for a sink for as long as this server has the consumer's lease: one lane a partition, each with its own order.
///
/// It is told to stop, not cancelled: what was done is to be recorded, or it would be done again.
final class OutboxConsumer: Sendable {
    struct Shared {
        /// By partition.
        var progress: [ConsumerProgress]
        /// Places as far as Redis knows them: what was not recorded would come again, so it has to be there still.
        var recorded: [OutboxID]
        var isOver = false
    }

    /// As the store knows it.
    let name: String
    let epoch: Int64
    /// Losses up to then are confirmed.
    let confirmedThrough: Instant?
    let sink: any OutboxSink
    let store: ReturnsStore
    let limits: ConsumerLimits
    let logger: Logger
    let shared: Mutex<Shared>
    let doorbells: [EventDoorbell]
    let tail: EventTail
    let gate = LogGate(period: .minutes(10))
    private let leaseBell = EventDoorbell()
    private let overBell = EventDoorbell()

    /// - Parameters:
    ///   - epoch: of the lease, with which the progress was taken over.
    ///   - progress: by partition.
    init(
        _ name: String, epoch: Int64, _ progress: [ConsumerProgress], confirmedThrough: Instant?,
        sink: any OutboxSink, tail: EventTail, store: ReturnsStore, limits: ConsumerLimits, logger: Logger
    ) {
        self.name = name
        self.epoch = epoch
        self.confirmedThrough = confirmedThrough
        self.sink = sink
        self.tail = tail
        self.store = store
        self.limits = limits
        self.logger = logger
        shared = Mutex(Shared(progress: progress, recorded: progress.map(\.place.position)))
        doorbells = progress.map { _ in EventDoorbell() }
    }

    var isOver: Bool { Task.isCancelled || shared.withLock { $0.isOver } }
    var deadline: NIODeadline { .now() + .milliseconds(limits.redisMillisecondsMax) }

    /// Ends the lanes when what they have under way is recorded.
    ///
    /// - Returns: whether nobody had before.
    @discardableResult
    func stop() -> Bool {
        let isFirst = shared.withLock { shared in
            defer { shared.isOver = true }
            return !shared.isOver
        }
        leaseBell.ring()
        ringLanes()
        return isFirst
    }

    /// Sees at once whether the consumer is still this server's.
    func renew() { leaseBell.ring() }

    func ringLanes() { for doorbell in doorbells { doorbell.ring() } }

    /// Returns when it was told to stop, or its sink renews the lease no more.
    func run() async {
        let seat = tail.admitInside()
        defer { tail.leave(seat) }
        let leasedUntil = NIODeadline.now() + .milliseconds(limits.leaseMilliseconds)
        await withTaskGroup(of: Void.self) { tasks in
            for partition in doorbells.indices {
                tasks.addTask { await OutboxLane(partition: partition, consumer: self).run() }
            }
            tasks.addTask { await self.keep(leasedUntil) }
            tasks.addTask { await self.wakeLanes(seat) }
            // Ring it once more at the end, so that whoever sleeps at the seat sees it.
            tasks.addTask {
                await self.overBell.wait()
                seat.doorbell.ring()
            }
        }
    }

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
                guard try await sink.renew(deadline: deadline) else { break }
                until = asked + .milliseconds(limits.leaseMilliseconds)
                if asked >= nextUpkeep {
                    nextUpkeep = asked + .milliseconds(limits.upkeepMilliseconds)
                    try await hold()
                }
            } catch {
                if !error.isOutage { report("a consumer's hold on the log cannot be renewed", error) }
                if NIODeadline.now() >= until { break }
            }
            await pause(leaseBell, milliseconds: limits.renewMilliseconds)
        }
        stop()
        overBell.ring()
    }

    /// The log is held with every move. This is for what somebody has removed by hand.
    private func hold() async throws(StoreError) {
        let recorded = shared.withLock { $0.recorded }
        try await store.holdOutbox(name, recorded, deadline: deadline)
    }

    /// Wakes the lanes that have something to read.
    private func wakeLanes(_ seat: EventTail.Seat) async {
        while !isOver {
            if tail.isStopping {
                stop()
                return
            }
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
        var metadata: Logger.Metadata = ["consumer": "\(sink.name)", "error": "\(error)"]
        if let partition { metadata["partition"] = "\(partition)" }
        logger.warning(message, metadata: metadata)
    }

    /// Again and again while Redis is away: what was done and not recorded would be done again.
    ///
    /// - Parameter step: whether this server still has the consumer.
    /// - Returns: false when the lanes are over.
    func untilRecorded(_ step: () async throws(StoreError) -> Bool) async -> Bool {
        while true {
            do throws(StoreError) {
                if try await step() { return true }
                stop()
                return false
            } catch {
                report("what became of a consumer's events cannot be recorded", error)
                guard !isOver else { return false }
                try? await Task.sleep(for: .milliseconds(limits.storeRetryMilliseconds))
            }
        }
    }
}

import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore

/// A partition's events, dealt with one after the other. It reads its own pages, since it alone knows when it has room for one; reads
/// of one tick go to Redis together all the same.
struct OutboxLane: Sendable {
    let partition: Int
    let consumer: OutboxConsumer

    private var store: ReturnsStore { consumer.store }
    private var limits: ConsumerLimits { consumer.limits }
    private var deadline: NIODeadline { consumer.deadline }
    private var doorbell: EventDoorbell { consumer.doorbells[partition] }

    var isOver: Bool { consumer.isOver }
    var progress: ConsumerProgress { consumer.shared.withLock { $0.progress[partition] } }
    var place: OutboxPlace { progress.place }

    func run() async {
        while !isOver {
            do throws(StoreError) {
                let place = place
                let page = try await store.readOutbox(
                    [EventID(partition: partition, position: place.position)], limit: limits.pageEventsMax,
                    checksEnd: true, deadline: deadline)[0]
                // Behind the read, so that nothing read in a run is dealt with before the loss that lies before that run.
                if await enterRun() { continue }
                switch page {
                case .events(let events):
                    // First what was lost before them. It may take long, so they are read anew then.
                    if let loss = progress.untold {
                        await consumer.sink.tell(loss, in: self)
                    } else if events.isEmpty {
                        if place.ordinal == nil { try await count() }
                        await doorbell.wait()
                    } else {
                        await take(events)
                    }
                case .trimmed, .ahead: try await leap()
                }
            } catch {
                // An outage is no partition's own.
                consumer.report(
                    "events for a consumer cannot be read", error, partition: error.isOutage ? nil : partition
                )
                await pause(milliseconds: limits.storeRetryMilliseconds)
            }
        }
    }

    private func take(_ events: [OutboxEvent]) async {
        let sink = consumer.sink
        for event in events where !isOver {
            if sink.wants(event) {
                await sink.take(event, in: self)
                // What came to no end must not be passed by what follows it.
                guard place.position >= event.id.position else { break }
            } else {
                pass(event)
            }
        }
        // What was passed over alone is not recorded yet.
        if let last = events.last, !sink.wants(last), !isOver { await save() }
    }

    /// Returns when the lane is rung, or after a time.
    func pause(milliseconds: Int64) async { await consumer.pause(doorbell, milliseconds: milliseconds) }

    // MARK: Progress

    /// The event is done with; recorded with the next `save`.
    func pass(_ event: OutboxEvent) { change { $0.place.pass(event) } }

    /// The next event has failed so often.
    func failed(attempts: Int) { change { $0.place.attempts = attempts } }

    /// What was lost is told.
    func told() {
        change {
            $0.untold = nil
            $0.place.attempts = 0
        }
    }

    private func change(_ change: (inout ConsumerProgress) -> Void) {
        consumer.shared.withLock { change(&$0.progress[partition]) }
    }

    /// Moves the progress as far as it has come here.
    ///
    /// - Returns: false when the lane is over, since it was not moved and is not to be.
    @discardableResult
    func save() async -> Bool {
        let progress = progress
        let isMoved = await consumer.untilRecorded { () async throws(StoreError) in
            try await store.moveConsumer(
                consumer.name, epoch: consumer.epoch, progress, partition: partition, deadline: deadline)
                == .moved
        }
        if isMoved { consumer.shared.withLock { $0.recorded[partition] = progress.place.position } }
        return isMoved
    }

    // MARK: The log

    private func figures() async throws(StoreError) -> (OutboxPlace, ConsumerFigures) {
        let place = place
        let figures = try await store.consumerFigures(
            [EventID(partition: partition, position: place.position)], of: consumer.name, deadline: deadline)[
                0]
        return (place, figures)
    }

    /// Whether the log has gone past a place since it was read there: what is gone is not dealt with any more.
    func isOvertaken() async -> Bool {
        guard let (place, figures) = try? await figures() else { return false }
        return place.position < figures.trimmed
    }

    /// Learns how many events lie behind a place, which is known at the log's end.
    private func count() async throws(StoreError) {
        let (_, figures) = try await figures()
        guard figures.next == nil else { return }
        change { $0.place.ordinal = figures.added }
        await save()
    }

    /// Goes on with what is kept, when what comes next is not, or the log has lost its end.
    private func leap() async throws(StoreError) {
        let (place, figures) = try await figures()
        if let loss = figures.loss(at: place, now: SystemClock.wall()) {
            var beginning = place.moved(to: figures.beginning)
            // Whoever gets the events does not fail any less for that, and is not to be met more often.
            beginning.attempts = place.attempts
            return await note(loss, goingOnAt: beginning)
        }
        // The store may have been set back since this server looked at it last, within its run, too: then this is a loss to be told.
        try await store.identity.look(store.redis, deadline: deadline)
        guard await !enterRun() else { return }
        change { $0.place = place.moved(to: figures.end) }
        await save()
        consumer.logger.warning(
            "a consumer's place lies beyond the log's end, and no loss of this store was accepted; it goes on at the end",
            metadata: ["consumer": "\(consumer.sink.name)", "partition": "\(partition)"])
    }

    // MARK: Losses

    /// Takes the place into the store's present run. What the store has lost before that run is noted in the same step, so it is told
    /// once, and not again at a restart.
    ///
    /// - Returns: whether there was anything to do.
    private func enterRun() async -> Bool {
        guard
            let (place, loss) = store.identity.entering(place, of: partition, now: SystemClock.wall())
        else { return false }
        if let loss {
            await note(loss, goingOnAt: place)
        } else {
            change { $0.place = place }
            await save()
        }
        return true
    }

    /// The place moves in the same step that records what lies before it and was not dealt with: neither is ever there alone.
    private func note(_ loss: OutboxLoss, goingOnAt place: OutboxPlace) async {
        consumer.shared.withLock { shared in
            let loss = loss.noted(
                after: shared.progress.compactMap(\.loss), confirmedThrough: consumer.confirmedThrough)
            shared.progress[partition].take(ConsumerOrder(place: place, loss: loss))
        }
        guard await save() else { return }
        consumer.sink.lost(loss, of: partition)
    }
}

extension OutboxPlace {
    /// The event is done with.
    fileprivate mutating func pass(_ event: OutboxEvent) {
        self = OutboxPlace(position: event.id.position, ordinal: ordinal.map { $0 + 1 }, run: run)
    }
}

import HTTPPosting
import Logging
import NIOCore
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

extension WebhookRunner {
    func place(_ partition: Int) -> OutboxPlace { shared.withLock { $0.progress[partition].place } }

    /// Delivers a partition's events one after the other. It reads its own pages, since it alone knows when it has room for one;
    /// reads of one tick go to Redis together all the same.
    func runLane(_ partition: Int) async {
        while !isOver {
            do throws(StoreError) {
                let place = place(partition)
                let page = try await store.readOutbox(
                    [EventID(partition: partition, position: place.position)], limit: limits.pageEventsMax,
                    checksEnd: true, deadline: deadline)[0]
                // Behind the read, so that nothing read in a run is posted before the loss that lies before that run.
                if await enterRun(partition) { continue }
                switch page {
                case .events(let events):
                    // First what was lost before them. It may take long, so they are read anew then.
                    if let notice = notice(partition) {
                        await deliver(.notice(notice))
                        continue
                    }
                    for event in events where !isOver {
                        if webhook.filter.lets(event) {
                            await deliver(.event(event))
                            // What came to no end must not be passed by what follows it.
                            guard self.place(partition).position >= event.id.position else { break }
                        } else {
                            pass(event)
                        }
                    }
                    // What was passed over alone is not recorded yet.
                    if let last = events.last, !webhook.filter.lets(last), !isOver { await save(partition) }
                    if events.isEmpty {
                        if place.ordinal == nil { try await count(partition) }
                        await doorbells[partition].wait()
                    }
                case .trimmed, .ahead: try await leap(partition)
                }
            } catch {
                // An outage is no partition's own.
                report(
                    "events for a webhook cannot be read", error, partition: error.isOutage ? nil : partition)
                await pause(doorbells[partition], milliseconds: limits.storeRetryMilliseconds)
            }
        }
    }

    private func pass(_ event: OutboxEvent) {
        shared.withLock { $0.progress[event.id.partition].place.pass(event) }
    }

    private func figures(_ partition: Int) async throws(StoreError) -> (OutboxPlace, ConsumerFigures) {
        let place = place(partition)
        let figures = try await store.consumerFigures(
            [EventID(partition: partition, position: place.position)], of: webhook.holder, deadline: deadline)[0]
        return (place, figures)
    }

    /// Learns how many events lie behind a place, which is known at the log's end.
    private func count(_ partition: Int) async throws(StoreError) {
        let (_, figures) = try await figures(partition)
        guard figures.next == nil else { return }
        shared.withLock { $0.progress[partition].place.ordinal = figures.added }
        await save(partition)
    }

    /// Goes on with what is kept, when what comes next is not, or the log has lost its end.
    private func leap(_ partition: Int) async throws(StoreError) {
        let (place, figures) = try await figures(partition)
        if let loss = figures.loss(at: place, now: SystemClock.wall()) {
            var beginning = place.moved(to: figures.beginning)
            // The receiver does not fail any less for that, and is not to be met more often.
            beginning.attempts = place.attempts
            await note(loss, partition, goingOnAt: beginning)
        } else {
            // The store may have been set back since this server looked at it last, within its run, too: then this is a loss to be
            // told.
            try await store.identity.look(store.redis, deadline: deadline)
            guard await !enterRun(partition) else { return }
            shared.withLock { $0.progress[partition].place = place.moved(to: figures.end) }
            await save(partition)
            logger.warning(
                "a webhook's place lies beyond the log's end, and no loss of this store was accepted; it goes on at the end",
                metadata: ["webhook": "\(webhook.name)", "partition": "\(partition)"])
        }
    }

    // MARK: Losses

    /// Takes the place into the store's present run. What the store has lost before that run is noted in the same step, so
    /// the receiver is told once, and not again at a restart.
    ///
    /// - Returns: whether there was anything to do.
    private func enterRun(_ partition: Int) async -> Bool {
        guard
            let (place, loss) = store.identity.entering(
                place(partition), of: partition, now: SystemClock.wall())
        else { return false }
        if let loss {
            await note(loss, partition, goingOnAt: place)
        } else {
            shared.withLock { $0.progress[partition].place = place }
            await save(partition)
        }
        return true
    }

    /// The place moves in the same step that records what lies before it and was not sent: neither is ever there alone.
    private func note(_ loss: OutboxLoss, _ partition: Int, goingOnAt place: OutboxPlace) async {
        shared.withLock { shared in
            let loss = loss.noted(
                after: shared.progress.compactMap(\.loss), confirmedThrough: confirmedThrough)
            shared.progress[partition].take(ConsumerOrder(place: place, loss: loss))
        }
        guard await save(partition) else { return }
        metrics.webhookLost(loss.events ?? 0)
        guard gate.lets(loss.isOfStore ? "loss of the store" : "loss") else { return }
        logger.warning(
            loss.isOfStore
                ? "a webhook is behind: the store was set back and a loss was accepted; its receiver is told, and has to read again every case that it was told of since"
                : "a webhook is behind: events that it was not sent are no longer kept; its receiver is told, and has to read again the cases changed since",
            metadata: [
                "webhook": "\(webhook.name)", "partition": "\(partition)",
                "events": "\(loss.events.map { "\($0)" } ?? "?")",
                "changed_since":
                    "\(WebhookNotice.text(loss.changedSince(store.identity, margin: clockMargin)))",
            ])
    }

    private var clockMargin: Int64 { tail.limits.clockMarginMilliseconds }

    /// What the receiver has to be told before it gets more of a partition.
    private func notice(_ partition: Int) -> WebhookNotice? {
        shared.withLock { $0.progress[partition].untold }.map {
            WebhookNotice(
                partition: partition, loss: $0,
                changedSince: $0.changedSince(store.identity, margin: clockMargin))
        }
    }

    /// Whether the log has gone past a place since it was read there: what is gone is not posted any more.
    private func isOvertaken(_ partition: Int) async -> Bool {
        guard let (place, figures) = try? await figures(partition) else { return false }
        return place.position < figures.trimmed
    }

    // MARK: Delivering

    /// Until the receiver has it, it is set aside, the log has gone past the place, or the lane is over.
    private func deliver(_ post: WebhookPost) async {
        let partition = post.partition
        let successesBefore = shared.withLock { $0.successes }
        var attempts = place(partition).attempts
        // A notice begins with those of what it stands for, which it is not to blame for.
        let attemptsBefore = post.isNotice ? attempts : 0
        while !isOver {
            do { try await posts.acquire() } catch { return }
            guard !isOver else { return posts.release() }
            let now = SystemClock.wall()
            let answer = await answer(post, now)
            posts.release()
            // Told to stop, and not by the receiver: no attempt that counts.
            if answer.error == .stopped {
                return await pause(doorbells[partition], milliseconds: limits.storeRetryMilliseconds)
            }
            attempts += 1
            let successes = shared.withLock { $0.successes }
            let verdict: WebhookDelivery.Verdict =
                answer.isTaken
                ? .delivered
                // While nothing else is taken either, it is not the event: it stays, in its order.
                : attempts - attemptsBefore >= webhook.attemptsMax && successes > successesBefore
                    && !answer.isGone
                    ? .aside : .failed
            let recoveries = await settle(post, attempts, answer, verdict, at: now)
            guard verdict == .failed else { return }
            let wait = WebhookBackoff(limits: limits).milliseconds(
                attempts: attempts, retryAfterMilliseconds: answer.retryAfterMilliseconds,
                share: .random(in: 0...1))
            let until = NIODeadline.now() + .milliseconds(wait)
            while !isOver, NIODeadline.now() < until, shared.withLock({ $0.recoveries }) == recoveries {
                await pause(
                    doorbells[partition],
                    milliseconds: max(1, (until - .now()).nanoseconds / 1_000_000 + 1))
            }
            if !isOver, await isOvertaken(partition) { return }
        }
    }

    private func answer(_ post: WebhookPost, _ now: Instant) async -> HTTPPostAnswer {
        guard let message = try? HTTPPost(post.event, to: webhook, now: now) else {
            return HTTPPostAnswer(error: .failed)
        }
        return await poster.post(message)
    }

    /// Counts and records an attempt.
    ///
    /// - Returns: how many outages had ended by then.
    private func settle(
        _ post: WebhookPost, _ attempts: Int, _ answer: HTTPPostAnswer, _ verdict: WebhookDelivery.Verdict,
        at: Instant
    ) async -> UInt64 {
        let partition = post.partition
        let now = SystemClock.wall()
        var fields: [WebhookField] = []
        var isRecovered = false
        var reason: Returns_V1_WebhookDisabledReason?
        let recoveries = shared.withLock { shared in
            if verdict == .failed {
                shared.progress[partition].place.attempts = attempts
            } else {
                switch post {
                case .event(let event): shared.progress[partition].place.pass(event)
                case .notice:
                    shared.progress[partition].untold = nil
                    shared.progress[partition].place.attempts = 0
                }
            }
            if answer.isTaken {
                isRecovered = shared.failures >= limits.outageFailuresMin
                shared.successes += 1
                if isRecovered { shared.recoveries += 1 }
                shared.failures = 0
                shared.failingSince = nil
                fields.append(.lastSuccess(now))
            } else {
                shared.failures += 1
                let since = shared.failingSince ?? at
                shared.failingSince = since
                if answer.isGone {
                    reason = .gone
                } else if shared.failures >= limits.giveUpFailuresMin,
                    now - since >= webhook.giveUpMilliseconds
                {
                    reason = .noSuccess
                }
            }
            fields += [.failures(shared.failures), .failingSince(shared.failingSince)]
            return shared.recoveries
        }
        if let reason { fields += [.enabled(false), .reason(reason), .disabledAt(now)] }
        // A notice is in no log to be delivered again from: whoever confirms the loss sees it with the webhook.
        let recorded = post.isNotice && verdict == .aside ? .failed : verdict
        metrics.webhookAttempted(recorded)
        if isRecovered { ringLanes() }
        let delivery = WebhookDelivery(
            eventID: post.event.id, type: post.event.type, attempt: attempts, httpStatus: answer.status,
            error: answer.deliveryError, at: at, durationMilliseconds: answer.durationMilliseconds,
            verdict: recorded)
        if await record(delivery, partition, fields), let reason { await disabled(reason) }
        return recoveries
    }

    private func disabled(_ reason: Returns_V1_WebhookDisabledReason) async {
        let isFirst = shared.withLock { shared in
            defer { shared.isOver = true }
            return !shared.isOver
        }
        stop()
        guard isFirst else { return }
        logger.warning(
            "a webhook is disabled; see what its receiver answers, then enable it",
            metadata: ["webhook": "\(webhook.name)", "reason": "\(reason)"])
        // What cannot be let go now is let go by the upkeep.
        try? await store.releaseOutbox(webhook.holder, deadline: deadline)
    }

    // MARK: Recording

    /// Moves the progress in a partition as far as it has come here.
    ///
    /// - Returns: false when the lane is over, since it was not moved and is not to be.
    @discardableResult
    private func save(_ partition: Int) async -> Bool {
        let progress = shared.withLock { $0.progress[partition] }
        let isMoved = await untilRecorded { () async throws(StoreError) in
            try await store.moveConsumer(
                webhook.holder, epoch: epoch, progress, partition: partition, deadline: deadline) == .moved
        }
        if isMoved { shared.withLock { $0.recorded[partition] = progress.place.position } }
        return isMoved
    }

    /// Records an attempt, and behind it the progress: an event that is set aside is to be found once it was passed.
    ///
    /// - Returns: false when the lane is over.
    private func record(
        _ delivery: WebhookDelivery, _ partition: Int, _ fields: [WebhookField]
    ) async -> Bool {
        let isRecorded = await untilRecorded { () async throws(StoreError) in
            try await store.recordDelivery(
                delivery, of: webhook, owner: owner, epoch: epoch, fields, deadline: deadline) == .recorded
        }
        return await isRecorded ? save(partition) : false
    }

    /// Again and again while Redis is away: what was delivered and not recorded would be delivered again.
    ///
    /// - Parameter step: whether this server still has the webhook.
    /// - Returns: false when the lane is over.
    private func untilRecorded(_ step: () async throws(StoreError) -> Bool) async -> Bool {
        while true {
            do throws(StoreError) {
                if try await step() { return true }
                stop()
                return false
            } catch {
                report("what became of a webhook's events cannot be recorded", error)
                guard !isOver else { return false }
                try? await Task.sleep(for: .milliseconds(limits.storeRetryMilliseconds))
            }
        }
    }
}

extension OutboxPlace {
    /// The event is done with.
    mutating func pass(_ event: OutboxEvent) {
        self = OutboxPlace(position: event.id.position, ordinal: ordinal.map { $0 + 1 }, run: run)
    }
}

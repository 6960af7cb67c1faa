import HTTPPosting
import Logging
import NIOCore
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import Synchronization

/// Posts a webhook's events to its receiver. Lanes have backoffs of their own, and share a number of posts.
final class WebhookSink: OutboxSink {
    private struct State {
        /// In a row.
        var failures: Int64
        var failingSince: Instant?
        var successes: UInt64 = 0
        /// Rises when an outage ends: backoffs begun before are over.
        var recoveries: UInt64 = 0
    }

    let webhook: Webhook
    let owner: String
    private let epoch: Int64
    private let store: ReturnsStore
    private let poster: HTTPPoster
    private let limits: WebhookLimits
    private let metrics: ReturnsMetrics
    private let logger: Logger
    /// That servers' clocks differ by less than.
    private let clockMarginMilliseconds: Int64
    private let state: Mutex<State>
    private let posts: EventPermits
    private let gate = LogGate(period: .minutes(10))

    init(
        _ webhook: Webhook, _ state: WebhookState, owner: String, store: ReturnsStore, poster: HTTPPoster,
        limits: WebhookLimits, clockMarginMilliseconds: Int64, metrics: ReturnsMetrics, logger: Logger
    ) {
        self.webhook = webhook
        self.owner = owner
        epoch = state.epoch
        self.store = store
        self.poster = poster
        self.limits = limits
        self.clockMarginMilliseconds = clockMarginMilliseconds
        self.metrics = metrics
        self.logger = logger
        self.state = Mutex(State(failures: state.failures, failingSince: state.failingSince))
        posts = EventPermits(limits.postsMax)
    }

    var name: String { "webhook \(webhook.name)" }

    // MARK: Lease

    func renew(deadline: NIODeadline) async throws(StoreError) -> Bool {
        let lease = try await store.leaseWebhook(
            webhook.name, owner: owner, milliseconds: limits.consumer.leaseMilliseconds, deadline: deadline)
        guard lease == .held(epoch: epoch) else { return false }
        return try await !isNewer(deadline)
    }

    /// Whether a newer build has written of its state meanwhile what this one does not know: that nothing is to be delivered, for
    /// one. The lease would keep servers of that build from it.
    private func isNewer(_ deadline: NIODeadline) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            _ = try await store.loadWebhookState(webhook, deadline: deadline)
            return false
        } catch {
            // What is damaged in it keeps nobody from delivering by what was read before.
            guard error.isLocal else { throw error }
            return error.isNewer
        }
    }

    // MARK: Events and losses

    func wants(_ event: OutboxEvent) -> Bool { webhook.filter.lets(event) }

    func take(_ event: OutboxEvent, in lane: OutboxLane) async { await deliver(.event(event), in: lane) }

    func tell(_ loss: OutboxLoss, in lane: OutboxLane) async {
        let notice = WebhookNotice(
            partition: lane.partition, loss: loss, changedSince: changedSince(loss))
        await deliver(.notice(notice), in: lane)
    }

    private func changedSince(_ loss: OutboxLoss) -> Instant {
        loss.changedSince(store.identity, margin: clockMarginMilliseconds)
    }

    func lost(_ loss: OutboxLoss, of partition: Int) {
        metrics.webhookLost(loss.events ?? 0)
        guard gate.lets(loss.isOfStore ? "loss of the store" : "loss") else { return }
        logger.warning(
            loss.isOfStore
                ? "a webhook is behind: the store was set back and a loss was accepted; its receiver is told, and has to read again every case that it was told of since"
                : "a webhook is behind: events that it was not sent are no longer kept; its receiver is told, and has to read again the cases changed since",
            metadata: [
                "webhook": "\(webhook.name)", "partition": "\(partition)",
                "events": "\(loss.events.map { "\($0)" } ?? "?")",
                "changed_since": "\(WebhookNotice.text(changedSince(loss)))",
            ])
    }

    // MARK: Delivering

    /// Until the receiver has it, it is set aside, the log has gone past the place, or the lane is over.
    private func deliver(_ post: WebhookPost, in lane: OutboxLane) async {
        let successesBefore = state.withLock { $0.successes }
        var attempts = lane.place.attempts
        // A notice begins with those of what it stands for, which it is not to blame for.
        let attemptsBefore = post.isNotice ? attempts : 0
        while !lane.isOver {
            do { try await posts.acquire() } catch { return }
            guard !lane.isOver else { return posts.release() }
            let now = SystemClock.wall()
            let answer = await answer(post, now)
            posts.release()
            // Told to stop, and not by the receiver: no attempt that counts.
            if answer.error == .stopped {
                return await lane.pause(milliseconds: limits.consumer.storeRetryMilliseconds)
            }
            attempts += 1
            let successes = state.withLock { $0.successes }
            let verdict: WebhookDelivery.Verdict =
                answer.isTaken
                ? .delivered
                // While nothing else is taken either, it is not the event: it stays, in its order.
                : attempts - attemptsBefore >= webhook.attemptsMax && successes > successesBefore
                    && !answer.isGone
                    ? .aside : .failed
            let recoveries = await settle(post, attempts, answer, verdict, at: now, in: lane)
            guard verdict == .failed else { return }
            await wait(for: attempts, answer, since: recoveries, in: lane)
            if !lane.isOver, await lane.isOvertaken() { return }
        }
    }

    /// Until the next attempt, or the end of an outage.
    private func wait(
        for attempts: Int, _ answer: HTTPPostAnswer, since recoveries: UInt64, in lane: OutboxLane
    ) async {
        let wait = WebhookBackoff(limits: limits).milliseconds(
            attempts: attempts, retryAfterMilliseconds: answer.retryAfterMilliseconds,
            share: .random(in: 0...1))
        let until = NIODeadline.now() + .milliseconds(wait)
        while !lane.isOver, NIODeadline.now() < until, state.withLock({ $0.recoveries }) == recoveries {
            await lane.pause(milliseconds: max(1, (until - .now()).nanoseconds / 1_000_000 + 1))
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
        at: Instant, in lane: OutboxLane
    ) async -> UInt64 {
        let now = SystemClock.wall()
        if verdict == .failed {
            lane.failed(attempts: attempts)
        } else {
            switch post {
            case .event(let event): lane.pass(event)
            case .notice: lane.told()
            }
        }
        let (fields, reason, isRecovered, recoveries) = state.withLock { state in
            count(answer, at: at, now, &state)
        }
        // A notice is in no log to be delivered again from: whoever confirms the loss sees it with the webhook.
        let recorded = post.isNotice && verdict == .aside ? .failed : verdict
        metrics.webhookAttempted(recorded)
        if isRecovered { lane.consumer.ringLanes() }
        let delivery = WebhookDelivery(
            eventID: post.event.id, type: post.event.type, attempt: attempts, httpStatus: answer.status,
            error: answer.deliveryError, at: at, durationMilliseconds: answer.durationMilliseconds,
            verdict: recorded)
        if await record(delivery, fields, in: lane), let reason { await disabled(reason, lane.consumer) }
        return recoveries
    }

    /// - Returns: what changes of the webhook's state, why it is given up, if it is, and whether an outage has ended.
    private func count(
        _ answer: HTTPPostAnswer, at: Instant, _ now: Instant, _ state: inout State
    ) -> ([WebhookField], Returns_V1_WebhookDisabledReason?, isRecovered: Bool, recoveries: UInt64) {
        var fields: [WebhookField] = []
        var reason: Returns_V1_WebhookDisabledReason?
        var isRecovered = false
        if answer.isTaken {
            isRecovered = state.failures >= limits.outageFailuresMin
            state.successes += 1
            if isRecovered { state.recoveries += 1 }
            state.failures = 0
            state.failingSince = nil
            fields.append(.lastSuccess(now))
        } else {
            state.failures += 1
            let since = state.failingSince ?? at
            state.failingSince = since
            if answer.isGone {
                reason = .gone
            } else if state.failures >= limits.giveUpFailuresMin, now - since >= webhook.giveUpMilliseconds {
                reason = .noSuccess
            }
        }
        fields += [.failures(state.failures), .failingSince(state.failingSince)]
        if let reason { fields += [.enabled(false), .reason(reason), .disabledAt(now)] }
        return (fields, reason, isRecovered, state.recoveries)
    }

    /// Records an attempt, and behind it the progress: an event that is set aside is to be found once it was passed.
    ///
    /// - Returns: false when the lane is over.
    private func record(
        _ delivery: WebhookDelivery, _ fields: [WebhookField], in lane: OutboxLane
    ) async -> Bool {
        let consumer = lane.consumer
        let isRecorded = await consumer.untilRecorded { () async throws(StoreError) in
            try await store.recordDelivery(
                delivery, of: webhook, owner: owner, epoch: epoch, fields, deadline: consumer.deadline)
                == .recorded
        }
        return await isRecorded ? lane.save() : false
    }

    private func disabled(_ reason: Returns_V1_WebhookDisabledReason, _ consumer: OutboxConsumer) async {
        guard consumer.stop() else { return }
        logger.warning(
            "a webhook is disabled; see what its receiver answers, then enable it",
            metadata: ["webhook": "\(webhook.name)", "reason": "\(reason)"])
        // What cannot be let go now is let go by the upkeep.
        try? await store.releaseOutbox(webhook.holder, deadline: consumer.deadline)
    }
}

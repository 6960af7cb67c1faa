import HTTPPosting
import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// Of webhooks, by their names.
extension UnreadRecords<String> {
    /// In words that stay the same while it lasts.
    fileprivate var warnings: [String] {
        damaged.sorted().map {
            "the record of the webhook \($0) is damaged, and nothing begins to be delivered for it; delete it with returnsctl webhook delete, and create it anew"
        }
            + newer.sorted().map {
                "the webhook \($0) was written by a newer returnsd, and this server delivers nothing for it; leave it as it is, and upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
            }
    }
}

/// Sees that some server delivers for every enabled webhook: this one, when it gets the lease. On a connection of its own.
final class WebhookDispatcher: Service {
    private struct State {
        var consumers: [Webhook: OutboxConsumer] = [:]
        var isStopping = false
        /// By name, as they were last looked at.
        var outlooks: [String: WebhookOutlook] = [:]
        /// Names of those whose records, and whose states, could not be read then.
        var unreadRecords = UnreadRecords<String>()
        var unreadStates = UnreadRecords<String>()
    }

    let store: ReturnsStore
    let poster: HTTPPoster
    let limits: WebhookLimits
    let retention: OutboxRetention
    let metrics: ReturnsMetrics
    private let tail: EventTail
    private let logger: Logger
    private let state = Mutex(State())
    private let doorbell = EventDoorbell()
    private let gate = LogGate(period: .minutes(10))
    /// This server's, as long as it runs.
    private let server = String(UInt64.random(in: .min ... .max), radix: 16)

    /// - Parameters:
    ///   - store: on a connection of the dispatcher's own.
    ///   - retention: what the log holds for webhooks.
    ///   - authorities: see `HTTPPoster`.
    init(
        store: ReturnsStore, tail: EventTail, retention: OutboxRetention = OutboxRetention(),
        authorities: String?, limits: WebhookLimits = WebhookLimits(),
        metrics: ReturnsMetrics = .none, logger: Logger
    ) {
        self.store = store
        self.tail = tail
        self.retention = retention
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
        poster = HTTPPoster(
            limits: limits.post, authorities: authorities, userAgent: "Returns/\(serverVersion)")
    }

    /// Looks at once, since something was changed here: nobody expects another post once a webhook is disabled or deleted.
    func ring() {
        let consumers = state.withLock { Array($0.consumers.values) }
        for consumer in consumers { consumer.renew() }
        doorbell.ring()
    }

    func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await dispatch()
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.stop()
        }
        poster.stop()
    }

    private func stop() {
        let consumers = state.withLock { state in
            state.isStopping = true
            return Array(state.consumers.values)
        }
        for consumer in consumers { consumer.stop() }
        poster.stop()
        doorbell.ring()
    }

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping } }
    private var deadline: NIODeadline { .now() + .milliseconds(limits.consumer.redisMillisecondsMax) }

    private func dispatch() async {
        await withDiscardingTaskGroup { tasks in
            var nextUpkeep = NIODeadline.now()
            var nextMeasure = nextUpkeep
            while !isOver {
                // Calls are drained now, and one of them may wait for a post.
                if tail.isStopping { poster.stop() }
                do throws(StoreError) {
                    let found = try await store.loadWebhooks(deadline: deadline)
                    let unread = found.unread
                    state.withLock { $0.unreadRecords = unread }
                    tell(unread)
                    endConsumers(found.records, unread)
                    let webhooks = found.records
                    for webhook in webhooks where !isOver {
                        await lookAfter(webhook.name) { () async throws(StoreError) in
                            guard let (sink, consumer) = try await consumer(webhook) else { return }
                            tasks.addTask { await self.run(consumer, sink) }
                        }
                    }
                    if NIODeadline.now() >= nextUpkeep {
                        nextUpkeep = .now() + .milliseconds(limits.consumer.upkeepMilliseconds)
                        await lookAfter("upkeep") { () async throws(StoreError) in
                            try await store.releaseStrayWebhooks(deadline: deadline)
                        }
                    }
                    if NIODeadline.now() >= nextMeasure {
                        // Without metrics for the warnings alone, which are in no hurry.
                        nextMeasure =
                            .now()
                            + .milliseconds(
                                metrics.isShown
                                    ? limits.measureMilliseconds : limits.consumer.upkeepMilliseconds)
                        try await measure(webhooks)
                    }
                } catch {
                    report(error, "all")
                }
                let timer = store.redis.eventLoop.scheduleTask(in: .milliseconds(limits.scanMilliseconds)) {
                    self.doorbell.ring()
                }
                await doorbell.wait()
                timer.cancel()
            }
        }
    }

    /// What fails of one webhook, or of one step, keeps the dispatcher from nothing else.
    private func lookAfter(_ what: String, _ step: () async throws(StoreError) -> Void) async {
        do throws(StoreError) { try await step() } catch { report(error, what) }
    }

    private func report(_ error: StoreError, _ what: String) {
        guard !error.isOutage, gate.lets("\(what) \(error.code)") else { return }
        logger.warning(
            "webhooks cannot be looked after", metadata: ["what": "\(what)", "error": "\(error)"])
    }

    /// One to run, if nobody delivers for the webhook and it is enabled.
    private func consumer(
        _ webhook: Webhook
    ) async throws(StoreError) -> (WebhookSink, OutboxConsumer)? {
        // The tail stops before calls are drained: from then on deliveries are another server's.
        guard !tail.isStopping else { return nil }
        // One that still ends has the same lease, whatever its record was.
        let isRunning = state.withLock { state in
            state.consumers.keys.contains { $0.name == webhook.name && $0.instance == webhook.instance }
        }
        guard !isRunning else { return nil }
        // First of all: a lease on what this server cannot read would keep another one from delivering.
        guard try await store.loadWebhookState(webhook, deadline: deadline)?.isEnabled == true else {
            return nil
        }
        // Not the server alone: one that was deleted has no part in the lease of the one made anew under its name.
        let owner = "\(server)@\(webhook.instance)"
        let lease = try await store.leaseWebhook(
            webhook.name, owner: owner, milliseconds: limits.consumer.leaseMilliseconds, deadline: deadline)
        guard case .held(let epoch) = lease,
            let found = try await store.takeWebhook(webhook, epoch: epoch, deadline: deadline)
        else { return nil }
        // Behind the state, whose epoch it is to fit: a change before it shows in the record, and one behind it in the epoch.
        let record = try await store.loadWebhook(webhook.name, deadline: deadline)?.webhook
        guard record == webhook else {
            try? await store.releaseWebhook(webhook.name, owner: owner, deadline: deadline)
            return nil
        }
        let sink = WebhookSink(
            webhook, found, owner: owner, store: store, poster: poster, limits: limits,
            clockMarginMilliseconds: tail.limits.clockMarginMilliseconds, metrics: metrics, logger: logger)
        let consumer = OutboxConsumer(
            webhook.holder, epoch: epoch, found.progress, confirmedThrough: found.confirmedThrough,
            sink: sink, tail: tail, store: store, limits: limits.consumer, logger: logger)
        let isStarted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.consumers[webhook] = consumer
            return true
        }
        return isStarted ? (sink, consumer) : nil
    }

    /// A webhook is delivered for by the record that it was begun with, so that ends where the record is another one, or a newer build's.
    /// One that is damaged since says nothing else.
    private func endConsumers(_ records: [Webhook], _ unread: UnreadRecords<String>) {
        let ending = state.withLock { state in
            state.consumers.filter { webhook, _ in
                !records.contains(webhook) && !unread.damaged.contains(webhook.name)
            }
        }
        for consumer in ending.values { consumer.stop() }
    }

    private func run(_ consumer: OutboxConsumer, _ sink: WebhookSink) async {
        await consumer.run()
        // So that another server, or this one with new places, need not wait for the lease's end.
        try? await store.releaseWebhook(sink.webhook.name, owner: sink.owner, deadline: deadline)
        state.withLock { $0.consumers[sink.webhook] = nil }
    }

    // MARK: Looking at how they fare

    /// Every server shows the figures of all webhooks, whoever delivers for them.
    private func measure(_ webhooks: [Webhook]) async throws(StoreError) {
        var outlooks: [String: WebhookOutlook] = [:]
        var disabled = 0
        var unread = UnreadRecords<String>()
        for webhook in webhooks {
            let found: WebhookState
            do throws(StoreError) {
                guard let state = try await store.loadWebhookState(webhook, deadline: deadline) else {
                    continue
                }
                found = state
            } catch {
                guard error.isLocal else { throw error }
                unread.note(webhook.name, error)
                continue
            }
            if !found.isEnabled { disabled += 1 }
            let standing = try await WebhookStanding(
                webhook, found, store: store, retention: retention, deadline: deadline)
            var outlook = self.outlook(of: webhook) ?? WebhookOutlook(instance: webhook.instance)
            outlook.look(
                standing, found, at: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000))
            outlooks[webhook.name] = outlook
            metrics.webhook(webhook.name, lag: standing.lag, outlook)
            warn(webhook, outlook)
        }
        tell(unread)
        metrics.webhooksDisabled.set(disabled)
        metrics.webhooksBehind.set(outlooks.values.count { $0.isBehind })
        let gone = state.withLock { state in
            defer { state.outlooks = outlooks }
            state.unreadStates = unread
            return state.outlooks.keys.filter { outlooks[$0] == nil }
        }
        for name in gone { metrics.webhook(name, lag: 0, WebhookOutlook(instance: 0)) }
    }

    private func tell(_ unread: UnreadRecords<String>) {
        for warning in unread.warnings where gate.lets(warning) { logger.error("\(warning)") }
    }

    /// Nil until this server has looked at it.
    func outlook(of webhook: Webhook) -> WebhookOutlook? {
        let found = state.withLock { $0.outlooks[webhook.name] }
        return found?.instance == webhook.instance ? found : nil
    }

    /// The server that delivers says it, so that one does.
    private func warn(_ webhook: Webhook, _ outlook: WebhookOutlook) {
        guard state.withLock({ $0.consumers[webhook] != nil }) else { return }
        let level =
            outlook.heldShare >= limits.heldShareUrgent
            ? limits.heldShareUrgent
            : outlook.heldShare >= limits.heldShareWarned ? limits.heldShareWarned : nil
        guard let level, gate.lets("\(webhook.name) \(level)") else { return }
        logger.warning(
            "a webhook is falling behind: the log holds its events up to a limit, and then goes past it",
            metadata: [
                "webhook": "\(webhook.name)", "held_percent": "\(outlook.heldPercent)",
                "left_s": "\(outlook.millisecondsLeft.map { "\($0 / 1_000)" } ?? "?")",
            ])
    }

    /// What needs a person soon, in words that stay the same while it lasts.
    var warnings: [String] {
        let (outlooks, unread) = state.withLock { state in
            var unread = state.unreadRecords
            unread.formUnion(state.unreadStates)
            return (state.outlooks, unread)
        }
        return unread.warnings + outlooks.sorted { $0.key < $1.key }.compactMap(warning)
    }

    private func warning(_ name: String, _ outlook: WebhookOutlook) -> String? {
        if let reason = outlook.givenUp {
            let why =
                reason == .gone
                ? "its receiver answered that it is gone for good (410)"
                : "its receiver has taken nothing for as long as it may"
            return
                "the webhook \(name) is disabled, since \(why): see returnsctl webhook deliveries \(name), mend it, and type returnsctl webhook enable \(name), or delete it"
        }
        if outlook.isSetBack {
            return
                "the webhook \(name) is behind: the store was set back, and its receiver was told of what is gone; see returnsctl webhook list"
        }
        if outlook.isBehind {
            return
                "the webhook \(name) is behind: the log went past it, and its receiver has not got every event; see returnsctl webhook list"
        }
        guard outlook.heldShare >= limits.heldShareWarned else { return nil }
        let percent = Int(
            100
                * (outlook.heldShare >= limits.heldShareUrgent
                    ? limits.heldShareUrgent : limits.heldShareWarned))
        return
            "the webhook \(name) is falling behind: over \(percent) % of what the log holds for it is used; mend its receiver, or see returnsctl webhook list"
    }
}

import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// Sees that some server delivers for every enabled webhook: this one, when it gets the lease. On a connection of its own.
final class WebhookDispatcher: Service {
    private struct State {
        var runners: [Webhook: WebhookRunner] = [:]
        var isStopping = false
        /// Whose figures are on show.
        var measured: Set<String> = []
    }

    let store: ReturnsStore
    let poster: WebhookPoster
    let limits: WebhookLimits
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
    ///   - authorities: see `WebhookPoster`.
    init(
        store: ReturnsStore, tail: EventTail, authorities: String?, limits: WebhookLimits = WebhookLimits(),
        metrics: ReturnsMetrics = .none, logger: Logger
    ) {
        self.store = store
        self.tail = tail
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
        poster = WebhookPoster(limits: limits, authorities: authorities)
    }

    /// Looks at once, since something was changed here: nobody expects another post once a webhook is disabled or deleted.
    func ring() {
        let runners = state.withLock { Array($0.runners.values) }
        for runner in runners { runner.renew() }
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
        let runners = state.withLock { state in
            state.isStopping = true
            return Array(state.runners.values)
        }
        for runner in runners { runner.stop() }
        poster.stop()
        doorbell.ring()
    }

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping } }
    private var deadline: NIODeadline { .now() + .milliseconds(limits.redisMillisecondsMax) }

    private func dispatch() async {
        await withDiscardingTaskGroup { tasks in
            var nextUpkeep = NIODeadline.now()
            var nextMeasure = nextUpkeep
            while !isOver {
                // Calls are drained now, and one of them may wait for a post.
                if tail.isStopping { poster.stop() }
                do throws(StoreError) {
                    let webhooks = try await store.loadWebhooks(deadline: deadline)
                    for webhook in webhooks where !isOver {
                        guard let runner = try await runner(webhook) else { continue }
                        tasks.addTask { await self.run(runner) }
                    }
                    if NIODeadline.now() >= nextUpkeep {
                        nextUpkeep = .now() + .milliseconds(limits.upkeepMilliseconds)
                        try await store.releaseStrayWebhooks(deadline: deadline)
                    }
                    if metrics.isShown, NIODeadline.now() >= nextMeasure {
                        nextMeasure = .now() + .milliseconds(limits.measureMilliseconds)
                        try await measure(webhooks)
                    }
                } catch {
                    if !error.isOutage, gate.lets("\(error.code)") {
                        logger.warning("webhooks cannot be looked after", metadata: ["error": "\(error)"])
                    }
                }
                let timer = store.redis.eventLoop.scheduleTask(in: .milliseconds(limits.scanMilliseconds)) {
                    self.doorbell.ring()
                }
                await doorbell.wait()
                timer.cancel()
            }
        }
    }

    /// One to run, if nobody delivers for the webhook and it is enabled.
    private func runner(_ webhook: Webhook) async throws(StoreError) -> WebhookRunner? {
        // The tail stops before calls are drained: from then on deliveries are another server's.
        guard !tail.isStopping, state.withLock({ $0.runners[webhook] == nil }) else { return nil }
        // Not the server alone: one that was deleted has no part in the lease of the one made anew under its name.
        let owner = "\(server)@\(webhook.instance)"
        let lease = try await store.leaseWebhook(
            webhook.name, owner: owner, milliseconds: limits.leaseMilliseconds, deadline: deadline)
        guard case .held = lease, let found = try await store.loadWebhookState(webhook, deadline: deadline),
            found.isEnabled
        else { return nil }
        let runner = WebhookRunner(
            webhook, found, owner: owner, tail: tail, store: store, poster: poster, limits: limits,
            metrics: metrics, logger: logger)
        let isStarted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.runners[webhook] = runner
            return true
        }
        return isStarted ? runner : nil
    }

    private func run(_ runner: WebhookRunner) async {
        await runner.run()
        // So that another server, or this one with new places, need not wait for the lease's end.
        try? await store.releaseWebhook(runner.webhook.name, owner: runner.owner, deadline: deadline)
        state.withLock { $0.runners[runner.webhook] = nil }
    }

    /// Every server shows the figures of all webhooks, whoever delivers for them.
    private func measure(_ webhooks: [Webhook]) async throws(StoreError) {
        var disabled = 0
        for webhook in webhooks {
            guard let found = try await store.loadWebhookState(webhook, deadline: deadline) else { continue }
            if !found.isEnabled { disabled += 1 }
            let standing = try await WebhookStanding(found, store: store, deadline: deadline)
            metrics.webhookLag(webhook.name, standing.lag)
        }
        metrics.webhooksDisabled.set(disabled)
        let names = Set(webhooks.map(\.name))
        let gone = state.withLock { state in
            defer { state.measured = names }
            return state.measured.subtracting(names)
        }
        for name in gone { metrics.webhookLag(name, 0) }
    }
}

/// How far behind the log a webhook is.
struct WebhookStanding: Sendable {
    /// Nil while it is not known.
    var lag: Int64?
    /// Of the next event of any partition.
    var oldest: Instant?

    init(_ state: WebhookState, store: ReturnsStore, deadline: NIODeadline) async throws(StoreError) {
        let figures = try await store.webhookFigures(
            state.places.enumerated().map { EventID(partition: $0.offset, position: $0.element.position) },
            deadline: deadline)
        lag = 0
        for (place, figures) in zip(state.places, figures) {
            lag = figures.lag(of: place).flatMap { more in lag.map { $0 + more } }
            guard let next = figures.next?.recordedAt else { continue }
            oldest = min(oldest ?? next, next)
        }
    }
}

import CoreMetrics
import ReturnsDomain
import ReturnsStore

/// What the desk's own machinery counts: commits, sweeps, the store behind them.
struct ReturnsMetrics: Sendable {
    /// By name, for the registry.
    static let help = [
        "returns_build_info": "1; version and schema are in the labels.",
        "returns_commit_conflicts_total":
            "Decisions taken again because somebody else changed the case or order meanwhile.",
        "returns_redis_up":
            "Whether Redis took a change of the right store when it was last tried, once a second.",
        "returns_store_fault":
            "1 for the reason why the store must not be used, 0 for the others.",
        "returns_redis_memory_share": "Used of Redis's memory limit, 0 to 1; NaN without a limit.",
        "returns_data_disk_free_bytes": "Free on the disk of the data folder.",
        "returns_warnings": "Warnings that 'returnsctl admin info' shows.",
        "returns_clock_difference_seconds": "This machine's clock less Redis's.",
        "returns_sweeps_total": "Sweeps for clocks that are due, by result.",
        "returns_sweep_cases_total": "Cases that sweeps looked at.",
        "returns_sweep_failures_total": "Due cases that could not be read, decided or written.",
        "returns_sweep_conflicts_total":
            "Due cases that changed under a sweep's hands; the next sweep takes them.",
        "returns_sweep_leases": "Partitions that this server's sweeper has to itself now.",
        "returns_clock_firings_total":
            "Warnings, breaches and escalations that this server's sweeps recorded, by kind of clock.",
        "returns_clock_firing_lag_seconds":
            "From a firing's due time to the sweep that recorded it.",
        "returns_clock_overdue_seconds":
            "Age of the oldest firing that is due and has not been recorded by anybody; 0 if there is none.",
        "returns_spans_dropped_total":
            "Spans that were not written, for want of room or for a fault of the file.",
        "returns_event_followers": "Calls that follow events now.",
        "returns_events_sent_total": "Events sent to those who follow them, each as often as it was sent.",
        "returns_event_catch_up_reads_total": "Reads of the log for followers who were behind.",
        "returns_events_trimmed_total": "Events that this server has trimmed from the log.",
        "returns_outbox_cuts_total": "How often somebody has removed events of a partition's log by hand.",
        "returns_orders_expired_total":
            "Orders without cases that this server has removed, since they were kept long enough.",
        "returns_outbox_held_partitions":
            "Partitions whose log is longer than it should be, since a consumer inside has not finished it.",
        "returns_event_groups_behind":
            "Groups of consumers that were not given every event: the log went past them, or the store was set back.",
        "returns_event_group_kept_share":
            "Of the events that a partition keeps, what the group furthest back has not finished, 0 to 1; at 1 the log goes past it.",
        "returns_webhook_deliveries_total": "Posts of events to webhooks, by result.",
        "returns_webhook_lag_events": "Events that a webhook has not got yet, before its filter.",
        "returns_webhooks_disabled": "Webhooks that are disabled.",
        "returns_webhooks_behind":
            "Enabled webhooks that were not sent every event, since the log went past them; until somebody confirms that it was read again.",
        "returns_webhook_events_lost_total":
            "Events that webhooks were not sent, since they were no longer kept; where their number is known.",
        "returns_webhook_held_share":
            "Used of what the log holds for a webhook at most, 0 to 1; at 1 the log goes past it.",
        "returns_webhook_held_left_seconds":
            "Until the log goes past a webhook, at the rate of the last minutes; NaN while nothing is added.",
        "returns_sweep_last_success_timestamp_seconds": "When a sweep last succeeded, since the epoch.",
    ]

    let commitConflicts: Counter
    let clockDifference: Meter
    let spansDropped: Counter
    let eventFollowers: Meter
    let eventsSent: Counter
    let eventCatchUpReads: Counter
    let eventsTrimmed: Counter
    let outboxCuts: Counter
    let outboxHeld: Meter
    let ordersExpired: Counter
    let eventGroupsBehind: Meter
    let eventGroupKeptShare: Meter
    let webhooksDisabled: Meter
    let webhooksBehind: Meter
    /// Whether anybody looks.
    let isShown: Bool
    private let factory: any MetricsFactory
    private let webhooksDelivered: Counter
    private let webhooksFailed: Counter
    private let webhooksAside: Counter
    private let webhookEventsLost: Counter
    private let sweeps: Counter
    private let sweepsFailed: Counter
    private let sweepCases: Counter
    private let sweepFailures: Counter
    private let sweepConflicts: Counter
    private let sweepLeases: Meter
    private let clockFirings: [FiringLabel: Counter]
    private let clockFiringLag: Recorder
    private let clockOverdue: Meter
    private let lastSweep: Meter
    private let redisUp: Meter
    private let storeFaults: [StoreFault.Code: Meter]
    private let redisMemoryShare: Meter
    private let dataDiskFree: Meter
    private let warningCount: Meter

    private struct FiringLabel: Hashable {
        var kind: ClockKind
        var firing: Clock.Firing
    }

    /// By name, for the registry: firings may be late by the time that every server was down.
    static let buckets = [
        "returns_clock_firing_lag_seconds": [
            0.01, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400,
        ]
    ]

    /// Counts for nobody.
    static let none = ReturnsMetrics(factory: NOOPMetricsHandler.instance, schema: "")

    init(factory: any MetricsFactory, schema: String) {
        func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: label, dimensions: dimensions, factory: factory)
        }
        commitConflicts = counter("returns_commit_conflicts_total")
        spansDropped = counter("returns_spans_dropped_total")
        clockDifference = Meter(label: "returns_clock_difference_seconds", factory: factory)
        eventFollowers = Meter(label: "returns_event_followers", factory: factory)
        eventsSent = counter("returns_events_sent_total")
        eventCatchUpReads = counter("returns_event_catch_up_reads_total")
        eventsTrimmed = counter("returns_events_trimmed_total")
        outboxCuts = counter("returns_outbox_cuts_total")
        outboxHeld = Meter(label: "returns_outbox_held_partitions", factory: factory)
        ordersExpired = counter("returns_orders_expired_total")
        self.factory = factory
        isShown = !(factory is NOOPMetricsHandler)
        eventGroupsBehind = Meter(label: "returns_event_groups_behind", factory: factory)
        eventGroupKeptShare = Meter(label: "returns_event_group_kept_share", factory: factory)
        webhooksDisabled = Meter(label: "returns_webhooks_disabled", factory: factory)
        webhooksBehind = Meter(label: "returns_webhooks_behind", factory: factory)
        webhookEventsLost = counter("returns_webhook_events_lost_total")
        webhooksDelivered = counter("returns_webhook_deliveries_total", [("result", "delivered")])
        webhooksFailed = counter("returns_webhook_deliveries_total", [("result", "failed")])
        webhooksAside = counter("returns_webhook_deliveries_total", [("result", "set_aside")])
        sweeps = counter("returns_sweeps_total", [("result", "succeeded")])
        sweepsFailed = counter("returns_sweeps_total", [("result", "failed")])
        sweepCases = counter("returns_sweep_cases_total")
        sweepFailures = counter("returns_sweep_failures_total")
        sweepConflicts = counter("returns_sweep_conflicts_total")
        sweepLeases = Meter(label: "returns_sweep_leases", factory: factory)
        var clockFirings: [FiringLabel: Counter] = [:]
        // All of them from the start: a rate has to see the first one rise.
        for kind in ClockKind.allCases {
            for firing in Clock.Firing.all {
                clockFirings[FiringLabel(kind: kind, firing: firing)] = counter(
                    "returns_clock_firings_total", [("clock", "\(kind)"), ("firing", firing.name)])
            }
        }
        self.clockFirings = clockFirings
        clockFiringLag = Recorder(
            label: "returns_clock_firing_lag_seconds", dimensions: [], aggregate: true, factory: factory)
        clockOverdue = Meter(label: "returns_clock_overdue_seconds", factory: factory)
        lastSweep = Meter(label: "returns_sweep_last_success_timestamp_seconds", factory: factory)
        redisUp = Meter(label: "returns_redis_up", factory: factory)
        storeFaults = Dictionary(
            uniqueKeysWithValues: StoreFault.Code.allCases.map {
                (
                    $0,
                    Meter(
                        label: "returns_store_fault", dimensions: [("fault", $0.rawValue)], factory: factory)
                )
            })
        redisMemoryShare = Meter(label: "returns_redis_memory_share", factory: factory)
        dataDiskFree = Meter(label: "returns_data_disk_free_bytes", factory: factory)
        warningCount = Meter(label: "returns_warnings", factory: factory)
        Meter(
            label: "returns_build_info", dimensions: [("version", serverVersion), ("schema", schema)],
            factory: factory
        ).set(1)
    }

    func swept(_ result: Sweeper.Result) {
        sweeps.increment()
        sweepCases.increment(by: result.cases)
        sweepFailures.increment(by: result.failures)
        sweepConflicts.increment(by: result.conflicts)
        lastSweep.set(Double(SystemClock.wall().milliseconds) / 1_000)
    }

    func fired(_ firing: ClockFiring, now: Instant) {
        clockFirings[FiringLabel(kind: firing.kind, firing: firing.firing)]?.increment()
        clockFiringLag.record(Double(max(0, now - firing.dueAt)) / 1_000)
    }

    func overdue(milliseconds: Int64) { clockOverdue.set(Double(milliseconds) / 1_000) }

    func holdsLeases(_ count: Int) { sweepLeases.set(count) }

    func webhookAttempted(_ verdict: WebhookDelivery.Verdict) {
        switch verdict {
        case .delivered: webhooksDelivered.increment()
        case .failed: webhooksFailed.increment()
        case .aside: webhooksAside.increment()
        }
    }

    func webhookLost(_ events: Int64) { webhookEventsLost.increment(by: events) }

    /// - Parameters:
    ///   - name: a webhook's, which is configuration.
    ///   - lag: nil while it is not known.
    func webhook(_ name: String, lag: Int64?, _ outlook: WebhookOutlook) {
        func show(_ label: String, _ value: Double?) {
            Meter(label: label, dimensions: [("webhook", name)], factory: factory).set(value ?? .nan)
        }
        show("returns_webhook_lag_events", lag.map { Double($0) })
        show("returns_webhook_held_share", outlook.heldShare)
        show("returns_webhook_held_left_seconds", outlook.millisecondsLeft.map { Double($0) / 1_000 })
    }

    func sweepFailed() { sweepsFailed.increment() }

    func redisAnswered(_ answered: Bool) { redisUp.set(answered ? 1 : 0) }

    func storeFault(_ fault: StoreFault?) {
        for (code, meter) in storeFaults { meter.set(code == fault?.code ? 1 : 0) }
    }

    /// - Parameter share: nil without a limit.
    func memoryShare(_ share: Double?) { redisMemoryShare.set(share ?? .nan) }

    func diskFree(_ bytes: Int64?) { dataDiskFree.set(bytes.map { Double($0) } ?? .nan) }

    func warnings(_ count: Int) { warningCount.set(count) }
}

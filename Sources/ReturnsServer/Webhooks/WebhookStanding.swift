import NIOCore
import ReturnsDomain
import ReturnsStore

/// How far behind the log a webhook is.
struct WebhookStanding: Sendable {
    /// Nil while it is not known.
    var lag: Int64?
    /// Of the next event of any partition.
    var oldest: Instant?
    /// By partition: what nobody has confirmed, and what the log has gone past since that was recorded.
    var losses: [Int: OutboxLoss]
    /// When a loss was last recorded.
    var lastRecorded: Instant?
    /// The greatest of all partitions: how much is used of what may be held, 0 to 1; 0 of a webhook that holds nothing.
    var heldShare: Double
    /// Partitions of the log that are damaged, which the figures are without.
    var unreadablePartitions: [Int] = []

    var isBehind: Bool { !losses.isEmpty }
    /// Whether the store itself has lost some.
    var isSetBack: Bool { losses.values.contains(where: \.isOfStore) }

    init(
        _ webhook: Webhook, _ state: WebhookState, store: ReturnsStore, retention: OutboxRetention,
        deadline: NIODeadline
    ) async throws(StoreError) {
        let figures = try await store.consumerFigures(state, of: webhook, deadline: deadline)
        let now = SystemClock.wall()
        let setBack = state.places.enumerated().map { partition, place in
            store.identity.entering(place, of: partition, now: now)?.loss
        }
        self.init(state, figures, setBack: setBack, retention: retention, now: now)
    }

    /// - Parameters:
    ///   - figures: by partition; nil of one that is damaged.
    ///   - setBack: by partition, what the store has lost and nobody has noted with the webhook yet.
    init(
        _ state: WebhookState, _ figures: [ConsumerFigures?], setBack: [OutboxLoss?] = [],
        retention: OutboxRetention, now: Instant
    ) {
        lag = 0
        losses = state.losses
        lastRecorded = state.losses.values.map(\.last).max()
        heldShare = 0
        for (partition, (place, figures)) in zip(state.places, figures).enumerated() {
            if partition < setBack.count, let loss = setBack[partition] {
                losses[partition] = loss.joined(losses[partition])
            }
            guard let figures else {
                unreadablePartitions.append(partition)
                lag = nil
                continue
            }
            lag = figures.lag(of: place).flatMap { more in lag.map { $0 + more } }
            if let loss = figures.loss(at: place, now: now) {
                losses[partition] = loss.joined(losses[partition])
            }
            if state.isEnabled {
                heldShare = max(
                    heldShare, figures.heldShare(of: place, retention, partitions: state.places.count))
            }
            guard let next = figures.next?.recordedAt else { continue }
            oldest = min(oldest ?? next, next)
        }
    }
}

/// How fast a webhook uses up what may be held for it, by looks of the last minutes.
struct WebhookTrend: Sendable, Hashable {
    private struct Look: Hashable {
        var share: Double
        var atMilliseconds: Int64
    }

    /// The oldest first, no two closer than `spacingMilliseconds` but for the last.
    private var looks: [Look] = []

    static let looksMax = 12
    static let spacingMilliseconds: Int64 = 10_000

    /// - Parameter milliseconds: by a clock that nobody sets back.
    mutating func look(_ share: Double, at milliseconds: Int64) {
        if looks.count > 1,
            milliseconds - looks[looks.count - 2].atMilliseconds < Self.spacingMilliseconds
        {
            looks.removeLast()
        }
        looks.append(Look(share: share, atMilliseconds: milliseconds))
        if looks.count > Self.looksMax { looks.removeFirst() }
    }

    /// Until all of it is used; nil when it does not grow, or too little is known.
    var millisecondsLeft: Int64? {
        guard let first = looks.first, let last = looks.last, last.share > first.share,
            last.atMilliseconds > first.atMilliseconds
        else { return nil }
        if last.share >= 1 { return 0 }
        let left =
            (1 - last.share) / (last.share - first.share)
            * Double(last.atMilliseconds - first.atMilliseconds)
        return left < 1e15 ? Int64(left) : nil
    }
}

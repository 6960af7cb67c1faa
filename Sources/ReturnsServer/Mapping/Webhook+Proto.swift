import ReturnsAPI
import ReturnsDomain
import ReturnsStore

extension Webhook {
    /// - Parameter clockMargin: that servers' clocks differ by less than, in milliseconds.
    func proto(
        _ state: WebhookState, _ standing: WebhookStanding, _ outlook: WebhookOutlook?, setAside: Int,
        identity: StoreIdentity, clockMargin: Int64, now: Instant
    ) -> Returns_V1_Webhook {
        .with {
            $0.name = name
            $0.url = url
            $0.filter = filter.message
            $0.state = !state.isEnabled ? .disabled : standing.isBehind ? .behind : .enabled
            $0.reason = state.reason
            $0.disabledAtMs = state.disabledAt?.milliseconds ?? 0
            if let lag = standing.lag { $0.lag = UInt64(clamping: lag) }
            if let oldest = standing.oldest { $0.oldestAgeMs = max(0, now - oldest) }
            $0.lastSuccessMs = state.lastSuccess?.milliseconds ?? 0
            $0.consecutiveFailures = UInt64(clamping: state.failures)
            $0.setAside = UInt32(clamping: setAside)
            $0.giveUpAfterMs = giveUpMilliseconds
            $0.attemptsMax = UInt32(clamping: attemptsMax)
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
            if let loss = standing.lossProto(identity, clockMargin: clockMargin) { $0.loss = loss }
            $0.heldPercent = UInt32(standing.heldShare * 100)
            if state.isEnabled, let left = outlook?.millisecondsLeft { $0.heldLeftMs = left }
            $0.setAsideForgotten = UInt64(clamping: state.asideForgotten)
            if let oldSecret, now < oldSecret.until { $0.oldSecretUntilMs = oldSecret.until.milliseconds }
        }
    }
}

extension WebhookStanding {
    /// Nil when nothing was lost.
    func lossProto(_ identity: StoreIdentity?, clockMargin: Int64) -> Returns_V1_WebhookLoss? {
        guard let since = losses.values.map(\.since).min() else { return nil }
        return .with {
            $0.sinceMs = since.milliseconds
            $0.lastMs = lastRecorded?.milliseconds ?? 0
            let events = losses.values.reduce(Int64?(0)) { sum, loss in
                sum.flatMap { sum in loss.events.map { sum + $0 } }
            }
            if let events { $0.events = UInt64(clamping: events) }
            $0.storeSetBack = isSetBack
            $0.changedSinceMs =
                losses.values.map { $0.changedSince(identity, margin: clockMargin).milliseconds }.min() ?? 0
            $0.ranges = losses.sorted { $0.key < $1.key }.map { partition, loss in
                .with {
                    $0.afterEventID = EventID(partition: partition, position: loss.after).description
                    if loss.after < loss.through {
                        $0.throughEventID = EventID(partition: partition, position: loss.through).description
                    }
                    if let events = loss.events { $0.events = UInt64(clamping: events) }
                }
            }
        }
    }
}

extension WebhookDelivery {
    var proto: Returns_V1_WebhookDelivery {
        .with {
            $0.eventID = eventID
            $0.type = type
            $0.attempt = UInt32(clamping: attempt)
            $0.httpStatus = UInt32(clamping: httpStatus)
            $0.error = error
            $0.atMs = at.milliseconds
            $0.durationMs = durationMilliseconds
            $0.delivered = verdict == .delivered
            $0.setAside = verdict == .aside
        }
    }
}

import ReturnsDomain
import ReturnsStore
import ReturnsWire

extension Webhook {
    func proto(_ state: WebhookState, _ standing: WebhookStanding, setAside: Int, now: Instant)
        -> Returns_V1_Webhook
    {
        .with {
            $0.name = name
            $0.url = url
            $0.filter = filter.proto
            $0.state = state.isEnabled ? .enabled : .disabled
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

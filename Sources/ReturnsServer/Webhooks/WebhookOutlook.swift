import ReturnsAPI
import ReturnsStore

/// What is to come of a webhook, as one server sees it from look to look.
struct WebhookOutlook: Sendable, Hashable {
    let instance: UInt64
    private(set) var isBehind = false
    private(set) var isSetBack = false
    /// Why the server that delivered gave it up; nil where it did not, also where a person disabled it.
    private(set) var givenUp: Returns_V1_WebhookDisabledReason?
    private(set) var heldShare: Double = 0
    private var trend = WebhookTrend()

    init(instance: UInt64) { self.instance = instance }

    /// Rounded down, so that 100 means what it says.
    var heldPercent: Int { Int(heldShare * 100) }
    var millisecondsLeft: Int64? { trend.millisecondsLeft }

    /// - Parameter milliseconds: by a clock that nobody sets back.
    mutating func look(_ standing: WebhookStanding, _ state: WebhookState, at milliseconds: Int64) {
        isBehind = state.isEnabled && standing.isBehind
        isSetBack = state.isEnabled && standing.isSetBack
        givenUp = state.isEnabled || state.reason == .byHand ? nil : state.reason
        heldShare = standing.heldShare
        trend.look(standing.heldShare, at: milliseconds)
    }
}

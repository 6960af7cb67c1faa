/// What is to come of a webhook, as one server sees it from look to look.
struct WebhookOutlook: Sendable, Hashable {
    let instance: UInt64
    private(set) var isBehind = false
    private(set) var isSetBack = false
    private(set) var heldShare: Double = 0
    private var trend = WebhookTrend()

    init(instance: UInt64) { self.instance = instance }

    /// Rounded down, so that 100 means what it says.
    var heldPercent: Int { Int(heldShare * 100) }
    var millisecondsLeft: Int64? { trend.millisecondsLeft }

    /// - Parameter milliseconds: by a clock that nobody sets back.
    mutating func look(_ standing: WebhookStanding, isEnabled: Bool, at milliseconds: Int64) {
        isBehind = isEnabled && standing.isBehind
        isSetBack = isEnabled && standing.isSetBack
        heldShare = standing.heldShare
        trend.look(standing.heldShare, at: milliseconds)
    }
}

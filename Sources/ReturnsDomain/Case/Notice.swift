/// One thing that the customer has to be told, or may be (R7, R8, R15, R17), and how they were told.
///
/// A notice holds up nothing but what it is about: its occasion's own clocks of the customer's, and the decision over the units
/// that it tells of.
public struct Notice: Hashable, Sendable {
    public var occasion: NoticeOccasion
    public var state: NoticeState
    /// REFUNDED: which refund. Empty for the other occasions, of which one at most is due.
    public var refundID: String
    /// Since when it is due.
    public var since: Instant
    /// When the customer was told, or it was overtaken; nil while it is due.
    public var endedAt: Instant?
    public var channel: ContactChannel?
    public var by: ActorRecord?
    /// The message's reference at its carrier.
    public var reference: String
    /// Personal data: what the customer was told, where somebody wrote it down.
    public var text: String
    /// The ordinal of the NOTIFY clock that measures it; 0 for a notice that none measures.
    public var notifyOrdinal: UInt32

    public init(
        occasion: NoticeOccasion, state: NoticeState = .due, refundID: String = "", since: Instant,
        endedAt: Instant? = nil, channel: ContactChannel? = nil, by: ActorRecord? = nil,
        reference: String = "", text: String = "", notifyOrdinal: UInt32 = 0
    ) {
        self.occasion = occasion
        self.state = state
        self.refundID = refundID
        self.since = since
        self.endedAt = endedAt
        self.channel = channel
        self.by = by
        self.reference = reference
        self.text = text
        self.notifyOrdinal = notifyOrdinal
    }
}

extension NoticeOccasion {
    /// The customer has to be told: until then NOTIFY runs and the case does not close. The others are messages that go out
    /// where somebody sends them.
    public var isRequired: Bool {
        switch self {
        case .approval, .rejection, .infoRequest, .exception, .nonconforming, .refunded: true
        case .pickup, .found, .shippedBack, .exchanged: false
        }
    }
}

extension Case {
    /// Whether the customer is still to be told of one of these.
    func isDue(_ occasions: [NoticeOccasion]) -> Bool {
        notices.contains { $0.state == .due && occasions.contains($0.occasion) }
    }

    /// What the customer still has to be told, the oldest first.
    public var dueNotices: [Notice] { notices.filter { $0.state == .due && $0.occasion.isRequired } }

    /// Whether something has to be told, or was: a reading of the required notices.
    public var customerTold: Track {
        let required = notices.lazy.filter { $0.occasion.isRequired }
        if required.contains(where: { $0.state == .due }) { return .due }
        return wasToldBefore || required.contains { $0.state == .told } ? .done : .none
    }

    /// Takes over what a build that kept no notices knew: whether something was due to be told, or was told.
    ///
    /// What it was stands in the story alone, so one notice stands for it, of what the case's state speaks of; the NOTIFY
    /// clock that runs measures it.
    public mutating func adoptNotices(from track: Track) {
        switch track {
        case .due where customerTold != .due:
            let clock = runningClock(.notify)
            let (occasion, refundID) = untoldOccasion
            notices.append(
                Notice(
                    occasion: occasion, refundID: refundID, since: clock?.startedAt ?? updatedAt,
                    notifyOrdinal: clock?.ordinal ?? 0))
        case .done where customerTold == .none: wasToldBefore = true
        default: break
        }
    }

    private var untoldOccasion: (NoticeOccasion, refundID: String) {
        if state == .rejected { return (.rejection, "") }
        if state == .infoNeeded { return (.infoRequest, "") }
        if undecidedUnits > 0 { return (.nonconforming, "") }
        if lostUndecidedUnits > 0 { return (.exception, "") }
        if let refund = refunds.last(where: { $0.status == .succeeded }) { return (.refunded, refund.id) }
        return (.approval, "")
    }
}

/// One thing that the customer has to be told, or may be (R7, R8, R15, R17), and how they were told.
///
/// A notice holds up nothing but what it is about: its occasion's own clocks of the customer's, and the decision over the units
/// that it tells of.
public struct Notice: Hashable, Sendable {
    public var occasion: NoticeOccasion
    public var state: NoticeState
    /// REFUNDED and REFUND_RETURNED: which refund. Empty for the other occasions, of which one at most is due.
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
        case .approval, .rejection, .infoRequest, .exception, .nonconforming, .correction, .refunded,
            .deducted, .deductionTakenBack,
            .refundReturned:
            true
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
    /// A telling was of all that was due. So what became due since the oldest NOTIFY clock that runs has not been told, and each
    /// is measured by the last clock that ran when it did.
    public mutating func adoptNotices(from track: Track) {
        switch track {
        // Whoever answered, or appealed, need not be told of what was asked or refused; such a build let the clock run on.
        case .due where state == .submitted: break
        case .due where customerTold != .due:
            let clocks = runningClocks.filter { $0.kind == .notify }
            var untold = untold(since: clocks.first?.startedAt ?? updatedAt)
            func clock(at time: Instant) -> Clock? { clocks.last { $0.startedAt <= time } ?? clocks.first }
            // When goods got lost is told by the story alone, and by a clock that is there for nothing else.
            let measured = Set(untold.map { clock(at: $0.since)?.ordinal })
            let other = clocks.first { !measured.contains($0.ordinal) }
            if other != nil || lostUndecidedUnits > 0 || untold.isEmpty {
                untold.append((.exception, "", other?.startedAt ?? clocks.last?.startedAt ?? updatedAt))
            }
            for (occasion, refundID, since) in untold {
                notices.append(
                    Notice(
                        occasion: occasion, refundID: refundID, since: since,
                        notifyOrdinal: clock(at: since)?.ordinal ?? 0))
            }
        case .done where customerTold == .none: wasToldBefore = true
        default: break
        }
    }

    /// What became due to be told at a time or later, by what the case keeps of its steps.
    private func untold(since begin: Instant) -> [(NoticeOccasion, refundID: String, since: Instant)] {
        var found: [(NoticeOccasion, refundID: String, since: Instant)] = []
        if let decision = decisions.last, decision.at >= begin, state != .infoNeeded {
            if case .approved = decision.outcome {
                found.append((.approval, "", decision.at))
            } else if state == .rejected {
                found.append((.rejection, "", decision.at))
            }
        }
        if let inspection = inspections.first(where: { $0.at >= begin && $0.refusedUnits > 0 }) {
            found.append((.nonconforming, "", inspection.at))
        }
        for refund in refunds where refund.status == .succeeded {
            if let at = refund.endedAt, at >= begin { found.append((.refunded, refund.id, at)) }
        }
        if state == .infoNeeded { found.append((.infoRequest, "", begin)) }
        return found
    }
}

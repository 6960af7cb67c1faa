import ReturnsDomain

/// What a walk is about. Rows of the table that ask for several rare things at once would otherwise hardly come.
public enum WalkTheme: Sendable, CaseIterable {
    case plain
    /// Part of a parcel is lost, the rest decided in every direction, a refund abandoned, then the loss found.
    case lossy
    /// The same, but the loss is never found.
    case stranded
    /// The first line cost nothing: accepted, and nothing is owed.
    case free
    /// Everything is refused and mostly disposed of.
    case strict
    /// Refunds fail while units are refused and goods are owed.
    case crowded
    case pickup
    /// The goods are refunded, then shipping; that fails, is abandoned, and succeeds late, while goods are owed out.
    case shipping
    /// Part of the goods is conceded as lost while the rest is under way, and its refund succeeds late.
    case conceded
    /// Part of a parcel is missing: the rest is decided while units are still to come.
    case parted

    /// Part of the money is deducted, and owed again when all else is paid and goods wait to go back.
    case deducted

    /// Half of the walks go where the rarest row has been met most often, the others look everywhere.
    static func draw(_ random: inout SeededGenerator, _ rows: WalkRows) -> WalkTheme {
        if random.chance(50), let theme = rows.themeOfRarestRow { return theme }
        return switch Int.random(in: 0..<100, using: &random) {
        case ..<19: .plain
        case ..<22: .deducted
        case ..<37: .lossy
        case ..<46: .stranded
        case ..<51: .free
        case ..<56: .strict
        case ..<72: .crowded
        case ..<81: .shipping
        case ..<84: .conceded
        case ..<96: .parted
        default: .pickup
        }
    }

    /// Steps to try first, in this order; what the case does not allow is passed over.
    var plan: [CommandKind] {
        let review: [CommandKind] = [.verify, .approve, .approve, .tell]
        let deciding: [CommandKind] = [.inspect, .inspect, .tell, .resolve, .resolve]
        switch self {
        case .plain: return []
        case .lossy, .stranded:
            return review + [.ship, .reportException, .receive] + deciding
                + [.resolve, .resolve, .refund, .refund, .recordRefund, .recordRefund, .abandonRefund]
                + (self == .lossy ? [.found] : [])
        case .free:
            return review + [
                .ship, .receive, .receive, .inspect, .inspect, .followUp, .attachDocument, .close, .reopen,
            ]
        case .strict: return review + [.ship, .receive, .receive] + deciding + [.resolve, .followUp]
        case .crowded:
            return review + [.ship, .receive, .receive, .inspect, .inspect, .tell, .resolve]
                + [.refund, .recordRefund]
        case .shipping:
            return review + [.ship, .receive, .inspect, .tell, .resolve]
                + [.refund, .recordRefund, .refund, .recordRefund, .abandonRefund, .recordRefund]
        case .conceded:
            return review + [.ship, .reportException, .tell, .resolve, .deduct, .takeBackDeduction]
                + [.refund, .recordRefund, .abandonRefund, .recordRefund]
        case .parted:
            return review + [.ship, .receive, .inspect, .tell, .resolve, .refund, .recordRefund, .tell]
        case .deducted:
            return review + [.ship, .receive, .receive, .inspect, .inspect, .tell, .resolve, .deduct]
                + [.refund, .recordRefund, .takeBackDeduction]
        case .pickup: return review + [.pauseClock, .resumeClock, .schedulePickup, .pauseClock, .resumeClock]
        }
    }

    /// Steps put off, so that what they would settle stays owed meanwhile.
    var slow: Set<CommandKind> {
        switch self {
        case .lossy, .stranded: [.shipBack, .exchange, .found, .recordRefund]
        case .crowded: [.exchange, .recordRefund]
        case .shipping, .deducted: [.exchange, .shipBack]
        case .parted: [.receive]
        case .plain, .strict, .pickup, .free, .conceded: []
        }
    }

    /// What it does in `debtStates`, rather than bring the case on.
    var debts: Set<CommandKind> {
        switch self {
        case .parted: [.ship, .reportException, .resolve]
        case .deducted: [.takeBackDeduction]
        default: [.exchange, .shipBack, .recordRefund]
        }
    }

    /// Where the walk settles a debt that few cases have there.
    var debtStates: Set<CaseState> {
        switch self {
        case .lossy, .stranded: [.inTransit, .exception]
        case .crowded: [.nonconforming, .shipBack, .refundFailed]
        case .parted: [.nonconforming, .refundFailed, .refunded, .alternative, .qualified]
        case .deducted: [.shipBack, .alternative]
        case .plain, .strict, .pickup, .free, .shipping, .conceded: []
        }
    }

    /// In a hundred lines inspected, how many have refused units.
    var refusedPercent: Int {
        switch self {
        case .plain, .pickup, .conceded: 45
        case .shipping, .parted, .deducted: 66
        case .lossy, .stranded, .crowded: 75
        case .free: 0
        case .strict: 100
        }
    }

    /// What a refused unit may become, some more often.
    var resolutions: [UnitResolution] {
        switch self {
        case .shipping, .deducted: [.exchange, .sendBack]
        case .parted: [.exchange, .dispose, .exchange, .concede]
        case .plain, .lossy, .stranded, .crowded, .pickup, .free, .conceded:
            [.exchange, .concede, .sendBack, .exchange, .dispose]
        case .strict: [.dispose]
        }
    }
}

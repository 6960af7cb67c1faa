/// What the store keeps of a case, of the facts that not every build can: while an older one is at work, a store holds no more
/// than that one reads. A decision rests on nothing that would be gone when the case is read again, so that its deadlines, its
/// reply and its story stay true.
public struct KeptFacts: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// When a pause ends by itself. Without it one lasts until somebody ends it.
    public static let pauseEnds = KeptFacts(rawValue: 1)
    /// When clocks warn and escalate. Without it they do by the wall clock.
    public static let alertTimes = KeptFacts(rawValue: 2)
    /// What the customer has to be told, one by one. Without it a telling is of all that is due.
    public static let notices = KeptFacts(rawValue: 4)
    /// How much money each REFUND clock waits for. Without it one waits for all.
    public static let refundAmounts = KeptFacts(rawValue: 8)

    /// What was deducted from a line's money and conceded for its units. Without it neither can be.
    public static let lineAmounts = KeptFacts(rawValue: 16)

    /// That a refund came back. Without it none can.
    public static let returnedRefunds = KeptFacts(rawValue: 32)

    /// Of which refund a voucher is. Without it vouchers are counted.
    public static let voucherRefunds = KeptFacts(rawValue: 64)

    /// Who prepared a refund, by which method of the list it goes, and its credit note.
    public static let refundDetails = KeptFacts(rawValue: 128)

    /// That an inspection takes the place of others, and what corrections round. Without it none is corrected.
    public static let corrections = KeptFacts(rawValue: 1 << 16)
    /// What was agreed of accepted units. Without it none is exchanged.
    public static let exchanges = KeptFacts(rawValue: 1 << 17)

    public static let all: KeptFacts = [
        .pauseEnds, .alertTimes, .notices, .refundAmounts, .lineAmounts, .returnedRefunds, .voucherRefunds,
        .refundDetails, .corrections, .exchanges,
    ]
}

extension Command {
    /// What the store has to keep for the command to be taken as it is given: nothing given is lost.
    public var needs: KeptFacts { givenFacts.reduce(kind.needs) { $0.union($1.facts) } }

    /// The first field of what is given that a store which keeps no more cannot hold; empty where it is the command itself, nil where
    /// all is kept.
    public func fieldLost(keeping keeps: KeptFacts) -> String? {
        if !keeps.isSuperset(of: kind.needs) { return "" }
        return givenFacts.first { !keeps.isSuperset(of: $0.facts) }?.field
    }

    /// What single fields need, where they are given.
    private var givenFacts: [(field: String, facts: KeptFacts)] {
        switch self {
        case .pauseClock(_, _, let until) where until != nil: [("until_ms", .pauseEnds)]
        // Those that are left out are still to be told, and what was said is a notice's.
        case .tell(let telling):
            (telling.occasions.isEmpty ? [] : [("occasions", .notices)])
                + (telling.text.isEmpty ? [] : [("text", .notices)])
        case .refund(let wish) where wish.method.map({ $0 != .original && $0 != .other }) ?? false:
            [("method", .refundDetails)]
        case .recordRefund(let report) where !report.creditNote.isEmpty: [("credit_note", .refundDetails)]
        case .attachDocument(let document) where !document.refundID.isEmpty:
            [("document.refund_id", .voucherRefunds)]
        default: []
        }
    }
}

extension CommandKind {
    /// What the store has to keep for such a command to be taken at all.
    public var needs: KeptFacts {
        switch self {
        case .correctReceipt, .correctInspection: .corrections
        case .agreeExchange, .cancelExchange: .exchanges
        case .deduct, .takeBackDeduction, .concedeAmount: .lineAmounts
        case .recordReturnedRefund: .returnedRefunds
        case .confirmRefund: .refundDetails
        default: []
        }
    }
}

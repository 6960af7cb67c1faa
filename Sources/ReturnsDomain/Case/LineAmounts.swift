/// A part of a line's money that the customer does not get (N10): a fee, or what the goods lost in worth. It stays with its line,
/// also when it was taken back.
public struct Deduction: Hashable, Sendable {
    public var amountMinor: Int64
    public var code: DeductionCode
    public var by: ActorRecord
    public var at: Instant
    /// When it was taken back, and who did; nil while it stands.
    public var takenBackAt: Instant?
    public var takenBackBy: ActorRecord?
    /// The customer has not heard how it stands now: of it, or of a deduction that they know, that it was taken back.
    public var isUntold: Bool

    public init(
        amountMinor: Int64, code: DeductionCode, by: ActorRecord, at: Instant, takenBackAt: Instant? = nil,
        takenBackBy: ActorRecord? = nil, isUntold: Bool = false
    ) {
        self.amountMinor = amountMinor
        self.code = code
        self.by = by
        self.at = at
        self.takenBackAt = takenBackAt
        self.takenBackBy = takenBackBy
        self.isUntold = isUntold
    }

    public var stands: Bool { takenBackAt == nil }
}

/// Money for refused units that the customer takes back and keeps (N10).
public struct Concession: Hashable, Sendable {
    public var amountMinor: Int64
    public var units: Int64
    /// What the units would have been worth if they had been accepted. The order counts them as refundable, so that no other case
    /// can have this money; what of it was not conceded is nobody's any more.
    public var worthMinor: Int64
    public var by: ActorRecord
    public var at: Instant

    public init(amountMinor: Int64, units: Int64, worthMinor: Int64, by: ActorRecord, at: Instant) {
        self.amountMinor = amountMinor
        self.units = units
        self.worthMinor = worthMinor
        self.by = by
        self.at = at
    }
}

extension CaseLine {
    /// What this case owes for the line: the one place where its parts come together.
    public var owedMinor: Int64 { shareMinor + concededMinor - deductedMinor }

    public var balanceMinor: Int64 { owedMinor - committedMinor }

    public var concededMinor: Int64 { concessions.reduce(0) { $0 + $1.amountMinor } }

    /// What the units would be worth of which an amount was conceded: no other case can have it.
    public var concessionsWorthMinor: Int64 { concessions.reduce(0) { $0 + $1.worthMinor } }

    public var deductedMinor: Int64 { deductions.reduce(0) { $0 + ($1.stands ? $1.amountMinor : 0) } }

    /// The first thing of its deductions and concessions that is out of range; nil when nothing is.
    public var amountsInconsistency: String? {
        guard deductions.count <= CountLimits.lineAmountsMax, concessions.count <= CountLimits.lineAmountsMax
        else { return "a line has too many deductions or concessions" }
        let amounts = 1...Money.amountMinorMax
        guard deductions.allSatisfy({ amounts.contains($0.amountMinor) && $0.at.isRepresentable }),
            deductions.allSatisfy({ ($0.takenBackAt == nil) == ($0.takenBackBy == nil) }),
            concessions.allSatisfy({ amounts.contains($0.worthMinor) && $0.at.isRepresentable }),
            concessions.allSatisfy({ (1...$0.worthMinor).contains($0.amountMinor) }),
            concessions.allSatisfy({ $0.units >= 1 && $0.units <= units.keptRefused })
        else { return "a deduction or a concession is out of range" }
        return concessions.reduce(0) { $0 + $1.units } == units.keptRefused
            ? nil : "the units of a line's concessions do not add up"
    }
}

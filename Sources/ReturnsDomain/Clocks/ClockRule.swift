/// All that tells one kind of clock from the others. `ClockRule+Table.swift` has a row for each.
///
/// A class only so that a look at a row, which every decision takes at all of them, copies none of its lists.
final class ClockRule: Sendable {
    /// Whose work the clock measures (R21).
    let owner: Role
    /// Where a plan gives none.
    let target: ClockTarget
    /// The steps that do the work that the clock measures.
    let steps: [CommandKind]
    let runs: Runs
    /// Of a clock of the customer's own: with the telling of these it starts anew.
    let occasions: [NoticeOccasion]
    /// Not before the customer was told of all `occasions`; otherwise `runs` says by itself what they have to know.
    let waitsForTelling: Bool
    let start: Start
    let atBreach: AtBreach
    let end: End
    /// While the case is in this state, the clock is held.
    let heldIn: CaseState?
    /// Runs only under plans that give it a target: of a kind that came later, so that servers which do not know it meet none
    /// before a plan names it.
    let needsTarget: Bool

    /// When a case that has not come to its end has to have such a clock.
    enum Runs: Sendable {
        case when(@Sendable (Case) -> Bool)
        /// Where no other has to run.
        case whenNothingElse
    }

    enum Start: Sendable {
        /// As soon as it has to run.
        case byNeed
        /// With the act that it belongs to, which starts it.
        case byAct
        /// With its act, which agrees the due time with the customer, too; no policy moves it.
        case byAgreement
    }

    /// What comes of a breach beside its being seen. The customer's own deadlines end something.
    enum AtBreach: Sendable {
        case nothing
        /// The clock ends, in this state.
        case end(in: CaseState)
        /// The case expires, in this state, unless the customer is still to be told: then they cannot be late.
        case expire(in: CaseState)
    }

    /// How a clock ends that was not breached and that nothing calls for any more.
    enum End: Sendable {
        /// By its work's being done.
        case done
        case otherwise(@Sendable (Case) -> ClockEnd)
    }

    init(
        owner: Role, target: ClockTarget, steps: [CommandKind], runs: Runs,
        occasions: [NoticeOccasion] = [], waitsForTelling: Bool = true, start: Start = .byNeed,
        atBreach: AtBreach = .nothing, end: End = .done, heldIn: CaseState? = nil, needsTarget: Bool = false
    ) {
        self.owner = owner
        self.target = target
        self.steps = steps
        self.runs = runs
        self.occasions = occasions
        self.waitsForTelling = waitsForTelling
        self.start = start
        self.atBreach = atBreach
        self.end = end
        self.heldIn = heldIn
        self.needsTarget = needsTarget
    }
}

extension ClockKind {
    /// Whose work the clock measures (R21).
    public var owner: Role { rule.owner }

    /// Whether who may do the work hangs on what the order tells.
    public var dependsOnOrder: Bool {
        PriorActs(refusedGoods: true, changedPayments: true).bars(fromWorkOf: self)
    }
}

/// A set of kinds of clocks, without the hashing of a `Set`.
struct ClockKinds: Hashable, Sendable {
    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }
    func contains(_ kind: ClockKind) -> Bool { bits & (1 << UInt64(kind.rawValue)) != 0 }
    mutating func insert(_ kind: ClockKind) { bits |= 1 << UInt64(kind.rawValue) }
}

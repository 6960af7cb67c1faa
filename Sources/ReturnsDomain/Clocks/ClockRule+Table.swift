extension ClockKind {
    /// The kind's row. A new kind gets its value in clock.proto, and its row and its line here.
    var rule: ClockRule {
        switch self {
        case .review: .review
        case .customerInfo: .customerInfo
        case .appeal: .appeal
        case .customerShip: .customerShip
        case .pickup: .pickup
        case .transit: .transit
        case .inspect: .inspect
        case .notify: .notify
        case .customerChoice: .customerChoice
        case .refund: .refund
        case .returnShip: .returnShip
        case .followUp: .followUp
        }
    }
}

extension ClockRule {
    /// R6: 24 wall-clock hours from receipt.
    fileprivate static let review = ClockRule(
        owner: .service,
        target: ClockTarget(
            .wall(24 * Milliseconds.hour), warnBefore: [4 * Milliseconds.hour], escalations: levels(.service)),
        steps: [.approve, .reject],
        runs: .when { $0.state == .submitted || $0.state == .infoNeeded },
        heldIn: .infoNeeded)

    fileprivate static let customerInfo = ClockRule(
        owner: .channel,
        target: ClockTarget(.wall(7 * Milliseconds.day), warnBefore: [2 * Milliseconds.day]),
        steps: [.provideInfo],
        runs: .when { $0.state == .infoNeeded },
        occasions: [.infoRequest],
        atBreach: .expire(in: .infoNeeded))

    /// It starts with the telling alone: a refused case whose goods wait to go back outlives it.
    fileprivate static let appeal = ClockRule(
        owner: .channel,
        target: ClockTarget(.wall(14 * Milliseconds.day)),
        steps: [.appeal, .acceptAlternative],
        runs: .when { $0.state == .rejected },
        occasions: [.rejection], start: .byAct,
        atBreach: .end(in: .rejected))

    /// Also where something came in a parcel that no shipment told of, and more is to come.
    fileprivate static let customerShip = ClockRule(
        owner: .channel,
        target: ClockTarget(.wall(14 * Milliseconds.day), warnBefore: [3 * Milliseconds.day]),
        steps: [.ship],
        runs: .when { value in
            value.state == .approved || value.state == .pickupScheduled
                || (value.isAwaitingMore && value.shipments.isEmpty)
        },
        occasions: [.approval],
        atBreach: .expire(in: .approved),
        heldIn: .pickupScheduled)

    /// R11: it is due when the window ends.
    fileprivate static let pickup = ClockRule(
        owner: .logistics,
        target: ClockTarget(.wall(0), escalations: levels(.logistics)),
        steps: [.recordPickup],
        runs: .when { $0.state == .pickupScheduled },
        start: .byAgreement,
        end: .otherwise { _ in .superseded })

    fileprivate static let transit = ClockRule(
        owner: .logistics,
        target: ClockTarget(
            .wall(10 * Milliseconds.day), warnBefore: [2 * Milliseconds.day], escalations: levels(.logistics)),
        steps: [.track, .receive],
        runs: .when { $0.state == .inTransit || ($0.isAwaitingMore && !$0.shipments.isEmpty) })

    fileprivate static let inspect = ClockRule(
        owner: .warehouse,
        target: ClockTarget(
            .workingDays(2), warnBefore: [8 * Milliseconds.hour], escalations: workingLevels(.warehouse)),
        steps: [.inspect],
        runs: .when { $0.uninspectedUnits > 0 })

    /// One for the notices of a day. Telling ends it: where nothing calls for it any more, the reason to tell fell away.
    fileprivate static let notify = ClockRule(
        owner: .service,
        target: ClockTarget(
            .workingDays(1), warnBefore: [4 * Milliseconds.hour], escalations: workingLevels(.service)),
        steps: [.tell],
        runs: .when { $0.customerTold.isOpen },
        start: .byAct,
        end: .otherwise { _ in .voided })

    /// Deciding ends it: where nothing calls for it any more, there is nothing left to choose, or first something to be told.
    fileprivate static let customerChoice = ClockRule(
        owner: .channel,
        target: ClockTarget(
            .wall(7 * Milliseconds.day), warnBefore: [Milliseconds.day], escalations: levels(.service)),
        steps: [.resolve],
        runs: .when { $0.hasKnownChoice },
        occasions: [.nonconforming, .exception], waitsForTelling: false,
        end: .otherwise { $0.undecidedUnits + $0.lostUndecidedUnits > 0 ? .superseded : .voided })

    /// R16: three working days after the day of qualification, due at the close of business. One for what came to be owed on
    /// a day (`reconcileRefundClocks`).
    fileprivate static let refund = ClockRule(
        owner: .finance,
        target: ClockTarget(
            .workingDays(3), warnBefore: [8 * Milliseconds.hour], escalations: workingLevels(.finance)),
        steps: [.refund, .confirmRefund, .recordRefund, .abandonRefund],
        runs: .when { $0.money.isOpen },
        start: .byAct)

    fileprivate static let returnShip = ClockRule(
        owner: .warehouse,
        target: ClockTarget(
            .workingDays(3), warnBefore: [8 * Milliseconds.hour], escalations: workingLevels(.warehouse)),
        steps: [.shipBack, .exchange],
        runs: .when { $0.goodsOut.isOpen })

    /// R18. The last obligation is met: what is left is to follow up and close.
    fileprivate static let followUp = ClockRule(
        owner: .service,
        target: ClockTarget(
            .workingDays(7), warnBefore: [9 * Milliseconds.hour], escalations: workingLevels(.service)),
        steps: [.followUp, .close],
        runs: .whenNothingElse,
        end: .otherwise { _ in .superseded })

    /// First those who should have done it, then whoever supervises them, twice.
    private static func levels(_ role: Role) -> [ClockTarget.Escalation] {
        levels(role, [4 * Milliseconds.hour, Milliseconds.day, 3 * Milliseconds.day])
    }

    /// The same in business time, of days of nine hours.
    private static func workingLevels(_ role: Role) -> [ClockTarget.Escalation] {
        levels(role, [4 * Milliseconds.hour, 9 * Milliseconds.hour, 27 * Milliseconds.hour])
    }

    private static func levels(_ role: Role, _ after: [Int64]) -> [ClockTarget.Escalation] {
        zip(after, [role, .supervisor, .supervisor]).map {
            ClockTarget.Escalation(afterMilliseconds: $0, role: $1)
        }
    }
}

extension Case {
    /// What is still to come keeps its clock, however much has arrived: the parcel's, or before one the customer's.
    fileprivate var isAwaitingMore: Bool { state.isAfterArrival && awaitedUnits > 0 }

    /// There are refused or lost units that the customer was told of and nobody has decided over.
    var hasKnownChoice: Bool {
        undecidedUnits > 0 && !isDue([.nonconforming]) || lostUndecidedUnits > 0 && !isDue([.exception])
    }
}

extension SLAPolicy {
    /// What a new store starts with: the procedure's fixed deadlines, and sensible values for those it leaves open.
    public static func standard(version: UInt64 = 1) -> SLAPolicy {
        SLAPolicy(
            version: version,
            plans: [SLAPlan(name: "standard", calendar: .standard, targets: standardTargets)])
    }

    private static let standardTargets = Dictionary(
        uniqueKeysWithValues: ClockKind.allCases.filter { !$0.rule.needsTarget }.map { ($0, $0.rule.target) })
}

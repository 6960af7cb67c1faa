/// How state and clocks follow from what is owed.
extension CaseDraft {
    mutating func settleTracks() {
        switch value.liveRefund?.status {
        case .prepared, .inProgress, .unknown: value.money = .inProgress
        case .failed: value.money = .failed
        case .succeeded, .abandoned, .returned, nil:
            if value.balanceMinor > 0 {
                value.money = .due
            } else {
                value.money = value.refunds.contains { $0.status == .succeeded } ? .done : .none
            }
        }
        if value.hasGoodsToShip {
            value.goodsOut = .due
        } else {
            value.goodsOut = value.outbound.isEmpty ? .none : .done
        }
    }

    /// After arrival the state follows what is owed next: a running refund first, then goods to inspect, units to
    /// resolve, money, goods out. Where nothing is owed the case rests in the state that tells how it ended.
    /// `in_transit` means that nothing has arrived yet; units awaited after that are told by their ledger and clock.
    mutating func settleState() {
        if value.state == .rejected { return closeRejectedIfOver() }
        if let end = value.endToComeBackTo {
            if !value.hasGoodsToShip { comeToTheEnd(end) }
            return
        }
        guard value.state.isAfterArrival else { return }
        if value.money == .inProgress {
            value.state = .refunding
        } else if value.money == .failed {
            value.state = .refundFailed
        } else if value.uninspectedUnits > 0 {
            value.state = .received
        } else if value.undecidedUnits > 0 {
            value.state = .nonconforming
        } else if value.lostUndecidedUnits > 0 {
            value.state = .exception
        } else if value.awaitedUnits > 0 && !value.hasReceivedUnits && !value.shipments.isEmpty {
            value.state = .inTransit
        } else if value.money == .due {
            value.state = .qualified
        } else if value.goodsOut == .due {
            let unshipped = value.outbound.filter { $0.shippedAt == nil }
            value.state = unshipped.contains { $0.kind.isOwnGoods } ? .shipBack : .alternative
        } else if value.money == .done {
            value.state = .refunded
        } else if value.goodsOut == .done {
            value.state = value.outbound.contains { !$0.kind.isOwnGoods } ? .alternative : .shipBack
        } else if value.lines.contains(where: { $0.units.accepted > 0 }) {
            value.state = .qualified
        } else if value.lines.contains(where: { $0.units.refused > 0 }) {
            value.state = .nonconforming
        } else {
            value.state = stateWithoutGoods
        }
    }

    /// Nothing came, also where a receipt was taken back, or a refund of shipping alone was given up: why nothing came.
    private var stateWithoutGoods: CaseState {
        if value.lines.contains(where: { $0.units.kept > 0 }) { return .qualified }
        if case .rejected = value.decisions.last?.outcome { return .alternative }
        return .exception
    }

    /// A rejected case whose appeal window is over closes by itself, once the customer was told, and goods that came to it are out
    /// again.
    private mutating func closeRejectedIfOver() {
        guard !value.canBeAppealed, !value.hasGoodsToShip else { return }
        let before = value.state
        value.stateBefore = before
        value.state = .closed
        voidNotices()
        endClocks(.voided)
        record(.closed, "the appeal window is over", by: .system, stateBefore: before)
    }

    /// Starts the clocks that the state and the tracks call for and ends those whose work is done.
    mutating func reconcileClocks() {
        let required = requiredClocks
        for index in value.clocks.indices where value.clocks[index].isRunning {
            let clock = value.clocks[index]
            guard !required.contains(clock.kind) else { continue }
            value.clocks[index].end(ending(of: clock), at: now)
        }
        for kind in ClockKind.allCases where required.contains(kind) && !value.runs(kind) {
            guard case .byNeed = kind.rule.start, !waitsForTelling(kind) else { continue }
            startClock(kind)
        }
        for index in value.clocks.indices where value.clocks[index].isRunning {
            if value.isHeld(value.clocks[index].kind) {
                pauseByState(index)
            } else {
                resumeByState(index)
            }
        }
    }

    /// How a clock ends that nothing calls for any more. Only work that was done is met; a breach stands.
    private func ending(of clock: Clock) -> ClockEnd {
        guard clock.breachedAt == nil else { return .missed }
        switch clock.kind.rule.end {
        case .done: return clock.completion(at: now)
        case .otherwise(let end): return end(value)
        }
    }

    /// Whether the case, as it is, needs such a clock; of the customer's own, once they are told.
    func isCalledFor(_ kind: ClockKind) -> Bool {
        guard !value.state.isTerminal, !kind.rule.needsTarget || plan.targets[kind] != nil,
            case .when(let isCalledFor) = kind.rule.runs
        else { return false }
        return isCalledFor(value)
    }

    /// The customer cannot be held to what they do not know.
    func waitsForTelling(_ kind: ClockKind) -> Bool {
        kind.rule.waitsForTelling && value.isDue(kind.rule.occasions)
    }

    private var requiredClocks: ClockKinds {
        var required = ClockKinds()
        guard !value.state.isTerminal else { return required }
        for kind in ClockKind.allCases where isCalledFor(kind) { required.insert(kind) }
        guard required.isEmpty else { return required }
        for kind in ClockKind.allCases {
            if case .whenNothingElse = kind.rule.runs { required.insert(kind) }
        }
        return required
    }
}

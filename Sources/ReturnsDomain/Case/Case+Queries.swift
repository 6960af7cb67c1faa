extension Case {
    /// Money owed and neither refunded nor in flight, for goods and for shipping that came back.
    public var balanceMinor: Int64 { goodsBalanceMinor + shippingDueMinor }

    /// The same of the goods alone.
    public var goodsBalanceMinor: Int64 { lines.reduce(0) { $0 + $1.balanceMinor } }

    public var liveRefund: Refund? { refunds.last { $0.isLive } }

    /// Everyone who inspected goods of this case, and whom they acted for: they are among `owedDeciders`.
    public var inspectors: Set<String> {
        inspections.reduce(into: []) { $0.formUnion($1.inspector.persons) }
    }

    /// The state itself holds the clock: the answer, or the pickup's result, lets it go on.
    func isHeld(_ kind: ClockKind) -> Bool { kind.rule.heldIn == state }

    var awaitedUnits: Int64 { lines.reduce(0) { $0 + $1.units.awaited } }
    var uninspectedUnits: Int64 { lines.reduce(0) { $0 + $1.units.uninspected } }
    var undecidedUnits: Int64 { lines.reduce(0) { $0 + $1.units.undecided } }
    var lostUndecidedUnits: Int64 { lines.reduce(0) { $0 + $1.units.lostUndecided } }
    /// Units of its lines have arrived; goods that the form does not name are none.
    var hasReceivedUnits: Bool { lines.contains { $0.units.received > 0 } }

    /// The end that the case came to, and to which it comes again when the goods that came unexpected are out.
    var endToComeBackTo: CaseState? {
        guard !state.isTerminal, let end = stateBefore, end.isTerminal else { return nil }
        return end
    }

    /// Its last decision is an approval, and it has not ended since.
    var isApproved: Bool {
        guard !state.isTerminal, endToComeBackTo == nil, case .approved = decisions.last?.outcome else {
            return false
        }
        return true
    }

    /// The goods of its lines may come. Where nobody has approved of them, and at a case's end, none are expected, whatever the
    /// state that goods which came all the same have made of it.
    var expectsGoods: Bool { state.expectsGoods && isApproved }

    var hasGoodsToShip: Bool { outbound.contains { $0.shippedAt == nil } }

    /// Something was accepted, conceded or granted, so that shipping may be refunded as well.
    var hasRefundableGoods: Bool { lines.contains { $0.units.refundable > 0 } }

    public func runningClock(_ kind: ClockKind) -> Clock? {
        clocks.first { $0.kind == kind && $0.isRunning }
    }

    public func runs(_ kind: ClockKind) -> Bool { clocks.contains { $0.kind == kind && $0.isRunning } }

    public var runningClocks: [Clock] { clocks.filter(\.isRunning) }

    /// When something next happens by itself; nil when no clock will fire.
    public var nextFiringAt: Instant? {
        clocks.compactMap { $0.nextFiring?.at }.min()
    }

    func lineIndex(_ lineID: String) -> Int? {
        lines.firstIndex { $0.lineID == lineID }
    }

    /// What still stands between this case and closing; empty when it can close.
    public func needsToClose(policy: ReturnPolicy) -> [ClosingNeed] {
        if endToComeBackTo != nil { return goodsOut.isOpen ? [.goodsOut] : [] }
        var needs: [ClosingNeed] = []
        if awaitedUnits > 0 { needs.append(.awaitedUnits(awaitedUnits)) }
        if uninspectedUnits > 0 { needs.append(.uninspectedUnits(uninspectedUnits)) }
        if undecidedUnits > 0 { needs.append(.undecidedUnits(undecidedUnits)) }
        if lostUndecidedUnits > 0 { needs.append(.lostUnits(lostUndecidedUnits)) }
        if balanceMinor > 0 { needs.append(.refund(amountMinor: balanceMinor)) }
        switch money {
        case .inProgress: needs.append(.refundResult)
        case .failed: needs.append(.failedRefund)
        case .due, .none, .done: break
        }
        if goodsOut.isOpen { needs.append(.goodsOut) }
        if customerTold.isOpen { needs.append(.customerTold) }
        guard state != .rejected else { return needs }
        if !isFollowUpDone(policy: policy) { needs.append(.followUp) }
        for type in missingDocuments where type != .refundVoucher { needs.append(.document(type)) }
        return needs + refundsWithoutVoucher.map { .document(.refundVoucher, refundID: $0.id) }
    }

    /// A case whose documents are many still takes those that it needs.
    func needsDocument(_ type: DocumentType) -> Bool { missingDocuments.contains(type) }

    /// Those that succeeded, and of which no voucher is there. One that names no refund, of a build that kept none, counts for the
    /// first of them.
    var refundsWithoutVoucher: [Refund] {
        let vouchers = documents.filter { $0.type == .refundVoucher }
        let named = Set(vouchers.map(\.refundID))
        let open = refunds.filter { $0.status == .succeeded && !named.contains($0.id) }
        return Array(open.dropFirst(vouchers.count(where: \.refundID.isEmpty)))
    }

    func isFollowUpDone(policy: ReturnPolicy) -> Bool {
        // What was asked before the case was reopened was asked of what came before.
        let attempts = followUps.filter { $0.at >= reopenedAt ?? $0.at }
        return attempts.contains(where: \.wasReached) || attempts.count >= policy.followUpAttemptsMax
    }

    /// The documents that this case's path requires and that are not there (R19).
    public var missingDocuments: [DocumentType] {
        var required: [DocumentType] = [.application]
        if !shipments.isEmpty { required.append(.waybill) }
        if wasBroughtByHand { required.append(.signedReceipt) }
        if !inspections.isEmpty { required.append(.inspectionReport) }
        var missing = required.filter { type in !documents.contains { $0.type == type } }
        if !refundsWithoutVoucher.isEmpty { missing.append(.refundVoucher) }
        return missing
    }
}

/// What has to hold in a case before anything is decided on it. A stored case that breaks it is damaged: the store says
/// so when it reads the case, so that arithmetic on it can neither overflow nor leave a ledger out of balance.
extension Case {
    /// The first thing that does not add up, in words without personal data; nil when all does.
    public var inconsistency: String? { itemInconsistency ?? sumInconsistency }

    /// The same of each item by itself. Nothing is added up of a case before this was asked: what is out of range would overflow.
    public var itemInconsistency: String? {
        guard (1...Self.versionMax).contains(version),
            (0...Self.timelineEntriesMax).contains(timelineEntries),
            notes.map({ (0...timelineEntries).contains($0) }) ?? true,
            (0...Self.appealsMax).contains(appeals), exchangesAgreed <= timelineEntries,
            (0...Money.amountMinorMax).contains(shippingDueMinor)
        else {
            return "a counter is out of range"
        }
        guard requestedAt.isRepresentable, submittedAt.isRepresentable, updatedAt.isRepresentable else {
            return "a time is out of range"
        }
        if let found = lineInconsistency ?? recordInconsistency { return found }
        for refund in refunds { if let found = refund.inconsistency { return found } }
        for clock in clocks { if let found = clock.inconsistency(at: updatedAt) { return found } }
        return nil
    }

    /// The same of what items come to together.
    public var sumInconsistency: String? {
        let running = clocks.indices.count { clocks[$0].isRunning }
        guard state.isTerminal == (running == 0) else { return "\(running) clocks run in state \(state)" }
        guard !state.isTerminal || stateBefore.map({ !$0.isTerminal }) ?? false else {
            return "state \(state) without the state before it"
        }
        // R16 by amount: the REFUND clocks wait for all the money that is owed and not paid, and for no other.
        let waited = clocks.reduce(0) { $0 &+ ($1.isRunning ? $1.amountMinor : 0) }
        guard state.isTerminal || waited == unpaidMinor else { return "the refund clocks do not add up" }
        return refundInconsistency
    }

    /// More than any case can come to.
    static let versionMax: UInt64 = 1 << 50
    private static let timelineEntriesMax = 1 << 30
    private static let appealsMax = 1_000
    private static let linesSearchedMax = 8

    private var lineInconsistency: String? {
        guard (1...CountLimits.caseLinesMax).contains(lines.count) else { return "\(lines.count) lines" }
        guard lines.areDistinct(by: \.lineID) else { return "a line stands twice" }
        for line in lines { if let found = line.inconsistency { return found } }
        return nil
    }

    private var recordInconsistency: String? {
        guard shipments.count <= CountLimits.caseShipmentsMax else { return "\(shipments.count) shipments" }
        guard
            outbound.allSatisfy({
                (0...CountLimits.unitsMax).contains($0.units) && $0.exchange.map(\.isInRange) ?? true
            })
        else {
            return "outbound units are out of range"
        }
        guard pickups.allSatisfy({ $0.windowFrom.isRepresentable && $0.windowUntil.isRepresentable }) else {
            return "a pickup's window is out of range"
        }
        guard owedDeciders.isSuperset(of: inspectors), owedDeciders.count <= 2 * timelineEntries else {
            return "those who decided what is owed do not fit"
        }
        guard notices.count(where: { $0.state != .due }) <= CountLimits.caseEndedNoticesMax,
            notices.allSatisfy({ ($0.state == .due) == ($0.endedAt == nil) && $0.since.isRepresentable })
        else { return "the notices do not add up" }
        guard assignments.areDistinct(by: \.role) else {
            return "a department is assigned twice"
        }
        return nil
    }

    /// What the refunds that were not given up have taken is what the lines have committed.
    private var refundInconsistency: String? {
        guard !refunds.isEmpty else {
            return lines.allSatisfy { $0.committedMinor == 0 } ? nil : "money is committed without a refund"
        }
        guard refunds.count(where: \.isLive) <= 1 else { return "two refunds are open" }
        var committed: [String: Int64] = [:]
        for refund in refunds {
            // One that was given up can still succeed, and one that succeeded can come back: each names lines that are there.
            for share in refund.lines where lineIndex(share.reference) == nil {
                return "a refund names a line that the case does not have"
            }
            guard refund.holdsMoney else { continue }
            for share in refund.lines { committed[share.reference, default: 0] += share.amountMinor }
            // What went out beyond what was owed is committed by no line.
            for share in refund.overpaidLines { committed[share.reference, default: 0] -= share.amountMinor }
        }
        for line in lines where committed.removeValue(forKey: line.lineID) ?? 0 != line.committedMinor {
            return "refunds and committed money of a line differ"
        }
        return committed.isEmpty ? nil : "a refund names a line that the case does not have"
    }

    /// The same of the case and its order, read as they were together.
    public func inconsistency(with order: Order) -> String? {
        guard order.key == self.order else { return "the order is another one" }
        // Of a few lines each is looked for; of many that would take their square.
        let byID =
            lines.count <= Self.linesSearchedMax
            ? [:]
            : Dictionary(
                order.lines.enumerated().map { ($1.lineID, $0) }, uniquingKeysWith: { first, _ in first })
        for line in lines {
            guard let index = byID.isEmpty ? order.lineIndex(line.lineID) : byID[line.lineID] else {
                return "the order has lost a line"
            }
            if let found = line.inconsistency(with: order.lines[index]) { return found }
        }
        guard shippingDueMinor <= order.shippingDueMinor else {
            return "the shipping that is due is not kept on the order"
        }
        for refund in refunds {
            for share in refund.payments {
                guard let payment = order.payments.first(where: { $0.reference == share.reference }) else {
                    return "a refund names a payment that the order does not have"
                }
                guard !refund.holdsMoney || payment.sentMinor >= share.amountMinor else {
                    return "a refund's payment is not committed"
                }
            }
        }
        guard let refund = liveRefund else { return nil }
        guard order.shippingCommittedMinor >= refund.shippingMinor else {
            return "the open refund's shipping is not committed"
        }
        guard !refund.payments.isEmpty || order.otherMethodCommittedMinor >= refund.amountMinor else {
            return "the open refund is not committed"
        }
        return nil
    }
}

extension CaseLine {
    fileprivate var inconsistency: String? {
        guard units.isInRange, units.isBalanced else { return "a unit ledger is out of balance" }
        guard (0...CountLimits.unitsMax).contains(releasedAwaited),
            (0...CountLimits.unitsMax).contains(releasedSentBack),
            releasedAwaited + releasedSentBack <= units.released
        else { return "more units were released at the end than at all" }
        if let found = amountsInconsistency { return found }
        let amounts = 0...Money.amountMinorMax
        guard amounts.contains(shareMinor), amounts.contains(owedMinor),
            (0...owedMinor).contains(committedMinor)
        else { return "a money ledger is out of balance" }
        return nil
    }

    /// What the case holds of an order line is part of what all cases hold of it, in units and in money.
    fileprivate func inconsistency(with line: OrderLine) -> String? {
        let held = units.requested - units.released
        guard held <= line.reservedUnits else { return "the order does not hold a line's units" }
        let othersHeld = line.reservedUnits - held
        guard (0...othersHeld).contains(line.refundableUnits - units.refundable) else {
            return "the order's refundable units do not fit"
        }
        // What was deducted or not conceded stays with the order line, and no other case can have it.
        let heldMinor = shareMinor + concessionsWorthMinor
        guard committedMinor <= line.committedMinor,
            line.committedMinor - committedMinor + heldMinor <= line.worthMinor + line.roundingMinor
        else { return "the order's money does not fit" }
        return nil
    }
}

extension UnitLedger {
    /// Units whose worth the case has: it is owed in full, or where they are kept for an amount, in part.
    var refundable: Int64 { sharing + keptRefused }

    /// Units that are owed in full.
    var sharing: Int64 { accepted - acceptedExchanged + conceded + lostConceded + kept }

    /// No count is so large that sums could overflow.
    public var isInRange: Bool {
        let here: Int64 =
            requested | awaited | uninspected | accepted | acceptedExchanged | undecided | conceded
        let gone: Int64 =
            sentBack | exchanged | disposed | keptRefused | lost | lostConceded | kept | released
        return (0..<Self.countEnd).contains(here | gone)
    }

    /// The first power of two beyond every count of units, so that the counts' bits together tell.
    private static let countEnd: Int64 = 1 << 24
}

extension Refund {
    /// The first thing that does not add up; nil when all does.
    public var inconsistency: String? {
        let amounts = 0...Money.amountMinorMax
        guard lines.allSatisfy({ amounts.contains($0.amountMinor) }),
            payments.allSatisfy({ amounts.contains($0.amountMinor) }), amounts.contains(shippingMinor),
            (1..<UInt32.max).contains(attempts)
        else {
            return "a refund's amount is out of range"
        }
        guard (status == .returned) == (returnedAt != nil), returnedAt?.isRepresentable ?? true else {
            return "a refund has half come back"
        }
        guard status != .prepared || (preparedBy != nil && confirmedBy == nil) else {
            return "a refund is prepared by nobody"
        }
        guard lines.areDistinct(by: \.reference), payments.areDistinct(by: \.reference) else {
            return "a refund names a line or a payment twice"
        }
        guard overpaidLines.isEmpty && overpaidShippingMinor == 0 || status == .succeeded,
            (0...shippingMinor).contains(overpaidShippingMinor),
            (0...shippingMinor).contains(shippingRepaidMinor),
            overpaidLines.areDistinct(by: \.reference),
            overpaidLines.allSatisfy({ over in
                lines.contains {
                    $0.reference == over.reference && (0...$0.amountMinor).contains(over.amountMinor)
                }
            })
        else { return "a refund's overpayment is more than it" }
        guard payments.isEmpty || payments.reduce(0, { $0 + $1.amountMinor }) == amountMinor else {
            return "a refund's payments do not add up to it"
        }
        return nil
    }
}

extension Clock {
    /// An INSPECT clock can wait for units of every line.
    private static let unitsMax = Int64(CountLimits.caseLinesMax) * CountLimits.unitsMax
    /// A REFUND clock can wait for the money of every line, and of a refund's shipping.
    private static let amountMinorMax = Int64(CountLimits.caseLinesMax + 1) * Money.amountMinorMax

    /// - Parameter now: When its case changed last.
    fileprivate func inconsistency(at now: Instant) -> String? {
        guard ordinal > 0, (0...Self.unitsMax).contains(units),
            (0...Self.amountMinorMax).contains(amountMinor), (0...Self.amountMinorMax).contains(paidMinor)
        else {
            return "a clock's counter is out of range"
        }
        guard (end == nil) == (endedAt == nil) else { return "a clock has half ended" }
        guard isPausedInOrder(until: now) else { return "a clock's pauses do not follow each other" }
        guard startedAt.isRepresentable, rawDueAt.isRepresentable, dueAt.isRepresentable,
            warnedAt.allSatisfy(\.isRepresentable), escalatedAt.allSatisfy(\.isRepresentable),
            breachedAt?.isRepresentable ?? true, endedAt?.isRepresentable ?? true,
            extensions.allSatisfy(\.at.isRepresentable), warnAt.allSatisfy(\.isRepresentable),
            escalateAt.allSatisfy(\.isRepresentable),
            pauses.allSatisfy({ $0.endsAt?.isRepresentable ?? true })
        else { return "a clock's time is out of range" }
        let lengths = 0...ClockTarget.longestMilliseconds
        guard lengths.contains(length.magnitude), warnBeforeMilliseconds.allSatisfy(lengths.contains),
            escalateAfterMilliseconds.allSatisfy(lengths.contains),
            extensions.allSatisfy({ lengths.contains($0.byMilliseconds) })
        else { return "a clock's length is out of range" }
        return nil
    }

    /// Each pause ends before the next begins, none in the future, and only the last may last; that of a clock that has ended
    /// has ended.
    private func isPausedInOrder(until now: Instant) -> Bool {
        var last = Instant.range.lowerBound
        for (index, pause) in pauses.enumerated() {
            guard (last...max(last, now)).contains(pause.from) else { return false }
            guard let until = pause.until else { return index == pauses.count - 1 && isRunning }
            guard until >= pause.from, until <= now else { return false }
            last = until
        }
        return true
    }
}

extension Collection {
    /// Whether no two elements have the same key.
    func areDistinct<Key: Hashable>(by key: (Element) -> Key) -> Bool {
        guard count > Self.comparedInPairsMax else {
            var rest = self[...]
            while let element = rest.popFirst() {
                if rest.contains(where: { key($0) == key(element) }) { return false }
            }
            return true
        }
        var seen: Set<Key> = []
        return allSatisfy { seen.insert(key($0)).inserted }
    }

    /// Of a few elements each pair is compared, which costs less than a set; of many that would take their square.
    private static var comparedInPairsMax: Int { 8 }
}

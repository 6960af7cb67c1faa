/// The service desk's steps after arrival (R7, R8, R15, R17, R18), and the ends of a case.
extension CaseDraft {
    mutating func tell(channel: String, reference: String) throws(CaseRejection) {
        try Require.identifier(channel, "channel")
        try Require.text(reference, "reference", max: TextLimits.referenceBytesMax, optional: true)
        guard value.customerTold.isOpen else {
            throw refusal("NOTHING_TO_TELL", "the customer knows all that is due to be told")
        }
        value.customerTold = .done
        completeClocks(.notify)
        restartUntoldClocks()
        record(
            .customerTold, "by \(channel)\(reference.isEmpty ? "" : ", \(reference)")",
            .customerTold(channel: channel))
    }

    mutating func resolve(_ lines: [LineResolution], reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard !value.customerTold.isOpen else {
            throw refusal(
                "TELL_FIRST", "the customer has to be told before units are resolved; record that first")
        }
        try Require.count(lines.count, "lines", 1...CountLimits.caseLinesMax)
        let concedes = lines.contains { $0.resolution == .concede }
        let resolver =
            concedes
            ? try acting(
                as: [.supervisor], "a concession is a supervisor's to make", code: "SUPERVISOR_REQUIRED") : by
        let balanceBefore = value.balanceMinor
        var units: Int64 = 0
        for (position, line) in lines.enumerated() {
            let index = try caseLine(
                LineUnits(lineID: line.lineID, units: line.units), field: "lines[\(position)]")
            try resolve(line, index: index, field: "lines[\(position)]")
            units += line.units
        }
        if value.balanceMinor > balanceBefore { startClock(.refund) }
        if value.lostUndecidedUnits == 0 { value.exception = nil }
        if value.undecidedUnits + value.lostUndecidedUnits == 0 { completeClocks(.customerChoice) }
        voidArrivalClocksIfNothingIsAwaited()
        let kinds = UnitResolution.allCases.filter { kind in lines.contains { $0.resolution == kind } }.map(
            \.description)
        record(
            .resolved, "\(units) units: \(kinds.joined(separator: ", "))", .units(units),
            personalText: reason, by: resolver)
    }

    private mutating func resolve(_ line: LineResolution, index: Int, field: String) throws(CaseRejection) {
        let units = value.lines[index].units
        // A line can have refused and lost units: the refused ones are decided first.
        let isLost = line.resolution == .release || units.undecided == 0
        let open =
            line.resolution == .release
            ? units.lostUndecided + units.awaited : isLost ? units.lostUndecided : units.undecided
        guard line.units <= open else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                line.resolution == .release
                    ? "\(open) units of line \(line.lineID) are lost or still to come"
                    : "\(open) \(isLost ? "lost" : "refused") units of line \(line.lineID) are undecided",
                field: "\(field).units")
        }
        switch line.resolution {
        case .concede:
            if isLost {
                value.lines[index].units.lostConceded += line.units
            } else {
                value.lines[index].units.undecided -= line.units
                value.lines[index].units.conceded += line.units
            }
            makeRefundable(line.units, line: index)
        case .release:
            let lost = min(line.units, units.lostUndecided)
            value.lines[index].units.lost -= lost
            value.lines[index].units.awaited -= line.units - lost
            release(line.units, line: index)
        case .sendBack, .exchange, .dispose:
            guard !isLost else {
                throw refusal(
                    "NOTHING_THERE", "lost units can be conceded or released, not \(line.resolution)",
                    field: "\(field).resolution")
            }
            value.lines[index].units.undecided -= line.units
            switch line.resolution {
            case .sendBack: try sendBack(line.units, line: index)
            case .exchange:
                try requireRoomForOutbound()
                value.lines[index].units.exchanged += line.units
                value.outbound.append(
                    Outbound(
                        kind: .exchange, lineID: line.lineID, sku: value.lines[index].sku, units: line.units))
            default: value.lines[index].units.disposed += line.units
            }
        }
    }

    mutating func grantReturnless(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard policy.isReturnlessAllowed else {
            throw refusal("RETURNLESS_OFF", "policy \(policy.version) allows no refund without the goods")
        }
        for index in value.lines.indices {
            let units = value.lines[index].units.awaited
            value.lines[index].units.awaited = 0
            value.lines[index].units.kept += units
            makeRefundable(units, line: index)
        }
        value.state = .qualified
        endClocks(.voided, of: .customerShip)
        record(.returnlessGranted, "refunded without the goods", personalText: reason)
    }

    /// Goods that are owed go out: the customer's own, or goods of ours.
    mutating func shipOut(ownGoods: Bool, carrier: String, trackingNumber: String) throws(CaseRejection) {
        try Require.text(carrier, "carrier", max: TextLimits.identifierBytesMax)
        try Require.identifier(trackingNumber, "tracking_no")
        var units: Int64 = 0
        for index in value.outbound.indices
        where value.outbound[index].shippedAt == nil && value.outbound[index].kind.isOwnGoods == ownGoods {
            value.outbound[index].carrier = carrier
            value.outbound[index].trackingNumber = trackingNumber
            value.outbound[index].shippedAt = now
            units += value.outbound[index].units
        }
        guard units > 0 else {
            throw refusal(
                "NOTHING_TO_SHIP",
                ownGoods
                    ? "no goods wait to go back; exchanges and alternatives go out with exchange"
                    : "no goods of ours wait to go out; the customer's goods go back with ship-back")
        }
        record(
            ownGoods ? .shippedBack : .exchanged, "\(units) units, \(carrier) \(trackingNumber)",
            .shipment(carrier: carrier, trackingNumber: trackingNumber))
        requestNotification(ownGoods ? "shipped_back" : "exchanged")
    }

    mutating func followUp(wasReached: Bool, score: UInt8, comments: String) throws(CaseRejection) {
        try Require.text(comments, "comments", max: TextLimits.longTextBytesMax, optional: true)
        guard score <= 5, wasReached || score == 0 else {
            throw .invalid("OUT_OF_RANGE", "score", "give 1 to 5 from a customer who was reached, else 0")
        }
        guard value.runningClock(.followUp) != nil else {
            throw refusal(
                "FOLLOW_UP_NOT_DUE", "something is still owed on this case; follow up when it is done")
        }
        try requireRoom(value.followUps.count, "follow-ups")
        value.followUps.append(
            FollowUp(at: now, by: by, wasReached: wasReached, score: score, comments: comments))
        record(
            .followedUp,
            wasReached
                ? (score == 0 ? "reached" : "reached, score \(score)")
                : "not reached, attempt \(value.followUps.count)",
            .followUp(wasReached: wasReached, score: score == 0 ? nil : score), personalText: comments)
    }

    mutating func close() throws(CaseRejection) {
        let needs = value.closingNeeds(policy: policy)
        guard needs.isEmpty else {
            throw refusal("NOT_COMPLETE", "before closing: \(needs.joined(separator: "; "))")
        }
        value.stateBefore = value.state
        if value.state != .rejected { releaseForEnd() }
        completeClocks(.followUp)
        endClocks(.voided)
        value.state = .closed
        record(.closed)
    }

    mutating func cancel(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        releaseForEnd()
        value.stateBefore = value.state
        value.customerTold = .none
        value.state = .cancelled
        endClocks(.voided)
        record(.cancelled, "nothing was shipped", personalText: reason)
    }

    /// Takes a closed or expired case back to the state it left, with exactly the units that its end released.
    mutating func reopen(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try requireRoomForClocks()
        guard let before = value.stateBefore else {
            preconditionFailure("a terminal case without the state it left: \(value.id)")
        }
        for index in value.lines.indices {
            let line = value.lines[index]
            let units = line.releasedAwaited + line.releasedSentBack
            let orderIndex = orderLineIndex(line.lineID)
            guard order.lines[orderIndex].availableUnits >= units else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "another case took units of line \(line.lineID) meanwhile; \(order.lines[orderIndex].availableUnits) are left"
                )
            }
            reserve(units, orderLine: orderIndex)
            value.lines[index].units.released -= units
            value.lines[index].units.awaited += line.releasedAwaited
            value.lines[index].units.sentBack += line.releasedSentBack
            value.lines[index].releasedAwaited = 0
            value.lines[index].releasedSentBack = 0
        }
        value.stateBefore = nil
        value.state = before
        if before == .rejected { startClock(.appeal) }
        record(.reopened, "to \(before)", personalText: reason)
    }

    mutating func note(_ text: String) throws(CaseRejection) {
        try Require.text(text, "text", max: TextLimits.longTextBytesMax)
        record(.noted, personalText: text)
    }
}

import ReturnsDomain

/// Random contents of what is done with goods.
extension WalkGenerator {
    mutating func exception(_ value: Case) -> Move {
        var lines: [LineUnits] = []
        let isPart = isLossy || theme == .conceded
        if random.chance(isPart ? 95 : 60), let line = value.lines.first(where: { $0.units.awaited > 0 }) {
            lines = [
                LineUnits(lineID: line.lineID, units: isPart ? 1 : random.units(upTo: line.units.awaited))
            ]
        }
        let kind = random.chance(70) ? ExceptionKind.lost : .refused
        return Move(.reportException(kind: kind, reason: "not at the hub", lines: lines), Cast.leo)
    }

    mutating func receipt(_ value: Case, order: Order) -> Move {
        if Self.expectsNoGoods(value.state), random.chance(95) { return strayParcel(value, order: order) }
        let isBefore = [.approved, .pickupScheduled, .inTransit].contains(value.state)
        if isBefore, !isPlanning, random.chance(25) {
            let goods = Receipt.Undeclared(sku: "HAT", units: random.units(upTo: 3))
            return Move(.receive(Receipt(lines: [], undeclared: [goods], isByHand: true)), Cast.wang)
        }
        var lines: [LineUnits] = []
        for line in value.lines {
            let lost = isLossy && (isPlanning || random.chance(80)) ? 0 : line.units.lostUndecided
            // Now and then what was paid for as lost turns up, or what the customer was to keep.
            let paid = random.chance(15) ? line.units.lostConceded + line.units.kept : 0
            let open = line.units.awaited + lost + paid
            guard open > 0, isPlanning || random.chance(80) else { continue }
            let all = isPlanning || random.chance(60)
            // One unit of the line stays out, for the plan goes on without it.
            if theme == .parted, isPlanning, open > 1 {
                lines.append(LineUnits(lineID: line.lineID, units: open - 1))
                continue
            }
            lines.append(
                LineUnits(
                    lineID: line.lineID,
                    units: all ? open : random.units(upTo: open + (random.chance(4) ? 1 : 0))))
        }
        var undeclared: [Receipt.Undeclared] = []
        if lines.isEmpty || random.chance(12) {
            let line = random.pick(order.lines)
            let isAdded = random.chance(50)
            undeclared = [
                Receipt.Undeclared(sku: line.sku, units: 1, addAsLineID: isAdded ? line.lineID : "")
            ]
        }
        let receipt = Receipt(
            lines: lines, undeclared: undeclared,
            isByHand: value.shipments.isEmpty ? random.chance(95) : random.chance(10),
            enclosures: random.chance(50) ? ["invoice"] : [], document: Fixture.document(.other))
        return Move(.receive(receipt), Cast.wang)
    }

    static func expectsNoGoods(_ state: CaseState) -> Bool {
        switch state {
        case .submitted, .infoNeeded, .rejected, .closed, .cancelled, .expired: true
        case .approved, .pickupScheduled, .inTransit, .exception, .received, .qualified, .nonconforming,
            .refunding, .refundFailed, .refunded, .shipBack, .alternative:
            false
        }
    }

    /// Goods that come to a case which expects none: mostly those of its form; or what was paid for as lost.
    mutating func strayParcel(_ value: Case, order: Order) -> Move {
        let paid = value.lines.map {
            LineUnits(lineID: $0.lineID, units: $0.units.lostConceded + $0.units.kept)
        }.filter { $0.units > 0 }
        if !paid.isEmpty, random.chance(70) { return Move(.receive(Receipt(lines: paid)), Cast.wang) }
        let line = random.chance(60) ? random.pick(value.lines).sku : random.pick(order.lines).sku
        let goods = Receipt.Undeclared(
            sku: random.chance(80) ? line : "HAT", units: random.units(upTo: 3),
            addAsLineID: random.chance(4) ? random.pick(order.lines).lineID : "")
        return Move(.receive(Receipt(lines: [], undeclared: [goods])), Cast.wang)
    }

    mutating func inspection(_ value: Case) -> Move {
        var lines: [LineInspection] = []
        for line in value.lines where line.units.uninspected > 0 && (isPlanning || random.chance(80)) {
            let units =
                isPlanning || random.chance(60)
                ? line.units.uninspected : random.units(upTo: line.units.uninspected)
            var refused =
                random.chance(theme.refusedPercent)
                ? (theme == .strict ? units : Int64.random(in: 0...units, using: &random)) : 0
            if theme == .shipping, isPlanning { refused = min(refused, 1, units - 1) }
            // All of a line or none: the case comes to rest in more than one state.
            if theme == .parted, refused > 0, random.chance(60) { refused = units }
            lines.append(
                LineInspection(
                    lineID: line.lineID, isAppearanceOK: refused == 0, isQuantityOK: true,
                    isPackagingOK: true,
                    isUnusedOK: true, acceptedUnits: units - refused, refusedUnits: refused))
        }
        // Now and then somebody who also pays, or says where the money goes.
        let inspector =
            random.chance(95)
            ? Cast.wang : Actor(name: random.pick([Cast.fei, Cast.sue]).name, roles: [.warehouse])
        return Move(
            .inspect(lines: lines, report: random.chance(80) ? Fixture.document(.inspectionReport) : nil),
            inspector)
    }

    /// Some accepted units for goods that cost as much, more or less; now and then settled as it cannot be.
    mutating func agreement(_ value: Case) -> Move {
        let lines = value.lines.filter { $0.units.accepted > $0.units.acceptedExchanged }
        let line = lines.isEmpty ? value.lines[0] : random.pick(lines)
        let most = max(1, line.units.accepted - line.units.acceptedExchanged)
        var agreement = ExchangeAgreement(
            lineID: line.lineID,
            units: random.chance(60) ? 1 : random.units(upTo: most + (random.chance(4) ? 1 : 0)))
        guard random.chance(60) else { return Move(.agreeExchange(agreement), Cast.sara) }
        agreement.sku = "MUG-L"
        // Seldom more than the units can be worth.
        let least: Int64 = random.chance(5) ? -20_000 : -300
        agreement.differenceMinor = Int64.random(in: least...300, using: &random)
        let isMore = agreement.differenceMinor > 0
        let fitting: [ExchangeSettlement] = [isMore ? .paidByCustomer : .paidBack, .waived]
        agreement.settlement = random.pick(random.chance(95) ? fitting : [.paidBack, .paidByCustomer])
        let isWaived = isMore && agreement.settlement == .waived
        return Move(.agreeExchange(agreement), isWaived && random.chance(90) ? Cast.sue : Cast.sara)
    }

    /// Some of what can be taken back, now and then a unit too many.
    mutating func receiptCorrection(_ value: Case) -> Move {
        let move = random.pick(WellFormed.moves(.correctReceipt, value, now: value.updatedAt))
        guard case .correctReceipt(var correction) = move.command, random.chance(60) else { return move }
        for index in correction.lines.indices {
            let line = value.lines.first { $0.lineID == correction.lines[index].lineID }!
            let most = line.units.received - correction.lines[index].units
            let missing = random.units(upTo: max(1, most)) + (random.chance(5) ? 1 : 0)
            correction.lines[index].units = line.units.received - missing
        }
        return Move(.correctReceipt(correction), random.chance(70) ? Cast.wang : Cast.sue)
    }

    /// Other counts of one line, often one that is decided or paid for already.
    mutating func inspectionCorrection(_ value: Case, order: Order) -> Move {
        let supervisor = owedDecider(order)
        guard random.chance(75), let lineID = value.inspections.randomElement(using: &random)?.lineID else {
            let move = random.pick(WellFormed.moves(.correctInspection, value, now: value.updatedAt))
            return Move(move.command, random.chance(70) ? Cast.wang : supervisor)
        }
        let found = WellFormed.found(lineID, in: value)
        let total = found.accepted + found.refused
        let inspected = random.chance(70) ? total : Int64.random(in: 0...total, using: &random)
        let refused = Int64.random(in: 0...inspected, using: &random)
        let line = LineInspection(
            lineID: lineID, isAppearanceOK: refused == 0, isQuantityOK: true, isPackagingOK: true,
            isUnusedOK: true, acceptedUnits: inspected - refused, refusedUnits: refused,
            note: random.chance(60) ? "seen again" : "")
        let corrector = random.chance(80) ? Cast.wang : supervisor
        return Move(.correctInspection(lines: [line], report: nil, reason: "mixed up"), corrector)
    }

    mutating func resolution(_ value: Case, order: Order) -> Move {
        let open = value.lines.filter { $0.units.undecided + $0.units.lostUndecided > 0 }
        if open.isEmpty || random.chance(theme == .parted && !isPlanning ? 60 : 5),
            let line = value.lines.first(where: { $0.units.awaited > 0 })
        {
            let units = random.units(upTo: line.units.awaited + line.units.lostUndecided)
            return Move(
                .resolve(
                    lines: [LineResolution(lineID: line.lineID, resolution: .release, units: units)],
                    reason: "does not come"), Cast.sara)
        }
        let refused = open.filter { $0.units.undecided > 0 }
        let line =
            open.isEmpty ? value.lines[0] : random.pick(isPlanning && !refused.isEmpty ? refused : open)
        let isLost = line.units.undecided == 0
        if isLossy, isLost, random.chance(70) { return Move(.found(note: ""), Cast.leo) }
        let kinds: [UnitResolution] =
            isLost
            ? (theme == .conceded && isPlanning ? [.concede] : [.concede, .release]) : theme.resolutions
        let resolution = random.chance(95) ? random.pick(kinds) : random.pick(UnitResolution.allCases)
        let most = max(1, isLost ? line.units.lostUndecided : line.units.undecided)
        let units =
            isPlanning || random.chance(40) ? most : random.units(upTo: most + (random.chance(4) ? 1 : 0))
        return Move(
            .resolve(
                lines: [LineResolution(lineID: line.lineID, resolution: resolution, units: units)],
                reason: "agreed"),
            resolution == .concede && random.chance(95) ? owedDecider(order) : Cast.sara)
    }
}

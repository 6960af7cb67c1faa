import ReturnsDomain

/// Goods that come, receipts and inspections that are corrected, a second time.
extension WalkLedger {
    mutating func receive(_ receipt: Receipt, _ account: inout Account) {
        // Of a case that nobody approved, or that is over, only what was paid for as lost or kept is taken in.
        if !account.expectsGoods {
            let paid = receipt.lines.allSatisfy { line in
                account.lines[line.lineID].map { line.units <= $0.lostConceded + $0.kept } ?? false
            }
            if !paid || receipt.undeclared.contains(where: { !$0.addAsLineID.isEmpty }) {
                problems.append("goods are taken in that nobody approved")
            }
        }
        var arrivals = receipt.lines.map { ($0.lineID, $0.units) }
        for goods in receipt.undeclared where goods.addAsLineID.isEmpty {
            account.waiting[goods.sku, default: 0] += goods.units
        }
        for goods in receipt.undeclared where !goods.addAsLineID.isEmpty {
            if account.lines[goods.addAsLineID] == nil {
                account.lines[goods.addAsLineID] = Line(isAdded: true)
            }
            account.lines[goods.addAsLineID, default: Line()].requested += goods.units
            account.lines[goods.addAsLineID]!.awaited += goods.units
            arrivals.append((goods.addAsLineID, goods.units))
        }
        for (id, units) in arrivals {
            // One by one: a unit that was awaited, else one thought lost, else one that was paid for without coming.
            for _ in 0..<units {
                if account.lines[id]!.awaited > 0 {
                    account.lines[id]!.awaited -= 1
                } else if account.lines[id]!.lostOpen > 0 {
                    account.lines[id]!.lostOpen -= 1
                } else if account.lines[id]!.lostConceded > 0 {
                    account.lines[id]!.lostConceded -= 1
                    account.lines[id]!.conceded += 1
                    continue
                } else {
                    account.lines[id]!.kept -= 1
                    account.lines[id]!.conceded += 1
                    continue
                }
                if account.isWithdrawn {
                    account.lines[id]!.sentBack += 1
                } else {
                    account.lines[id]!.uninspected += 1
                }
            }
        }
    }

    /// What did not come is awaited again, or, where nobody had announced it, not the case's any more.
    mutating func correct(_ correction: ReceiptCorrection, _ account: inout Account) {
        for goods in correction.undeclared {
            let before = account.waiting[goods.sku] ?? 0
            if before <= goods.units { problems.append("\(before) units of \(goods.sku) were taken back") }
            account.waiting[goods.sku] = goods.units > 0 ? goods.units : nil
        }
        for line in correction.lines {
            var kept = account.lines[line.lineID]!
            let missing = kept.received - line.units
            if missing <= 0 { problems.append("\(missing) units of line \(line.lineID) were taken back") }
            let uninspected = min(missing, kept.uninspected)
            kept.uninspected -= uninspected
            kept.sentBack -= missing - uninspected
            if missing > uninspected, !account.isWithdrawn {
                problems.append("inspected units of line \(line.lineID) were taken back")
            }
            if kept.isAdded { kept.released += missing } else { kept.awaited += missing }
            account.lines[line.lineID] = kept
        }
    }

    mutating func correct(_ line: LineInspection, _ account: inout Account) {
        let id = line.lineID
        let accepted = line.acceptedUnits - account.lines[id]!.foundAccepted
        let refused = line.refusedUnits - account.lines[id]!.foundRefused
        if accepted + refused > 0 { problems.append("a correction of line \(id) inspects") }
        account.lines[id]!.uninspected -= accepted + refused
        account.lines[id]!.undecided += refused
        account.lines[id]!.foundAccepted = line.acceptedUnits
        account.lines[id]!.foundRefused = line.refusedUnits
        account.lines[id]!.refusedByCorrection = refused
        if accepted >= 0 {
            refundable(accepted, id, &account) { $0.accepted += $1 }
        } else {
            unrefundable(-accepted, id, &account) { $0.accepted -= $1 }
        }
    }
}

import ReturnsDomain

extension WalkLedger {
    /// A new refund is checked against the ledger as it stands, then committed; a retry changes nothing.
    mutating func refund(_ wish: RefundOrder, _ account: inout Account, after: Case) {
        if let failed = account.refunds.values.first(where: { $0.status == .failed }) {
            account.refunds[failed.id]!.status = .inProgress
            return
        }
        let fresh = after.refunds.filter { account.refunds[$0.id] == nil }
        guard let refund = fresh.first, fresh.count == 1 else {
            problems.append("a refund was taken, but \(fresh.count) new ones are there")
            return
        }
        take(
            refund, wish.amountMinor, wish.shippingMinor, isByOtherMethod: !wish.otherMethod.isEmpty, &account
        )
    }

    /// - Parameter amount: For goods; nil is all that is owed.
    private mutating func take(
        _ refund: Refund, _ amount: Int64?, _ shipping: Int64, isByOtherMethod: Bool, _ account: inout Account
    ) {
        let balance = account.lines.values.reduce(0) { $0 + $1.owed - $1.committed }
        let goods = refund.lines.reduce(0) { $0 + $1.amountMinor }
        // All that is due holds the shipping that came back.
        let shipping = amount == nil ? max(shipping, account.shippingDue) : shipping
        if goods != amount ?? balance || goods > balance || goods + shipping == 0 {
            problems.append("\(refund.id) is over \(goods) of \(balance)")
        }
        if refund.shippingMinor != shipping { problems.append("\(refund.id) ships \(refund.shippingMinor)") }
        account.repaid[refund.id] = min(shipping, account.shippingDue)
        account.shippingDue -= account.repaid[refund.id]!
        let split = refund.payments.reduce(0) { $0 + $1.amountMinor }
        if isByOtherMethod != (split != goods + refund.shippingMinor) || (isByOtherMethod && split != 0) {
            problems.append("\(refund.id) is split into \(split) of \(goods + refund.shippingMinor)")
        }
        account.refunds[refund.id] = refund
        account.refundIDs.append(refund.id)
        commit(refund, 1, &account)
    }

    /// A refund that the gateway paid and whose start was lost: new to the case, as large as was paid, and paid at once.
    private mutating func takeLost(
        _ lost: LostRefund, _ report: RefundReport, _ account: inout Account, after: Case
    ) {
        let fresh = after.refunds.filter { account.refunds[$0.id] == nil }
        guard var refund = fresh.first, fresh.count == 1, refund.id == report.refundID else {
            problems.append("\(report.refundID) was taken as lost, but \(fresh.map(\.id)) are new")
            return
        }
        if account.refunds.values.contains(where: { [.inProgress, .failed, .unknown].contains($0.status) }) {
            problems.append("\(refund.id) was taken as lost beside one that is open")
        }
        if refund.status != .succeeded || refund.attempts != max(1, report.attempt ?? 1) {
            problems.append("\(refund.id) is \(refund.status) after \(refund.attempts) attempts")
        }
        refund.status = .inProgress
        take(refund, lost.amountMinor, lost.shippingMinor, isByOtherMethod: false, &account)
    }

    mutating func record(_ report: RefundReport, _ account: inout Account, after: Case) {
        if let lost = report.lost { takeLost(lost, report, &account, after: after) }
        guard let refund = account.refunds[report.refundID] else {
            problems.append("a result was taken for the unknown refund \(report.refundID)")
            return
        }
        if refund.status == .prepared { problems.append("\(refund.id) was paid and not confirmed") }
        switch report.result {
        case .succeeded:
            if refund.status == .returned { problems.append("\(refund.id) succeeded twice") }
            // The same result again moves nothing.
            account.isRepeated = refund.status == .succeeded
            if account.isRepeated { return }
            account.refunds[refund.id]!.status = .succeeded
            guard refund.status == .abandoned else { return }
            // What was only prepared gives way.
            for other in account.refunds.values where other.status == .prepared { giveUp(other.id, &account) }
            var overpaid = Overpaid(shipping: refund.shippingMinor)
            for share in refund.lines { overpaid.lines[share.reference] = share.amountMinor }
            account.overpaid[refund.id] = overpaid
            settleOverpayments(&account)
        case .failed: account.refunds[refund.id]!.status = .failed
        case .unknown: account.refunds[refund.id]!.status = .unknown
        }
    }

    func giveUp(_ id: String, _ account: inout Account) {
        commit(account.refunds[id]!, -1, &account)
        account.shippingDue += account.repaid.removeValue(forKey: id) ?? 0
        account.refunds[id]!.status = .abandoned
    }

    /// What is owed and in no refund is paid by what went out too much.
    func settleOverpayments(_ account: inout Account) {
        for refundID in account.refundIDs {
            guard var overpaid = account.overpaid[refundID] else { continue }
            for (id, minor) in overpaid.lines {
                let part = min(minor, account.lines[id]!.owed - account.lines[id]!.committed)
                account.lines[id]!.committed += part
                overpaid.lines[id] = minor - part
            }
            // The account under change is out of `accounts` meanwhile.
            let refunded = (accounts.values + [account]).reduce(0) { sum, one in
                one.refunds.values.filter(Self.isOut).reduce(sum - one.overpaidShipping) {
                    $0 + $1.shippingMinor
                }
            }
            let elsewhere = accounts.values.reduce(0) { $0 + $1.shippingDue }
            let hasGoods = account.lines.values.contains { $0.refundable > 0 }
            let shipping = min(
                overpaid.shipping, hasGoods ? shippingPaid - refunded - elsewhere : account.shippingDue)
            account.shippingDue -= min(shipping, account.shippingDue)
            overpaid.shipping -= shipping
            account.overpaid[refundID] = overpaid
        }
    }

    /// The bank sent it back: nothing of it is out, so its lines are owed again, and what was too much is not.
    mutating func takeBack(_ id: String, _ payments: [RefundShare], _ account: inout Account) {
        let parts = account.refundIDs.filter { $0.hasPrefix("\(id)-returned-") }
        let known = parts.first { account.refunds[$0]?.payments == payments }
        account.cameBack = known ?? id
        if known == nil, let refund = account.refunds[id], refund.status == .succeeded, !payments.isEmpty,
            refund.payments != payments
        {
            account.cameBack = "\(id)-returned-\(parts.count + 1)"
            part(refund, account.cameBack, payments, &account)
        }
        takeBack(account.cameBack, &account)
    }

    /// What came back of a refund is one of its own: minor unit by minor unit what was too much, then what was for goods, the last
    /// line first, then what was for shipping.
    private func part(
        _ refund: Refund, _ name: String, _ payments: [RefundShare], _ account: inout Account
    ) {
        var (rest, back) = (refund, refund)
        back.payments = payments
        back.lines = []
        back.shippingMinor = 0
        var over = account.overpaid[refund.id] ?? Overpaid()
        var backOver = Overpaid()
        for _ in 0..<payments.reduce(0, { $0 + $1.amountMinor }) {
            let lines = refund.lines.map(\.reference).reversed()
            if let line = lines.first(where: { over.lines[$0] ?? 0 > 0 }) {
                over.lines[line]! -= 1
                backOver.lines[line, default: 0] += 1
                Self.move(line, &rest, &back)
            } else if over.shipping > 0 {
                over.shipping -= 1
                backOver.shipping += 1
                rest.shippingMinor -= 1
                back.shippingMinor += 1
            } else if let line = lines.first(where: { name in rest.lines.contains { $0.reference == name } })
            {
                Self.move(line, &rest, &back)
            } else {
                rest.shippingMinor -= 1
                back.shippingMinor += 1
            }
        }
        for share in payments {
            let place = rest.payments.firstIndex { $0.reference == share.reference }!
            rest.payments[place].amountMinor -= share.amountMinor
        }
        rest.payments.removeAll { $0.amountMinor == 0 }
        account.refunds[refund.id] = rest
        account.refunds[name] = back
        account.refundIDs.append(name)
        account.overpaid[refund.id] = over.all > 0 ? over : nil
        account.overpaid[name] = backOver.all > 0 ? backOver : nil
    }

    private static func move(_ line: String, _ rest: inout Refund, _ back: inout Refund) {
        let place = rest.lines.firstIndex { $0.reference == line }!
        rest.lines[place].amountMinor -= 1
        if rest.lines[place].amountMinor == 0 { rest.lines.remove(at: place) }
        if let known = back.lines.firstIndex(where: { $0.reference == line }) {
            back.lines[known].amountMinor += 1
        } else {
            back.lines.append(RefundShare(reference: line, amountMinor: 1))
        }
    }

    private mutating func takeBack(_ id: String, _ account: inout Account) {
        account.isRepeated = account.refunds[id]?.status == .returned
        if account.isRepeated { return }
        guard let refund = account.refunds[id], refund.status == .succeeded else {
            problems.append("\(id) came back and had not succeeded")
            return
        }
        let before = balance(account)
        let overpaid = account.overpaid.removeValue(forKey: id) ?? Overpaid()
        for share in refund.lines {
            account.lines[share.reference]!.committed -=
                share.amountMinor - (overpaid.lines[share.reference] ?? 0)
        }
        account.shippingDue += refund.shippingMinor - overpaid.shipping
        account.repaid[id] = nil
        account.refunds[id]!.status = .returned
        settleOverpayments(&account)
        account.isDueAgain = balance(account) > before
        guard account.isEnded, account.isDueAgain else { return }
        // It opens again, and what its end released stays so.
        account.isEnded = false
        update(&account) { line in
            line.releasedAwaitedAtEnd = 0
            line.releasedSentBackAtEnd = 0
        }
    }

    private func balance(_ account: Account) -> Int64 {
        account.lines.values.reduce(account.shippingDue) { $0 + $1.owed - $1.committed }
    }

    /// A refund that somebody prepared and nobody confirmed is recorded as paid by another person.
    func isUnconfirmed(_ report: RefundReport, by name: String, _ id: CaseID) -> Bool {
        guard case .succeeded = report.result, accounts[id]!.refunds[report.refundID]?.status != .succeeded,
            !accounts[id]!.confirmed.contains(report.refundID)
        else { return false }
        return accounts[id]!.refunds[report.refundID]?.preparedBy?.name == name
    }

    private static func isOut(_ refund: Refund) -> Bool {
        refund.status != .abandoned && refund.status != .returned
    }

    func commit(_ refund: Refund, _ sign: Int64, _ account: inout Account) {
        for share in refund.lines { account.lines[share.reference]!.committed += sign * share.amountMinor }
    }

    /// Where the case and its order differ from this ledger, and where the ledger itself breaks a rule.
    public func differences(_ value: Case, _ order: Order) -> [String] {
        var found = problems
        func compare(_ what: String, _ actual: Int64, _ expected: Int64) {
            if actual != expected { found.append("\(what): \(actual), expected \(expected)") }
        }
        let account = accounts[value.id] ?? Account()
        compare("case lines", Int64(value.lines.count), Int64(account.lines.count))
        let untold = Self.untold(value)
        if untold != account.untold {
            found.append("untold: \(untold.sorted()), expected \(account.untold.sorted())")
        }
        var waiting: [String: Int64] = [:]
        for item in value.outbound where item.kind == .undeclared && item.shippedAt == nil {
            waiting[item.sku, default: 0] += item.units
        }
        if waiting != account.waiting {
            found.append("undeclared goods: \(waiting), expected \(account.waiting)")
        }
        compare("shipping due", value.shippingDueMinor, account.shippingDue)
        for line in value.lines {
            let units = line.units
            let kept = account.lines[line.lineID] ?? Line()
            let pairs: [(String, Int64, Int64)] = [
                ("requested", units.requested, kept.requested), ("awaited", units.awaited, kept.awaited),
                ("uninspected", units.uninspected, kept.uninspected),
                ("accepted", units.accepted, kept.accepted),
                ("accepted, exchanged", units.acceptedExchanged, kept.acceptedExchanged),
                ("undecided", units.undecided, kept.undecided), ("conceded", units.conceded, kept.conceded),
                ("sent back", units.sentBack, kept.sentBack), ("exchanged", units.exchanged, kept.exchanged),
                ("disposed", units.disposed, kept.disposed),
                ("lost", units.lost, kept.lostOpen + kept.lostConceded),
                ("lost conceded", units.lostConceded, kept.lostConceded), ("kept", units.kept, kept.kept),
                ("kept refused", units.keptRefused, kept.keptRefused),
                ("released", units.released, kept.released), ("owed", line.owedMinor, kept.owed),
                ("share", line.shareMinor, kept.share),
                ("committed", line.committedMinor, kept.committed),
            ]
            let untold = kept.deductions.map { $0.stands != $0.isKnown }
            if line.deductions.map(\.isUntold) != untold {
                found.append("line \(line.lineID): deductions untold are \(untold)")
            }
            for pair in pairs { compare("line \(line.lineID) \(pair.0)", pair.1, pair.2) }
            if kept.committed > kept.owed || kept.committed < 0 {
                found.append("line \(line.lineID) pays more than it owes")
            }
        }
        for line in order.lines {
            let lines = accounts.values.compactMap { $0.lines[line.lineID] }
            let reserved = lines.reduce(0) { $0 + $1.requested - $1.released }
            compare("order line \(line.lineID) reserved", line.reservedUnits, reserved)
            compare(
                "order line \(line.lineID) refundable", line.refundableUnits,
                lines.reduce(0) { $0 + $1.refundable })
            compare(
                "order line \(line.lineID) differences", line.exchangeDifferencesMinor,
                settled[line.lineID] ?? 0)
            compare("order line \(line.lineID) rounding", line.roundingMinor, rounding[line.lineID] ?? 0)
            compare(
                "order line \(line.lineID) shares", lines.reduce(0) { $0 + $1.share + $1.concededWorth },
                worth(line.refundableUnits, line.lineID) + line.roundingMinor)
            compare(
                "order line \(line.lineID) committed", line.committedMinor,
                lines.reduce(0) { $0 + $1.committed })
            if reserved > line.quantity {
                found.append("line \(line.lineID) is reserved beyond what was bought")
            }
        }
        let live = accounts.values.flatMap(\.refunds.values).filter(Self.isOut)
        for payment in order.payments {
            let sum = live.flatMap(\.payments).filter { $0.reference == payment.reference }.reduce(0) {
                $0 + $1.amountMinor
            }
            let amount = paymentAmounts[payment.reference] ?? -1
            compare("payment \(payment.reference) amount", payment.amountMinor, amount)
            compare("payment \(payment.reference)", payment.committedMinor, min(sum, amount))
            compare("payment \(payment.reference) overpaid", payment.overpaidMinor, max(0, sum - amount))
        }
        if Set(live.flatMap(\.payments).map(\.reference)).contains(where: { paymentAmounts[$0] == nil }) {
            found.append("a refund's payment is gone")
        }
        let overpaidShipping = accounts.values.reduce(0) { $0 + $1.overpaidShipping }
        let overpaid = accounts.values.reduce(0) { sum, one in one.overpaid.values.reduce(sum) { $0 + $1.all }
        }
        compare("overpaid", order.overpaidMinor, overpaid)
        compare(
            "case overpaid", value.refunds.reduce(0) { $0 + $1.overpaidMinor },
            account.overpaid.values.reduce(0) { $0 + $1.all })
        let shipping = live.reduce(-overpaidShipping) { $0 + $1.shippingMinor }
        compare("shipping", order.shippingCommittedMinor, shipping)
        let due = accounts.values.reduce(0) { $0 + $1.shippingDue }
        compare("order shipping due", order.shippingDueMinor, due)
        if shipping + due > shippingPaid { found.append("shipping is refunded beyond what was paid") }
        let other = live.filter(\.payments.isEmpty).reduce(0) { $0 + $1.linesMinor + $1.shippingMinor }
        compare("other method", order.otherMethodCommittedMinor, other)
        let all = live.reduce(0) { $0 + $1.linesMinor + $1.shippingMinor }
        // Paid = kept + refunded + in flight; what was overpaid is beside it.
        compare("committed", order.committedMinor, all - overpaid)
        if all - overpaid > paymentAmounts.values.reduce(0, +) { found.append("more went back than came in") }
        return found
    }
}

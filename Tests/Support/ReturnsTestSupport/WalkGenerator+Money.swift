import ReturnsDomain

/// Random contents of what is done with money.
extension WalkGenerator {
    /// Mostly a small part of what is due; now and then all of it, too much, or what only a supervisor may.
    mutating func deduction(_ value: Case, order: Order) -> Move {
        let lines = value.lines.filter { $0.balanceMinor > 0 }
        let line = lines.isEmpty ? value.lines[0] : random.pick(lines)
        let all = max(1, line.balanceMinor)
        let most = random.chance(80) ? max(1, all / 5) : all + (random.chance(10) ? 1 : 0)
        let amount = random.chance(15) ? all : random.units(upTo: most)
        let wish = DeductionOrder(
            lineID: line.lineID, amountMinor: amount, code: random.pick(DeductionCode.allCases),
            reason: "used")
        let isSmall = (line.deductedMinor + amount) * 5 <= line.shareMinor
        return Move(
            .deduct(wish), isSmall && random.chance(60) ? Cast.sara : owedDecider(order))
    }

    mutating func concession(_ value: Case, order: Order) -> Move {
        let lines = value.lines.filter { $0.units.undecided > 0 }
        let line = lines.isEmpty ? value.lines[0] : random.pick(lines)
        let all = max(1, line.units.undecided)
        let units = random.chance(50) ? all : random.units(upTo: all + (random.chance(5) ? 1 : 0))
        let bought = order.lines[order.lineIndex(line.lineID)!]
        let worth = max(1, bought.paidMinor * units / bought.quantity)
        let amount = random.chance(10) ? worth : random.units(upTo: max(1, worth / 2))
        return Move(
            .concedeAmount(
                LineUnits(lineID: line.lineID, units: units), amountMinor: amount, reason: "keeps them"),
            owedDecider(order))
    }

    /// A supervisor who makes money owed. One who changed the payments may not, and a walk tries it now and then.
    mutating func owedDecider(_ order: Order) -> Actor {
        let isBarred = order.paymentsChangers.contains(Cast.sue.name)
        return isBarred && random.chance(90) ? Actor(name: "steve", roles: [.supervisor]) : Cast.sue
    }

    /// A supervisor who changes payments, as `owedDecider` the other way round.
    public mutating func paymentsChanger(_ cases: [Case]) -> Actor {
        let isBarred = cases.contains { $0.owedDeciders.contains(Cast.sue.name) }
        return isBarred && random.chance(90) ? Actor(name: "stella", roles: [.supervisor]) : Cast.sue
    }

    mutating func refund(_ value: Case, order: Order) -> Move {
        let shippingLeft = order.shippingPaidMinor - order.shippingCommittedMinor
        guard value.liveRefund == nil, value.balanceMinor > 0 else {
            let isRetry = value.liveRefund != nil
            let retrier = random.chance(80) ? Cast.fei : Actor.system
            guard !isRetry, shippingLeft > 0 else { return Move(.refund(RefundOrder()), retrier) }
            let wish = RefundOrder(shippingMinor: random.units(upTo: min(shippingLeft, 20)))
            return !isPlanning && random.chance(8) ? lostRefund(wish, value) : Move(.refund(wish), Cast.fei)
        }
        var wish = RefundOrder()
        if theme == .shipping, isPlanning { return Move(.refund(wish), Cast.fei) }
        if random.chance(50) {
            wish.amountMinor = random.units(upTo: value.balanceMinor + (random.chance(5) ? 1 : 0))
        }
        if random.chance(20), shippingLeft > 0 {
            wish.shippingMinor = random.units(upTo: random.chance(80) ? min(shippingLeft, 20) : shippingLeft)
            if random.chance(20) { wish.amountMinor = 0 }
        }
        if random.chance(10) { wish.refundID = "\(value.id)-\(UInt8.random(in: 1...9, using: &random))" }
        let total = (wish.amountMinor ?? value.balanceMinor) + wish.shippingMinor
        if random.chance(12) {
            wish.otherMethod = "voucher"
            wish.otherMethodReason = "card expired"
            // Who changed the payments or made money owed refunds nothing, which a walk tries now and then.
            let isBarred = order.paymentsChangers.union(value.owedDeciders).contains(Cast.sue.name)
            return Move(.refund(wish), isBarred && random.chance(90) ? Cast.only(.supervisor) : Cast.sue)
        }
        if random.chance(15) {
            wish.payments = [
                RefundShare(reference: random.pick(order.payments).reference, amountMinor: total)
            ]
        }
        if !isPlanning, random.chance(8) { return lostRefund(wish, value) }
        return Move(.refund(wish), random.chance(96) ? Cast.fei : Cast.sue)
    }

    /// The same refund as one that the gateway has paid and whose start was lost; now and then as none that can be.
    mutating func lostRefund(_ wish: RefundOrder, _ value: Case) -> Move {
        let paid = LostRefund(
            amountMinor: wish.amountMinor ?? value.balanceMinor,
            shippingMinor: wish.shippingMinor, payments: wish.payments)
        let known = random.chance(4) ? value.refunds.last?.id : nil
        let result = RefundReport.Result.succeeded(
            voucher: "L\(value.refunds.count)",
            document: random.chance(80) ? Fixture.document(.refundVoucher) : nil)
        let report = RefundReport(
            refundID: known ?? "\(value.id)-lost-\(value.refunds.count + 1)",
            attempt: random.chance(50) ? UInt32.random(in: 1...4, using: &random) : nil,
            result: random.chance(96) ? result : .unknown, lost: paid)
        return Move(.recordRefund(report), Cast.fei)
    }

    /// Another set of payments for the order: an amount moved from one to another or to a new one, mostly within what was
    /// refunded; now and then the order of two turned round.
    public mutating func paymentsChange(_ order: Order) -> PaymentsChange {
        var payments = order.payments
        let from = Int.random(in: payments.indices, using: &random)
        let most = random.chance(85) ? payments[from].leftMinor : payments[from].amountMinor
        let moved = random.chance(25) ? most : random.units(upTo: max(1, most))
        payments[from].amountMinor -= moved
        if payments.count < 5, random.chance(50) {
            payments.append(
                Payment(reference: "new-\(payments.count)-\(moved)", method: .wallet, amountMinor: moved))
        } else {
            payments[Int.random(in: payments.indices, using: &random)].amountMinor += moved
        }
        if random.chance(20) { payments.swapAt(0, payments.count - 1) }
        if random.chance(60) { payments.removeAll { $0.amountMinor == 0 } }
        return PaymentsChange(payments: payments, reason: "another card")
    }

    mutating func refundResult(_ value: Case) -> Move {
        let abandoned = value.refunds.last { $0.status == .abandoned }
        let refund =
            random.chance(85) ? value.liveRefund ?? abandoned : value.refunds.randomElement(using: &random)
        var result = RefundReport.Result.succeeded(
            voucher: "V", document: random.chance(80) ? Fixture.document(.refundVoucher) : nil)
        var failing = isLossy && isPlanning ? 100 : isLossy || theme == .crowded ? 80 : 55
        if isPlanning, theme == .conceded { failing = 100 }
        if isPlanning, theme == .parted { failing = 30 }
        if isPlanning, theme == .shipping, let live = value.liveRefund {
            failing = live.lines.isEmpty ? 100 : 0
        }
        if value.liveRefund != nil, random.chance(failing) {
            result = isPlanning || random.chance(80) ? .failed(reason: "declined") : .unknown
        }
        let report = RefundReport(refundID: refund?.id ?? "none", attempt: refund?.attempts, result: result)
        return Move(.recordRefund(report), Cast.fei)
    }
}

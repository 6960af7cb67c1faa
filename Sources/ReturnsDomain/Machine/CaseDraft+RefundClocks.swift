/// R16 by amount: each REFUND clock waits for its own money, and ends when that is paid.
extension CaseDraft {
    /// Lets the running REFUND clocks wait for just the money that is owed and not paid: what came to be owed has a clock from
    /// now on, what was paid goes to the oldest, shipping of a refund that was given up is taken from the clock that waited for
    /// it, and what else is no longer owed from the newest.
    mutating func reconcileRefundClocks(since before: Case?) {
        let unpaid = value.state.isTerminal ? 0 : value.unpaidMinor
        let waited = value.clocks.reduce(0) { $0 + ($1.isRunning ? $1.amountMinor : 0) }
        if unpaid > waited {
            let running =
                keeps.contains(.refundAmounts)
                ? nil : value.clocks.firstIndex { $0.kind == .refund && $0.isRunning }
            if let running {
                value.clocks[running].amountMinor += unpaid - waited
            } else {
                startClock(.refund, amountMinor: unpaid - waited)
            }
        } else if unpaid < waited {
            var less = waited - unpaid
            let paid = max(0, value.paidMinor - (before?.paidMinor ?? 0))
            less -= take(min(paid, less), from: runningRefundClocks, isPaid: true)
            for refund in value.refundsGivenUp(since: before) where refund.shippingMinor > 0 {
                // The last that ran when the refund started. What was due again is so once more.
                let own = runningRefundClocks.last { value.clocks[$0].startedAt <= refund.startedAt }
                let shipping = refund.shippingMinor - refund.shippingRepaidMinor
                less -= take(min(shipping, less), from: own.map { [$0] } ?? [])
            }
            _ = take(less, from: runningRefundClocks.reversed())
        }
        for index in value.clocks.indices
        where value.clocks[index].kind == .refund && value.clocks[index].isRunning
            && value.clocks[index].amountMinor == 0
        {
            // One that waited for nothing at all was taken over from a build in which all waited for all the money.
            let hadMoney = before.map { index < $0.clocks.count && $0.clocks[index].amountMinor > 0 } ?? true
            // Nobody did its work where nothing was paid. A store that keeps no amounts cannot tell.
            let wasPaid = value.clocks[index].paidMinor > 0 || !keeps.contains(.refundAmounts)
            value.clocks[index].end(
                !hadMoney ? .superseded : wasPaid ? value.clocks[index].completion(at: now) : .voided, at: now
            )
        }
    }

    /// The oldest first.
    private var runningRefundClocks: [Int] {
        value.clocks.indices.filter { value.clocks[$0].kind == .refund && value.clocks[$0].isRunning }
    }

    /// - Returns: How much these clocks were made to wait less for.
    private mutating func take(_ minor: Int64, from clocks: [Int], isPaid: Bool = false) -> Int64 {
        var left = minor
        for index in clocks {
            let part = min(left, value.clocks[index].amountMinor)
            value.clocks[index].amountMinor -= part
            if isPaid, keeps.contains(.refundAmounts) { value.clocks[index].paidMinor += part }
            left -= part
        }
        return minor - left
    }
}

extension Case {
    /// Money that is owed or on its way, goods and shipping: what the REFUND clocks wait for.
    var unpaidMinor: Int64 { balanceMinor + (liveRefund?.amountMinor ?? 0) }

    /// Money that was paid for what was owed; what went out beyond counts once it takes the place of what is owed.
    fileprivate var paidMinor: Int64 {
        refunds.reduce(0) { $0 + ($1.status == .succeeded ? $1.amountMinor - $1.overpaidMinor : 0) }
    }

    /// As they were before. Refunds are only ever added, so the same place is the same refund.
    fileprivate func refundsGivenUp(since before: Case?) -> [Refund] {
        guard let before else { return [] }
        return before.refunds.indices.filter {
            refunds[$0].status == .abandoned && before.refunds[$0].status != .abandoned
        }.map { before.refunds[$0] }
    }

    /// Takes over the REFUND clocks of a build in which all of them waited for all the money: the oldest waits for it.
    public mutating func adoptRefundClocks() {
        let running = clocks.indices.filter { clocks[$0].kind == .refund && clocks[$0].isRunning }
        guard let oldest = running.first, running.allSatisfy({ clocks[$0].amountMinor == 0 }) else { return }
        clocks[oldest].amountMinor = unpaidMinor
    }
}

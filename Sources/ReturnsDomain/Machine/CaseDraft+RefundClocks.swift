/// R16 by amount: each REFUND clock waits for its own money, and ends when that is paid.
extension CaseDraft {
    /// Lets the running REFUND clocks wait for just the money that is owed and not paid: what came to be owed has a clock from
    /// now on, what was paid goes to the oldest, and what is no longer owed is taken from the newest.
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
            let paid = max(0, value.paidMinor - (before?.paidMinor ?? 0))
            let rest = waited - unpaid - take(min(paid, waited - unpaid), fromOldest: true)
            _ = take(rest, fromOldest: false)
        }
        for index in value.clocks.indices
        where value.clocks[index].kind == .refund && value.clocks[index].isRunning
            && value.clocks[index].amountMinor == 0
        {
            // One that waited for nothing at all was taken over from a build in which all waited for all the money.
            let hadMoney = before.map { index < $0.clocks.count && $0.clocks[index].amountMinor > 0 } ?? true
            value.clocks[index].end(
                hadMoney ? value.clocks[index].completion(at: now) : .superseded, at: now)
        }
    }

    /// - Returns: How much the running REFUND clocks were made to wait less for.
    private mutating func take(_ minor: Int64, fromOldest: Bool) -> Int64 {
        var left = minor
        let running = value.clocks.indices.filter {
            value.clocks[$0].kind == .refund && value.clocks[$0].isRunning
        }
        for index in fromOldest ? running : running.reversed() {
            let part = min(left, value.clocks[index].amountMinor)
            value.clocks[index].amountMinor -= part
            left -= part
        }
        return minor - left
    }
}

extension Case {
    /// Money that is owed or on its way, goods and shipping: what the REFUND clocks wait for.
    var unpaidMinor: Int64 { balanceMinor + (liveRefund?.amountMinor ?? 0) }

    /// Money that was paid.
    fileprivate var paidMinor: Int64 {
        refunds.reduce(0) { $0 + ($1.status == .succeeded ? $1.amountMinor : 0) }
    }

    /// Takes over the REFUND clocks of a build in which all of them waited for all the money: the oldest waits for it.
    public mutating func adoptRefundClocks() {
        let running = clocks.indices.filter { clocks[$0].kind == .refund && clocks[$0].isRunning }
        guard let oldest = running.first, running.allSatisfy({ clocks[$0].amountMinor == 0 }) else { return }
        clocks[oldest].amountMinor = unpaidMinor
    }
}

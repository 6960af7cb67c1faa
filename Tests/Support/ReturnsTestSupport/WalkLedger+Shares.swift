import ReturnsDomain

/// What units are worth, a second time.
extension WalkLedger {
    /// The case owes what round(refundable ÷ bought × paid) of the order line grows by, or an amount in its place.
    mutating func refundable(
        _ units: Int64, _ id: String, _ account: inout Account, amount: Int64? = nil,
        _ add: (inout Line, Int64) -> Void
    ) {
        // No goods, no money, and none of what was rounded either.
        if units == 0 { return }
        let before = allRefundable(id, account)
        add(&account.lines[id]!, units)
        // What was rounded before is made up for, but no share is below nothing.
        let growth = worth(before + units, id) - worth(before, id)
        let open = rounding[id] ?? 0
        let share = growth < open ? 0 : growth - open
        rounding[id] = open - growth + share
        if let amount {
            if amount > share || amount < 1 { problems.append("\(amount) conceded of \(share)") }
            account.lines[id]!.concededAmount += amount
            account.lines[id]!.concededWorth += share
        } else {
            account.lines[id]!.share += share
        }
    }

    /// The case owes its part of its own share less: units ÷ refundable of it, and all of it for all of them.
    mutating func unrefundable(
        _ units: Int64, _ id: String, _ account: inout Account, _ take: (inout Line, Int64) -> Void
    ) {
        let before = allRefundable(id, account)
        let (share, mine) = (account.lines[id]!.share, account.lines[id]!.sharing)
        let part = (2 * share * units + mine) / (2 * mine)
        take(&account.lines[id]!, units)
        account.lines[id]!.share -= part
        rounding[id, default: 0] += worth(before, id) - worth(before - units, id) - part
    }

    /// Over all cases; the account under change is out of `accounts` meanwhile.
    func allRefundable(_ id: String, _ account: Account) -> Int64 {
        accounts.values.reduce(account.lines[id]!.refundable) { $0 + ($1.lines[id]?.refundable ?? 0) }
    }

    func worth(_ units: Int64, _ id: String) -> Int64 {
        let line = bought[id]!
        return (2 * line.paid * units + line.quantity) / (2 * line.quantity)
    }
}

import ReturnsDomain

/// The units and the money of one order and its cases, kept a second time: from the accepted commands and the rules
/// that ARCHITECTURE.md states under "Invariants" alone, without asking the domain's own ledgers.
public struct WalkLedger: Sendable {
    struct Line: Sendable {
        var requested: Int64 = 0
        var awaited: Int64 = 0
        var uninspected: Int64 = 0
        var accepted: Int64 = 0
        var acceptedExchanged: Int64 = 0
        var undecided: Int64 = 0
        var conceded: Int64 = 0
        var sentBack: Int64 = 0
        var exchanged: Int64 = 0
        var disposed: Int64 = 0
        var lostOpen: Int64 = 0
        var lostConceded: Int64 = 0
        var kept: Int64 = 0
        var released: Int64 = 0
        var keptRefused: Int64 = 0
        /// The share of the units that are refunded in full, and what was conceded by amount.
        var share: Int64 = 0
        var concededAmount: Int64 = 0
        var concededWorth: Int64 = 0
        var deductions: [Deduction] = []
        var committed: Int64 = 0
        var releasedAwaitedAtEnd: Int64 = 0
        var releasedSentBackAtEnd: Int64 = 0
        /// Found in a parcel, and on no form.
        var isAdded = false
        /// What the inspections come to, and by how much the last correction has raised the refused ones.
        var foundAccepted: Int64 = 0
        var foundRefused: Int64 = 0
        var refusedByCorrection: Int64 = 0

        /// Whose worth the case has.
        var refundable: Int64 { sharing + keptRefused }
        /// Whose share is owed in full.
        var sharing: Int64 { accepted - acceptedExchanged + conceded + lostConceded + kept }
        var received: Int64 {
            uninspected + accepted + undecided + conceded + sentBack + exchanged + disposed + keptRefused
        }
        var owed: Int64 {
            deductions.reduce(share + concededAmount) { $0 - ($1.stands ? $1.amount : 0) }
        }
    }

    struct Overpaid: Sendable {
        var lines: [String: Int64] = [:]
        var shipping: Int64 = 0
        var all: Int64 { lines.values.reduce(shipping, +) }
    }

    struct Deduction: Sendable {
        var amount: Int64
        var stands = true
        /// What the customer knows of it: that it is there.
        var isKnown = false
    }

    struct Account: Sendable {
        var lines: [String: Line] = [:]
        var refunds: [String: Refund] = [:]
        /// In the order in which they were opened.
        var refundIDs: [String] = []
        /// What late successes paid beyond what was owed, by refund.
        var overpaid: [String: Overpaid] = [:]
        /// The last command told what was recorded before.
        var isRepeated = false
        var overpaidShipping: Int64 { overpaid.values.reduce(0) { $0 + $1.shipping } }
        var isWithdrawn = false
        /// It has come to an end, also where goods that came unexpected keep it open until they are out.
        var isEnded = false
        /// The last decision was an approval.
        var isApproved = false
        var expectsGoods: Bool { isApproved && !isEnded }
        var owedDeciders: Set<String> = []
        /// What the customer is still to be told: occasions, that of a refund with its id.
        var untold: Set<String> = []
        /// Goods that the form does not name and that wait to go back, by SKU.
        var waiting: [String: Int64] = [:]
        /// Exchanges of accepted units, by number.
        var exchanges: [UInt32: ExchangeAgreement] = [:]
        var exchangesAgreed: UInt32 = 0
        /// Shipping that came back, and of each refund what of that it pays.
        var shippingDue: Int64 = 0
        var repaid: [String: Int64] = [:]
        /// Refunds that a second person confirmed.
        var confirmed: Set<String> = []
        /// The last refund that came back made money due again.
        var isDueAgain = false
        /// Which one that was: of a part that came back, its own name.
        var cameBack = ""
    }

    struct Bought: Sendable {
        var sku: String
        var quantity: Int64
        var paid: Int64
    }

    private(set) var bought: [String: Bought] = [:]
    private(set) var paymentAmounts: [String: Int64] = [:]
    private(set) var shippingPaid: Int64
    /// By how much the shares of all cases on an order line differ from what its refundable units are worth.
    var rounding: [String: Int64] = [:]
    /// Price differences of exchanges that changed hands, by order line.
    private(set) var settled: [String: Int64] = [:]
    var accounts: [CaseID: Account] = [:]
    private var paymentsChangers: Set<String> = []
    var problems: [String] = []

    public init(order: Order) {
        for line in order.lines {
            bought[line.lineID] = Bought(sku: line.sku, quantity: line.quantity, paid: line.paidMinor)
        }
        for payment in order.payments { paymentAmounts[payment.reference] = payment.amountMinor }
        shippingPaid = order.shippingPaidMinor
    }

    /// Books an accepted command. Beside it the transition is read for what the case chose by itself: the split of a new refund,
    /// and whether a clock ended the case before the command.
    public mutating func book(_ command: Command, _ transition: CaseTransition) {
        let after = transition.caseAfter
        var account = accounts.removeValue(forKey: after.id) ?? Account()
        if transition.entries.contains(where: { $0.kind == .expired }) { end(&account) }
        // The customer's deadline may have passed just before a command that an ended case takes too.
        if transition.entries.contains(where: { $0.kind == .closed }) { tellAll(&account) }
        account.isRepeated = false
        apply(command, to: &account, after: after)
        settleOverpayments(&account)
        notify(command, &account)
        if after.state.isTerminal {
            account.isEnded = true
            tellAll(&account)
        } else if account.isEnded, after.state != .shipBack || account.waiting.isEmpty {
            problems.append("in \(after.state) after its end, with \(account.waiting) to go back")
        }
        accounts[after.id] = account
    }

    /// Books a supervisor's change of the order's payments.
    public mutating func book(_ change: PaymentsChange, by actor: Actor) {
        if accounts.values.contains(where: { $0.owedDeciders.contains(actor.name) }) {
            problems.append("\(actor.name) made money owed and changed payments")
        }
        paymentsChangers.insert(actor.name)
        paymentAmounts = Dictionary(
            uniqueKeysWithValues: change.payments.map { ($0.reference, $0.amountMinor) })
    }

    /// Whoever made money owed, or changed payments, has no part in the other nor in refunds from then on.
    public mutating func book(dutyOf move: Move, on id: CaseID) {
        let name = move.actor.name
        var isOwing = false
        if case .recordRefund(let report) = move.command, isUnconfirmed(report, by: name, id) {
            problems.append("\(name) records as paid what \(name) prepared and nobody confirmed")
        }
        switch move.command {
        case .inspect, .correctInspection, .cancelExchange, .grantReturnless, .deduct, .takeBackDeduction,
            .concedeAmount:
            isOwing = true
        case .resolve(let lines, _): isOwing = lines.contains { $0.resolution == .concede }
        case .confirmRefund(let refundID):
            if accounts[id]!.refunds[refundID]?.preparedBy?.name == name {
                problems.append("\(name) confirms what \(name) prepared")
            }
            fallthrough
        case .refund, .recordRefund, .abandonRefund, .recordReturnedRefund:
            if paymentsChangers.contains(name) || accounts[id]!.owedDeciders.contains(name) {
                problems.append("\(name) takes part in a refund after another duty")
            }
        default: break
        }
        guard isOwing else { return }
        if paymentsChangers.contains(name) {
            problems.append("\(name) changed payments and made money owed")
        }
        accounts[id]!.owedDeciders.insert(name)
    }

    private mutating func apply(_ command: Command, to account: inout Account, after: Case) {
        switch command {
        case .submit(let form):
            for line in form.lines {
                let id = line.lineID.isEmpty ? bought.first { $0.value.sku == line.sku }!.key : line.lineID
                account.lines[id, default: Line()].requested += line.quantity
                account.lines[id]!.awaited += line.quantity
            }
        case .approve:
            account.isApproved = true
            // Goods that came before it are those of its lines.
            for (id, line) in account.lines {
                let sku = bought[id]!.sku
                let early = min(line.awaited, account.waiting[sku] ?? 0)
                account.lines[id]!.awaited -= early
                account.lines[id]!.uninspected += early
                account.waiting[sku] = (account.waiting[sku] ?? 0) - early
            }
            account.waiting = account.waiting.filter { $0.value > 0 }
        case .shipBack: account.waiting = [:]
        case .reject:
            account.isApproved = false
            update(&account) { line in
                line.released += line.awaited
                line.awaited = 0
            }
        case .appeal:
            update(&account) { line in
                line.awaited = line.released
                line.released = 0
            }
        case .reportException(_, _, let named):
            let units =
                named.isEmpty
                ? account.lines.map { ($0.key, $0.value.awaited) } : named.map { ($0.lineID, $0.units) }
            for (id, count) in units {
                account.lines[id]!.awaited -= count
                account.lines[id]!.lostOpen += count
            }
        case .found:
            update(&account) { line in
                line.awaited += line.lostOpen
                line.lostOpen = 0
            }
        case .withdraw: account.isWithdrawn = true
        case .receive(let receipt): receive(receipt, &account)
        case .inspect(let lines, _):
            for line in lines {
                account.lines[line.lineID]!.uninspected -= line.acceptedUnits + line.refusedUnits
                account.lines[line.lineID]!.undecided += line.refusedUnits
                account.lines[line.lineID]!.foundAccepted += line.acceptedUnits
                account.lines[line.lineID]!.foundRefused += line.refusedUnits
                refundable(line.acceptedUnits, line.lineID, &account) { $0.accepted += $1 }
            }
        case .agreeExchange(let agreement):
            account.exchangesAgreed += 1
            account.exchanges[account.exchangesAgreed] = agreement
            let before = account.lines[agreement.lineID]!.share
            unrefundable(agreement.units, agreement.lineID, &account) { $0.acceptedExchanged += $1 }
            let part = before - account.lines[agreement.lineID]!.share
            if agreement.differenceMinor < -part {
                problems.append("\(agreement.differenceMinor) settled for units worth \(part)")
            }
            settled[agreement.lineID, default: 0] += Self.settled(agreement)
        case .cancelExchange(let number, _):
            guard let agreement = account.exchanges.removeValue(forKey: number) else {
                problems.append("exchange \(number) was cancelled, and there is none")
                return
            }
            refundable(agreement.units, agreement.lineID, &account) { $0.acceptedExchanged -= $1 }
            settled[agreement.lineID, default: 0] -= Self.settled(agreement)
        case .correctReceipt(let correction): correct(correction, &account)
        case .correctInspection(let lines, _, _): for line in lines { correct(line, &account) }
        case .resolve(let lines, _): for line in lines { resolve(line, &account) }
        case .deduct(let wish):
            let line = account.lines[wish.lineID]!
            if wish.amountMinor < 1 || wish.amountMinor > line.owed - line.committed {
                problems.append("\(wish.amountMinor) deducted of \(line.owed - line.committed)")
            }
            account.lines[wish.lineID]!.deductions.append(Deduction(amount: wish.amountMinor))
        case .takeBackDeduction(let id, let number, _):
            let standing = account.lines[id]!.deductions.indices.filter {
                account.lines[id]!.deductions[$0].stands
            }
            account.lines[id]!.deductions[number.map { $0 - 1 } ?? standing[0]].stands = false
            if number == nil && standing.count != 1 { problems.append("\(standing.count) deductions stand") }
        case .concedeAmount(let units, let amount, _):
            account.lines[units.lineID]!.undecided -= units.units
            refundable(units.units, units.lineID, &account, amount: amount) { $0.keptRefused += $1 }
        case .grantReturnless:
            for id in account.lines.keys.sorted() {
                let units = account.lines[id]!.awaited
                account.lines[id]!.awaited = 0
                refundable(units, id, &account) { $0.kept += $1 }
            }
        case .refund(let wish):
            settleOverpayments(&account)
            refund(wish, &account, after: after)
        case .recordRefund(let report): record(report, &account, after: after)
        case .abandonRefund(let id, _):
            giveUp(id, &account)
            settleOverpayments(&account)
        case .recordReturnedRefund(let id, _, let payments): takeBack(id, payments, &account)
        case .confirmRefund(let id):
            if account.refunds[id]?.status != .prepared { problems.append("\(id) was not prepared") }
            account.refunds[id]?.status = .inProgress
            account.confirmed.insert(id)
        case .close, .cancel: end(&account)
        case .reopen:
            account.isEnded = false
            update(&account) { line in
                line.awaited += line.releasedAwaitedAtEnd
                line.sentBack += line.releasedSentBackAtEnd
                line.released -= line.releasedAwaitedAtEnd + line.releasedSentBackAtEnd
                line.releasedAwaitedAtEnd = 0
                line.releasedSentBackAtEnd = 0
            }
        // The others move neither units nor money. One that does and is not told here differs from the case at once.
        default: break
        }
    }

    /// Closing, cancelling and expiry give back what never arrived and what went back.
    private func end(_ account: inout Account) {
        if account.isEnded { return }
        account.isEnded = true
        tellAll(&account)
        for id in account.lines.keys {
            let line = account.lines[id]!
            account.lines[id]!.releasedAwaitedAtEnd = line.awaited
            account.lines[id]!.releasedSentBackAtEnd = line.sentBack
            account.lines[id]!.released += line.awaited + line.sentBack
            account.lines[id]!.awaited = 0
            account.lines[id]!.sentBack = 0
        }
    }

    func update(_ account: inout Account, _ change: (inout Line) -> Void) {
        for id in account.lines.keys { change(&account.lines[id]!) }
    }

    private mutating func resolve(_ line: LineResolution, _ account: inout Account) {
        let id = line.lineID
        let isLost = line.resolution == .release || account.lines[id]!.undecided == 0
        if isLost {
            // Released are the lost units first, then those that are still to come.
            // But of a loss that the customer was not told of no more than there are too few to come.
            let lost =
                account.untold.contains("exception") && line.resolution == .release
                ? max(0, line.units - account.lines[id]!.awaited)
                : min(line.units, account.lines[id]!.lostOpen)
            account.lines[id]!.lostOpen -= lost
            account.lines[id]!.awaited -= line.units - lost
        } else {
            account.lines[id]!.undecided -= line.units
        }
        switch line.resolution {
        case .concede:
            refundable(line.units, id, &account) {
                if isLost { $0.lostConceded += $1 } else { $0.conceded += $1 }
            }
        case .sendBack: account.lines[id]!.sentBack += line.units
        case .exchange: account.lines[id]!.exchanged += line.units
        case .dispose: account.lines[id]!.disposed += line.units
        case .release: account.lines[id]!.released += line.units
        }
    }

    private static func settled(_ agreement: ExchangeAgreement) -> Int64 {
        agreement.settlement == .waived ? 0 : agreement.differenceMinor
    }
}

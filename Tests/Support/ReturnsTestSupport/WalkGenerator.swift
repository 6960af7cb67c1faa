import ReturnsDomain

/// Makes random commands that a case might get: mostly allowed and plausible, some not, and the rarer the row of
/// state and command so far, the more likely.
///
/// It asks nothing of where the case is kept: the same generator drives the pure domain and a real store.
public struct WalkGenerator: Sendable {
    public var random: SeededGenerator
    /// What was accepted so far, by `accepted`.
    public private(set) var rows: WalkRows

    /// Steps that this walk puts off, so that what they would settle stays owed while other things happen.
    private let reluctant: Set<CommandKind>

    public let theme: WalkTheme
    /// What is left of the theme's plan.
    private var plan: [CommandKind]
    private var isLossy: Bool { theme == .lossy || theme == .stranded }
    /// The plan's steps take all there is, so that it gets where it leads.
    private var isPlanning: Bool { !plan.isEmpty }

    /// The steps that bring a case on; the others repeat, end or only record.
    private static let driving: [CommandKind] = [
        .verify, .approve, .schedulePickup, .recordPickup, .ship, .reportException, .receive, .inspect,
        .tell, .resolve, .refund, .recordRefund, .abandonRefund, .confirmRefund, .shipBack, .exchange,
        .followUp,
        .attachDocument,
    ]
    private static let ending: Set<CommandKind> = [
        .cancel, .acceptAlternative, .grantReturnless, .reject, .withdraw, .recordReturnedRefund,
    ]

    public init(seed: UInt64, rows: WalkRows = WalkRows()) {
        var random = SeededGenerator(seed: seed)
        theme = WalkTheme.draw(&random, rows)
        plan = theme.plan
        reluctant = theme.slow.union(Self.driving.dropFirst(7).filter { _ in random.chance(30) })
        self.random = random
        self.rows = rows
        self.rows.began(theme)
    }

    public mutating func accepted(_ transition: CaseTransition, _ command: CommandKind) {
        rows.add(transition, command, theme)
    }

    /// Minutes mostly, hours often, days now and then, so that clocks warn, breach and expire cases.
    public mutating func pause() -> Int64 {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<70: Int64.random(in: 1...30, using: &random) * Milliseconds.minute
        case ..<94: Int64.random(in: 1...20, using: &random) * Milliseconds.hour
        default: Int64.random(in: 1...12, using: &random) * Milliseconds.day
        }
    }

    /// The fixture's order; now and then its first line was free, so that accepted goods owe nothing.
    public mutating func order(number: String) -> Order {
        var order = Fixture.order(number: number)
        if random.chance(theme == .free ? 100 : 15) {
            order.lines[0].paidMinor = 0
            order.payments[0].amountMinor -= 4_999
        }
        return order
    }

    public mutating func submission(id: CaseID, order: Order, channelRef: String = "") -> Move {
        var lines: [RequestedLine] = []
        let isFree = theme == .free
        for line in order.lines
        where random.chance(isFree ? (line.paidMinor == 0 ? 100 : 8) : 55)
            || (lines.isEmpty && line == order.lines.last)
        {
            let most = max(1, line.availableUnits + (random.chance(5) ? 1 : 0))
            let units =
                random.chance(isLossy || theme == .conceded || theme == .parted ? 0 : 60)
                ? random.units(upTo: min(most, 3)) : random.units(upTo: most)
            lines.append(
                random.chance(50)
                    ? RequestedLine(lineID: line.lineID, quantity: units)
                    : RequestedLine(sku: line.sku, quantity: units))
        }
        let form = Fixture.submission(
            id: id, lines: lines,
            reason: random.pick(["unwanted", "unwanted", "damaged", "faulty", "worn_out"]),
            channelRef: channelRef, isConforming: random.chance(90))
        return Move(.submit(form), random.chance(70) ? Cast.shop : Cast.sara)
    }

    /// - Parameter isBystander: whether somebody else carries out the plan at the same time: then hardly anything is done
    ///   that could spoil it.
    public mutating func move(
        _ value: Case, order: Order, now: Instant, policy: ReturnPolicy, isBystander: Bool = false
    ) -> Move {
        let kind = kind(value, order: order, policy: policy, isBystander: isBystander)
        return contents(of: kind, value, order: order, now: now)
    }

    /// A step forward more often than not, else the rarest of a few allowed ones; one time in twelve anything at all.
    private mutating func kind(
        _ value: Case, order: Order, policy: ReturnPolicy, isBystander: Bool
    ) -> CommandKind {
        if random.chance(8) { return random.pick(CommandKind.allCases.filter { $0 != .submit }) }
        let allowed =
            value.allowedCommands(policy: policy, order: order) + [.sweep]
            + (value.state.isTerminal ? [] : [.recompute])
        if isBystander, isPlanning, random.chance(75) {
            let idle = allowed.filter { !Self.driving.contains($0) && !Self.ending.contains($0) }
            return rarest(of: idle, in: value.state, tries: 2)
        }
        while !isBystander, isPlanning, random.chance(97) {
            let step = plan.removeFirst()
            // The lost units stay undecided: they are what the plan is for.
            let decidesLoss = step == .resolve && isLossy && !value.lines.contains { $0.units.undecided > 0 }
            if allowed.contains(step), !decidesLoss { return step }
        }
        // What a closed case still takes beside notes: the late success of a refund that was given up.
        if value.state == .closed, allowed.contains(.recordRefund), random.chance(80) { return .recordRefund }
        if theme.debtStates.contains(value.state), random.chance(60) {
            let debts = allowed.filter(theme.debts.contains)
            if !debts.isEmpty { return rarest(of: debts, in: value.state, tries: 4) }
        }
        if random.chance(60) {
            let forward = allowed.filter { kind in
                Self.driving.contains(kind) && !(kind == .verify && value.verification != nil)
                    && !(kind == .attachDocument && value.missingDocuments.isEmpty)
                    && !(kind == .receive
                        && (Self.expectsNoGoods(value.state)
                            || !value.lines.contains { $0.units.awaited > 0 }))
            }
            let eager = forward.filter { !reluctant.contains($0) }
            if !eager.isEmpty { return rarest(of: eager, in: value.state, tries: 2) }
            if !forward.isEmpty, random.chance(15) { return random.pick(forward) }
        }
        let isSearching = random.chance(25)
        let kind = rarest(of: allowed, in: value.state, tries: isSearching ? 3 * allowed.count : 3)
        if isSearching { return kind }
        return Self.ending.contains(kind) && random.chance(65) ? random.pick(allowed) : kind
    }

    private mutating func rarest(of kinds: [CommandKind], in state: CaseState, tries: Int) -> CommandKind {
        var best = random.pick(kinds)
        for _ in 1..<tries {
            let other = random.pick(kinds)
            if rows.count(state, other) < rows.count(state, best) { best = other }
        }
        return best
    }

    private mutating func contents(of kind: CommandKind, _ value: Case, order: Order, now: Instant) -> Move {
        switch kind {
        case .tell where random.chance(30) && !value.dueNotices.isEmpty:
            let occasion = random.pick(value.dueNotices).occasion
            let channel = random.pick(ContactChannel.allCases).description
            return Move(.tell(Telling(occasions: [occasion], channel: channel)), Cast.sara)
        case .verify:
            return Move(.verify(isCustomerVerified: random.chance(95), isOrderVerified: true), Cast.sara)
        case .approve:
            let needsOverride = value.checks.contains { $0.result == .failed }
            let reviewer = random.pick([Cast.sara, Cast.simon])
            return needsOverride && random.chance(85)
                ? Move(.approve(returnAddress: "", instructions: "", overrideReason: "goodwill"), Cast.sue)
                : Move(
                    .approve(returnAddress: "1 Road", instructions: "pack well", overrideReason: ""), reviewer
                )
        case .reject:
            return Move(
                .reject(code: "worn", reason: "worn in use", alternative: "a voucher"),
                random.pick([Cast.sara, Cast.simon]))
        case .reportException: return exception(value)
        case .receive: return receipt(value, order: order)
        case .inspect: return inspection(value)
        case .agreeExchange: return agreement(value)
        case .cancelExchange:
            let move = random.pick(WellFormed.moves(.cancelExchange, value, now: now))
            return Move(move.command, random.chance(60) ? Cast.sara : owedDecider(order))
        case .correctReceipt: return receiptCorrection(value)
        case .correctInspection: return inspectionCorrection(value, order: order)
        case .resolve: return resolution(value, order: order)
        case .refund: return refund(value, order: order)
        case .recordRefund: return refundResult(value)
        case .followUp:
            let isReached = random.chance(60)
            return Move(
                .followUp(
                    wasReached: isReached, score: isReached ? UInt8.random(in: 0...5, using: &random) : 0,
                    comments: ""),
                Cast.sara)
        case .confirmRefund:
            // Now and then who prepared it, who may not.
            let move = WellFormed.moves(kind, value, now: now)[0]
            return random.chance(90) ? move : Move(move.command, Cast.fei)
        case .deduct: return deduction(value, order: order)
        case .takeBackDeduction:
            let move = WellFormed.moves(kind, value, now: now)[0]
            return Move(move.command, random.chance(70) ? owedDecider(order) : Cast.sara)
        case .concedeAmount: return concession(value, order: order)
        case .grantReturnless:
            return Move(.grantReturnless(reason: "not worth the postage"), owedDecider(order))
        // Of the others no contents lead elsewhere.
        default:
            return random.pick(WellFormed.moves(kind, value, now: now))
        }
    }

    private mutating func exception(_ value: Case) -> Move {
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

    private mutating func receipt(_ value: Case, order: Order) -> Move {
        if Self.expectsNoGoods(value.state), random.chance(95) { return strayParcel(value, order: order) }
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
    private mutating func strayParcel(_ value: Case, order: Order) -> Move {
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

    private mutating func inspection(_ value: Case) -> Move {
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
    private mutating func agreement(_ value: Case) -> Move {
        let lines = value.lines.filter { $0.units.accepted > $0.units.acceptedExchanged }
        let line = lines.isEmpty ? value.lines[0] : random.pick(lines)
        let most = max(1, line.units.accepted - line.units.acceptedExchanged)
        var agreement = ExchangeAgreement(
            lineID: line.lineID,
            units: random.chance(60) ? 1 : random.units(upTo: most + (random.chance(4) ? 1 : 0)))
        guard random.chance(60) else { return Move(.agreeExchange(agreement), Cast.sara) }
        agreement.sku = "MUG-L"
        agreement.differenceMinor = Int64.random(in: -300...300, using: &random)
        let isMore = agreement.differenceMinor > 0
        let fitting: [ExchangeSettlement] = [isMore ? .paidByCustomer : .paidBack, .waived]
        agreement.settlement = random.pick(random.chance(95) ? fitting : [.paidBack, .paidByCustomer])
        let isWaived = isMore && agreement.settlement == .waived
        return Move(.agreeExchange(agreement), isWaived && random.chance(90) ? Cast.sue : Cast.sara)
    }

    /// Some of what can be taken back, now and then a unit too many.
    private mutating func receiptCorrection(_ value: Case) -> Move {
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
    private mutating func inspectionCorrection(_ value: Case, order: Order) -> Move {
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

    private mutating func resolution(_ value: Case, order: Order) -> Move {
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

    /// Mostly a small part of what is due; now and then all of it, too much, or what only a supervisor may.
    private mutating func deduction(_ value: Case, order: Order) -> Move {
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

    private mutating func concession(_ value: Case, order: Order) -> Move {
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
    private mutating func owedDecider(_ order: Order) -> Actor {
        let isBarred = order.paymentsChangers.contains(Cast.sue.name)
        return isBarred && random.chance(90) ? Actor(name: "steve", roles: [.supervisor]) : Cast.sue
    }

    /// A supervisor who changes payments, as `owedDecider` the other way round.
    public mutating func paymentsChanger(_ cases: [Case]) -> Actor {
        let isBarred = cases.contains { $0.owedDeciders.contains(Cast.sue.name) }
        return isBarred && random.chance(90) ? Actor(name: "stella", roles: [.supervisor]) : Cast.sue
    }

    private mutating func refund(_ value: Case, order: Order) -> Move {
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
    private mutating func lostRefund(_ wish: RefundOrder, _ value: Case) -> Move {
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

    private mutating func refundResult(_ value: Case) -> Move {
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

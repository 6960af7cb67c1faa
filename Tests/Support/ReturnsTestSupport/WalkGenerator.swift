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
    var isLossy: Bool { theme == .lossy || theme == .stranded }
    /// The plan's steps take all there is, so that it gets where it leads.
    var isPlanning: Bool { !plan.isEmpty }

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
}

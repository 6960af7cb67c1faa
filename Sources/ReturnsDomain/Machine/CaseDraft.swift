/// The next version of a case while a command is worked into it. A value inside `Case.decide`; never kept.
struct CaseDraft {
    var value: Case
    var order: Order
    let actor: Actor
    let by: ActorRecord
    let now: Instant
    let policy: ReturnPolicy
    /// What windows and exclusions go by: the version at the purchase, where the order keeps one (N4).
    let purchasePolicy: ReturnPolicy
    /// The version that windows and exclusions would go by, where it cannot be read.
    private(set) var unreadablePurchasePolicy: UInt64?
    let sla: SLAPolicy
    let keeps: KeptFacts
    /// The plan that the case's clocks go by.
    var plan: SLAPlan

    /// The state that the command found, after the clocks were folded in.
    var stateFound: CaseState?

    private let caseBefore: Case?
    private let orderBefore: Order
    /// The order as it is before the command.
    var orderFound: Order { orderBefore }
    var entries: [TimelineEntry] = []
    var events: [CaseEvent] = []

    init(
        _ value: Case, order: Order, actor: Actor, by: ActorRecord, now: Instant, policy: ReturnPolicy,
        purchasePolicy: PurchasePolicy? = nil, sla: SLAPolicy, keeps: KeptFacts = .all, isNew: Bool = false
    ) {
        self.value = value
        self.order = order
        self.actor = actor
        self.by = by
        self.now = now
        self.policy = policy
        self.purchasePolicy = purchasePolicy?.known ?? policy
        if case .unreadable(let version) = purchasePolicy { unreadablePurchasePolicy = version }
        self.sla = sla
        self.keeps = keeps
        plan = sla.plan(named: value.slaPlan)
        caseBefore = isNew ? nil : value
        orderBefore = order
        stateFound = isNew ? nil : value.state
    }

    /// A case as a command finds it: with every clock firing due by now, and what the order's timeline has, folded in.
    static func opening(
        _ value: Case, order: Order, actor: Actor, by: ActorRecord, now: Instant, policy: ReturnPolicy,
        purchasePolicy: PurchasePolicy? = nil, sla: SLAPolicy, keeps: KeptFacts = .all
    ) -> CaseDraft {
        // A case's time never goes back, whichever server's clock runs behind.
        var draft = CaseDraft(
            value, order: order, actor: actor, by: by, now: max(now, value.updatedAt), policy: policy,
            purchasePolicy: purchasePolicy, sla: sla, keeps: keeps)
        draft.foldOrderEntries()
        draft.foldDueClocks()
        return draft
    }

    /// What bars the actor from steps of the case.
    var priorActs: PriorActs {
        let refusers = order.refusers(
            ofLines: value.lines.lazy.map(\.lineID), submittedAt: value.submittedAt, besides: value.id,
            at: now)
        return value.priorActs(of: actor)
            .adding(paymentsChangers: order.paymentsChangers, refusers: refusers, actor: actor)
    }

    // MARK: Recording

    /// Adds a line to the story and an event to the outbox, in the state reached so far.
    mutating func record(
        _ kind: EventType, _ text: String = "", _ detail: CaseEventDetail? = nil,
        personalText: String = "", by actor: ActorRecord? = nil, stateBefore: CaseState? = nil
    ) {
        entries.append(
            TimelineEntry(
                at: now, kind: kind, actor: actor ?? by, stateBefore: stateBefore ?? stateFound,
                stateAfter: value.state, text: text, personalText: personalText,
                caseVersion: value.version + 1))
        events.append(CaseEvent(kind: kind, state: value.state, detail: detail))
    }

    /// Asks the dispatcher to send a message; by itself it leaves nothing owed.
    mutating func requestNotification(_ occasion: NoticeOccasion) {
        events.append(
            CaseEvent(
                kind: .notificationRequested, state: value.state,
                detail: .notification(occasion: occasion, from: plan.messageTime(now))))
    }

    func refusal(_ code: String, _ text: String, field: String = "") -> CaseRejection {
        .notAllowed(code, text, field: field)
    }

    func acting(as role: Role) -> ActorRecord {
        ActorRecord(name: actor.name, role: role, onBehalfOf: actor.onBehalfOf)
    }

    /// Who acts, in the first of these roles that they hold: for steps, or parts of them, that fewer roles may take
    /// than the command's own.
    func acting(as roles: [Role], _ text: String, code: String = "ROLE_REQUIRED") throws(CaseRejection)
        -> ActorRecord
    {
        guard let role = roles.first(where: actor.roles.contains) else { throw .notPermitted(code, text) }
        return acting(as: role)
    }

    mutating func attach(_ document: Document, field: String) throws(CaseRejection) {
        try Require.text(document.reference, "\(field).reference", max: TextLimits.referenceBytesMax)
        guard document.sha256.count == 32 else {
            throw .invalid(
                "SHA256_MALFORMED", "\(field).sha256", "give the 32 bytes of the content's SHA-256")
        }
        // However many there are, the papers that closing needs find room.
        if !value.needsDocument(document.type) {
            try requireRoom(value.documents.count, "documents")
        }
        value.documents.append(
            Document(
                type: document.type, reference: document.reference, sha256: document.sha256, addedAt: now,
                addedBy: by.name, refundID: keeps.contains(.voucherRefunds) ? document.refundID : ""))
    }

    /// Attaches the paper that comes with a step, if there is one, under the type that the step gives it.
    mutating func attach(
        _ document: Document?, as type: DocumentType, refundID: String = "", field: String
    ) throws(CaseRejection) {
        guard var document else { return }
        document.type = type
        document.refundID = refundID
        try attach(document, field: field)
    }

    /// A build beside that keeps no refund of a voucher tells one need for all of them.
    private mutating func leaveOutRefundsOfNeeds() {
        var hasVoucher = false
        value.closingNeeds.removeAll { need in
            guard case .document(.refundVoucher, _) = need else { return false }
            defer { hasVoucher = true }
            return hasVoucher
        }
        for index in value.closingNeeds.indices {
            if case .document(let type, _) = value.closingNeeds[index] {
                value.closingNeeds[index] = .document(type)
            }
        }
    }

    func requireRoom(_ count: Int, _ what: String, max: Int = CountLimits.caseRecordsMax)
        throws(CaseRejection)
    {
        guard count < max else {
            throw .notAllowed(
                "CASE_FULL",
                "the case holds \(max) \(what) already, the most it can; bring it to its end and go on in another case"
            )
        }
    }

    /// A form leaves its case room to be reviewed, handled and brought to its end.
    func requireRoomToGrow() throws(CaseRejection) {
        guard value.weightBytes <= CountLimits.formBytesMax else {
            throw .invalid(
                "FORM_TOO_LARGE", "lines",
                "a form is at most \(CountLimits.formBytesMax >> 10) KiB with its notes and serial numbers; shorten them, or split the lines over several cases"
            )
        }
    }

    /// A case that is too large to grow takes only what leads to its end, and that only so far.
    func requireBounded(_ kind: CommandKind, before: Case) throws(CaseRejection) {
        guard kind != .sweep else { return }
        let weight = value.weightBytes
        let limit = kind.rule.leadsToTheEnd ? 2 * CountLimits.caseBytesMax : CountLimits.caseBytesMax
        guard weight <= limit || weight <= before.weightBytes else {
            throw .notAllowed(
                "CASE_FULL",
                "the case has grown to the \(limit >> 10) KiB it may have; bring it to its end and go on in another case"
            )
        }
        let entriesMax = (kind.rule.leadsToTheEnd ? 2 : 1) * CountLimits.caseTimelineEntriesMax
        guard value.timelineEntries + entries.count <= entriesMax else {
            throw .notAllowed(
                "CASE_FULL",
                "the case's timeline has the \(entriesMax) entries it may have; bring the case to its end and go on in another case"
            )
        }
    }

    /// The steps that can be repeated without end, such as asking and answering, start a clock each time. Those that
    /// lead to the end, such as inspecting and resolving, are not held up by it: `requireBounded` bounds them.
    func requireRoomForClocks() throws(CaseRejection) {
        try requireRoom(value.clocks.count, "clocks", max: CountLimits.caseClocksMax)
    }

    func requireRoomForOutbound() throws(CaseRejection) {
        try requireRoom(value.outbound.count, "outbound items", max: CountLimits.caseOutboundMax)
    }

    // MARK: Finishing

    /// Lets state and clocks follow what is owed, checks every invariant, and hands out the transition. In this order: the state
    /// follows the tracks, the clocks follow state and money, and what is closed follows all of them.
    ///
    /// - Parameter dependsOnOrder: See `CaseTransition`.
    consuming func finish(dependsOnOrder: Bool = false) throws(CaseRejection) -> CaseTransition {
        settleOverpaymentsAndTell()
        settleTracks()
        settleState()
        endNeedlessNotifyClocks()
        reconcileRefundClocks(since: caseBefore)
        reconcileClocks()
        if !keeps.contains(.alertTimes) { scheduleByTheWallClock() }
        settleRefusal()
        value.closingNeeds = value.state.isTerminal ? [] : value.needsToClose(policy: policy)
        if !keeps.contains(.voucherRefunds) { leaveOutRefundsOfNeeds() }
        // A note changes nothing but the story; it is a new version all the same, or it would not be kept.
        let isChanged = caseBefore != value || !entries.isEmpty
        if isChanged {
            value.version += 1
            value.updatedAt = max(now, value.updatedAt)
        }
        if order != orderBefore {
            order.version += 1
            order.updatedAt = max(now, order.updatedAt)
        }
        let attainments = recordClockChanges(since: caseBefore)
        let after = value.state
        // An entry tells the state the act led to, also where that followed from what is owed.
        if let last = entries.indices.last { entries[last].stateAfter = after }
        value.timelineEntries += entries.count
        for index in events.indices { events[index].state = after }
        try checkInvariants()
        return CaseTransition(
            caseBefore: caseBefore, caseAfter: value, orderBefore: orderBefore, orderAfter: order,
            entries: entries, events: events, attainments: attainments, dependsOnOrder: dependsOnOrder)
    }

    /// What is read was checked by the same rules, so what fails here is a bug of ours, or a damage that shows late. The step is
    /// refused and changes nothing: a server that stopped would come back to the same case after every start.
    private func checkInvariants() throws(CaseRejection) {
        guard let found = value.inconsistency ?? order.inconsistency ?? value.inconsistency(with: order)
        else {
            return
        }
        throw wouldBeDamaged(found)
    }

    /// - Parameter found: What does not add up.
    func wouldBeDamaged(_ found: String) -> CaseRejection {
        CaseRejection(
            kind: .damaged, code: "CASE_INCONSISTENT", field: "",
            text:
                "this step would leave case \(value.id) damaged (\(found)), so nothing was changed; report it, with the server's log"
        )
    }
}

import ReturnsAPI
import ReturnsDomain

/// A case from its message with all its groups. What does not add up is damaged.
extension Case {
    init(_ message: Returns_V1_Case) throws(RecordError) {
        try self.init(origin: message)
        lines = try message.lines.mapStored { line throws(RecordError) in try CaseLine(line) }
        checks = try message.checks.mapStored { check throws(RecordError) in try Check(check) }
        if message.hasVerification { verification = try Verification(message.verification) }
        decisions = try message.decisions.mapStored { item throws(RecordError) in try ReviewDecision(item) }
        appeals = Int(message.appeals)
        question = message.question
        answer = message.answer
        pickups = try message.pickups.mapStored { pickup throws(RecordError) in try Pickup(pickup) }
        shipments = message.shipments.map(Shipment.init)
        exception = try message.exception.storedOptional()
        inspections = try message.inspections.mapStored { item throws(RecordError) in try Inspection(item) }
        refunds = try message.refunds.mapStored { refund throws(RecordError) in try Refund(refund) }
        outbound = try message.outbound.mapStored { item throws(RecordError) in try Outbound(item) }
        documents = try message.documents.mapStored { item throws(RecordError) in try Document(stored: item) }
        followUps = try message.followUps.mapStored { item throws(RecordError) in try FollowUp(item) }
        assignments = try message.assignments.mapStored { item throws(RecordError) in try Assignment(item) }
        closingNeeds = try message.closingNeeds.mapStored { need throws(RecordError) in try ClosingNeed(need)
        }
        try readClocks(message)
        try readReasons(message)
        try readPersonalItems(message)
        try readEngine(message.engine)
        if let inconsistency { throw RecordError(what: inconsistency) }
    }

    private init(origin message: Returns_V1_Case) throws(RecordError) {
        guard let id = CaseID(message.id) else { throw RecordError(what: "not a case id") }
        guard let currency = CurrencyCode(message.currency) else { throw RecordError(what: "not a currency") }
        self.init(
            id: id, order: OrderKey(message.order), version: message.version,
            state: try message.state.stored(), customerID: message.customerID, currency: currency,
            form: try ReturnForm(message), returnMethod: try message.returnMethod.storedOptional(),
            requestedAt: Instant(milliseconds: message.requestedAtMs),
            submittedAt: Instant(milliseconds: message.submittedAtMs),
            enteredBy: try ActorRecord(message.enteredBy), lines: [], policyVersion: message.policyVersion,
            standardVersion: message.standardVersion, slaVersion: message.slaVersion, slaPlan: message.slaPlan
        )
        money = try message.money.stored()
        goodsOut = try message.goodsOut.stored()
        customerTold = try message.customerTold.stored()
        isWithdrawn = message.withdrawn
        updatedAt = Instant(milliseconds: message.updatedAtMs)
    }

    private mutating func readClocks(_ message: Returns_V1_Case) throws(RecordError) {
        let engine = message.engine.clocks
        guard engine.count == message.clocks.count else {
            throw RecordError(what: "clocks without what they were started with")
        }
        clocks.reserveCapacity(engine.count)
        for (clock, engine) in zip(message.clocks, engine) { clocks.append(try Clock(clock, engine)) }
        for reason in message.clockReasons {
            let clock = try clocks.place(reason.clock, "clock")
            switch reason.of {
            case .pause(let place):
                let pause = try clocks[clock].pauses.place(place, "pause")
                clocks[clock].pauses[pause].reason = reason.reason
                clocks[clock].pauses[pause].resumeReason = reason.resumeReason
            case .extension(let place):
                let grant = try clocks[clock].extensions.place(place, "extension")
                clocks[clock].extensions[grant].reason = reason.reason
            case nil: throw RecordError(what: "a clock's reason names nothing")
            }
        }
    }

    private mutating func readReasons(_ message: Returns_V1_Case) throws(RecordError) {
        for item in message.overrideReasons {
            let index = try decisions.place(item.decision, "decision")
            guard case .approved(let address, let instructions, _) = decisions[index].outcome else {
                throw RecordError(what: "a rejection overrides nothing")
            }
            decisions[index].outcome = .approved(
                returnAddress: address, instructions: instructions, overrideReason: item.reason)
        }
        for item in message.inspectionNotes {
            inspections[try inspections.place(item.inspection, "inspection")].note = item.note
        }
        for item in message.refundReasons {
            guard let index = refunds.firstIndex(where: { $0.id == item.refundID }) else {
                throw RecordError(what: "reasons of a refund that is not there")
            }
            refunds[index].otherMethodReason = item.otherMethod
            refunds[index].failureReason = item.failure
        }
    }

    private mutating func readPersonalItems(_ message: Returns_V1_Case) throws(RecordError) {
        for item in message.pickupPlaces {
            let index = try pickups.place(item.pickup, "pickup")
            pickups[index].address = item.address
            pickups[index].reason = item.reason
        }
        for item in message.followUpComments {
            followUps[try followUps.place(item.followUp, "follow-up")].comments = item.comments
        }
    }

    private mutating func readEngine(_ message: Returns_V1_CaseEngine) throws(RecordError) {
        stateBefore = try message.stateBefore.storedOptional()
        guard let entries = Int(exactly: message.timelineEntries) else {
            throw RecordError(what: "a counter is out of range")
        }
        timelineEntries = entries
        wasBroughtByHand = message.broughtByHand
        enclosuresFound = message.enclosuresFound
        owedDeciders = Set(message.owedDeciders)
        for item in message.lines {
            let index = try lines.place(item.line, "line")
            lines[index].releasedAwaited = item.releasedAwaited
            lines[index].releasedSentBack = item.releasedSentBack
        }
    }
}

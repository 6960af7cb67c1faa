import ReturnsDomain

extension Case {
    init(
        id: CaseID, version: UInt64, body: UnsafeRawBufferPointer, personal: UnsafeRawBufferPointer
    ) throws(RecordError) {
        var reader = RecordReader(body)
        let recordVersion = try reader.byte()
        guard recordVersion == Self.recordVersion || recordVersion == Self.recordVersionWithoutDeciders else {
            throw RecordError(what: "case record of another version")
        }
        var own = RecordReader(personal)
        guard try own.byte() == Self.personalRecordVersion else {
            throw RecordError(what: "personal record of another version")
        }
        let contact = Contact(
            name: try own.text(), phone: try own.text(), email: try own.text(), address: try own.text())
        let intakeReference = try own.text()
        let freeText = try own.text()
        let question = try own.text()
        let answer = try own.text()
        let addresses = try own.texts()
        let reasons = try own.texts()
        let comments = try own.texts()

        self = try reader.origin(
            id: id, version: version, contact: contact, freeText: freeText, intakeReference: intakeReference)
        lines = try reader.list { reader throws(RecordError) in try reader.caseLine() }
        checks = try reader.list { reader throws(RecordError) in
            Check(
                kind: try reader.code(), result: try reader.code(), detail: try reader.text(),
                policyVersion: try reader.unsigned())
        }
        if try reader.boolean() {
            verification = Verification(
                isCustomerVerified: try reader.boolean(), isOrderVerified: try reader.boolean(),
                by: try reader.actor(),
                at: try reader.instant(), orderVersion: try reader.unsigned())
        }
        decisions = try reader.list { reader throws(RecordError) in try reader.decision() }
        appeals = try reader.integer()
        self.question = question
        self.answer = answer
        pickups = try reader.list { reader throws(RecordError) in
            var pickup = Pickup(
                windowFrom: try reader.instant(), windowUntil: try reader.instant(), address: "")
            pickup.result = try reader.optionalCode()
            pickup.arrivedAt = try reader.optionalInstant()
            return pickup
        }
        guard pickups.count == addresses.count, pickups.count == reasons.count else {
            throw RecordError(what: "personal record does not fit")
        }
        for index in pickups.indices {
            pickups[index].address = addresses[index]
            pickups[index].reason = reasons[index]
        }
        shipments = try reader.list { reader throws(RecordError) in try reader.shipment() }
        exception = try reader.optionalCode()
        wasBroughtByHand = try reader.boolean()
        enclosuresFound = try reader.texts()
        inspections = try reader.list { reader throws(RecordError) in try reader.inspection() }
        outbound = try reader.list { reader throws(RecordError) in
            Outbound(
                kind: try reader.code(), lineID: try reader.text(), sku: try reader.text(),
                units: try reader.signed(),
                carrier: try reader.text(), trackingNumber: try reader.text(),
                shippedAt: try reader.optionalInstant())
        }
        refunds = try reader.list { reader throws(RecordError) in try reader.refund() }
        documents = try reader.list { reader throws(RecordError) in
            Document(
                type: try reader.code(), reference: try reader.text(), sha256: try reader.data(),
                addedAt: try reader.instant(), addedBy: try reader.text())
        }
        followUps = try reader.list { reader throws(RecordError) in
            FollowUp(
                at: try reader.instant(), by: try reader.actor(), wasReached: try reader.boolean(),
                score: try reader.byte(), comments: "")
        }
        guard followUps.count == comments.count else {
            throw RecordError(what: "personal record does not fit")
        }
        for index in followUps.indices { followUps[index].comments = comments[index] }
        clocks = try reader.list { reader throws(RecordError) in try reader.clock() }
        assignments = try reader.list { reader throws(RecordError) in
            Assignment(
                role: try reader.code(), person: try reader.text(), team: try reader.text(),
                at: try reader.instant(), by: try reader.actor())
        }
        owedDeciders =
            recordVersion == Self.recordVersion ? Set(try reader.texts()) : inspectors
        guard reader.isAtEnd, own.isAtEnd else { throw RecordError(what: "case record too long") }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}

extension RecordReader {
    fileprivate mutating func origin(
        id: CaseID, version: UInt64, contact: Contact, freeText: String, intakeReference: String
    ) throws(RecordError) -> Case {
        let order = OrderKey(saleChannel: try text(), orderNumber: try text())
        let channelRef = try text()
        let state: CaseState = try code()
        let tracks: [Track] = [try code(), try code(), try code()]
        let isWithdrawn = try boolean()
        let customerID = try text()
        guard let currency = CurrencyCode(try text()) else { throw RecordError(what: "not a currency") }
        let intakeChannel: IntakeChannel = try code()
        let reasonCode = try text()
        let returnMethod: ReturnMethod? = try optionalCode()
        let conditions = try list { reader throws(RecordError) in
            DeclaredCondition(code: try reader.text(), isMet: try reader.boolean())
        }
        let requestedAt = try instant()
        let submittedAt = try instant()
        let updatedAt = try instant()
        let enteredBy = try actor()
        var value = Case(
            id: id, order: order, channelRef: channelRef, version: version, state: state,
            customerID: customerID,
            currency: currency, intakeChannel: intakeChannel, intakeReference: intakeReference,
            reasonCode: reasonCode,
            freeText: freeText, contact: contact, returnMethod: returnMethod, conditions: conditions,
            requestedAt: requestedAt, submittedAt: submittedAt, enteredBy: enteredBy, lines: [],
            policyVersion: try unsigned(), standardVersion: try unsigned(), slaVersion: try unsigned(),
            slaPlan: try text())
        value.stateBefore = try optionalCode()
        value.timelineEntries = try integer()
        value.money = tracks[0]
        value.goodsOut = tracks[1]
        value.customerTold = tracks[2]
        value.isWithdrawn = isWithdrawn
        value.updatedAt = updatedAt
        return value
    }

    fileprivate mutating func caseLine() throws(RecordError) -> CaseLine {
        let lineID = try text()
        let sku = try text()
        let wasAdded = try boolean()
        var units = UnitLedger(requested: try signed())
        units.awaited = try signed()
        units.uninspected = try signed()
        units.accepted = try signed()
        units.undecided = try signed()
        units.conceded = try signed()
        units.sentBack = try signed()
        units.exchanged = try signed()
        units.disposed = try signed()
        units.lost = try signed()
        units.lostConceded = try signed()
        units.kept = try signed()
        units.released = try signed()
        var line = CaseLine(lineID: lineID, sku: sku, requested: units.requested, wasAddedOnReceipt: wasAdded)
        line.units = units
        line.owedMinor = try signed()
        line.committedMinor = try signed()
        line.releasedAwaited = try signed()
        line.releasedSentBack = try signed()
        return line
    }

    fileprivate mutating func decision() throws(RecordError) -> ReviewDecision {
        let isApproved = try boolean()
        let texts = try texts()
        guard texts.count == 3 else { throw RecordError(what: "not a decision") }
        return ReviewDecision(
            outcome: isApproved
                ? .approved(returnAddress: texts[0], instructions: texts[1], overrideReason: texts[2])
                : .rejected(code: texts[0], reason: texts[1], alternative: texts[2]),
            by: try actor(), at: try instant())
    }

    fileprivate mutating func shipment() throws(RecordError) -> Shipment {
        Shipment(
            carrier: try text(), trackingNumber: try text(), shippedAt: try instant(),
            events: try list { reader throws(RecordError) in
                Shipment.TrackingEvent(
                    at: try reader.instant(), status: try reader.text(), place: try reader.text())
            })
    }

    fileprivate mutating func inspection() throws(RecordError) -> Inspection {
        Inspection(
            lineID: try text(), isAppearanceOK: try boolean(), isQuantityOK: try boolean(),
            isPackagingOK: try boolean(),
            isUnusedOK: try boolean(), acceptedUnits: try signed(), refusedUnits: try signed(),
            evidence: try texts(),
            note: try text(), inspector: try actor(), at: try instant(), standardVersion: try unsigned())
    }

    private mutating func shares() throws(RecordError) -> [RefundShare] {
        try list { reader throws(RecordError) in
            RefundShare(reference: try reader.text(), amountMinor: try reader.signed())
        }
    }

    fileprivate mutating func refund() throws(RecordError) -> Refund {
        Refund(
            id: try text(), status: try code(), lines: try shares(), shippingMinor: try signed(),
            payments: try shares(),
            otherMethod: try text(), otherMethodReason: try text(), attempts: try unsigned32(),
            failureReason: try text(),
            voucher: try text(), startedAt: try instant(), endedAt: try optionalInstant(),
            overpaidLines: try shares(), overpaidShippingMinor: try signed())
    }

    fileprivate mutating func clock() throws(RecordError) -> Clock {
        let kind: ClockKind = try code()
        let ordinal = try unsigned32()
        let startedAt = try instant()
        let rawDueAt = try instant()
        let dueAt = try instant()
        let length = try clockLength()
        let warnBefore = try list { reader throws(RecordError) in try reader.signed() }
        let escalateAfter = try list { reader throws(RecordError) in try reader.signed() }
        var clock = Clock(
            kind: kind, ordinal: ordinal, startedAt: startedAt, rawDueAt: rawDueAt,
            length: length, warnBeforeMilliseconds: warnBefore, escalateAfterMilliseconds: escalateAfter,
            slaVersion: try unsigned())
        clock.dueAt = dueAt
        clock.units = try signed()
        clock.pauses = try list { reader throws(RecordError) in
            var pause = Clock.Pause(
                from: try reader.instant(), until: try reader.optionalInstant(), reason: try reader.text(),
                by: try reader.actor(), isByState: try reader.boolean())
            pause.resumeReason = try reader.text()
            if try reader.boolean() { pause.resumedBy = try reader.actor() }
            return pause
        }
        clock.extensions = try list { reader throws(RecordError) in
            Clock.Extension(
                at: try reader.instant(), byMilliseconds: try reader.signed(), reason: try reader.text(),
                by: try reader.actor())
        }
        clock.warnedAt = try list { reader throws(RecordError) in try reader.instant() }
        clock.breachedAt = try optionalInstant()
        clock.escalatedAt = try list { reader throws(RecordError) in try reader.instant() }
        clock.end = try optionalCode()
        clock.endedAt = try optionalInstant()
        return clock
    }
}

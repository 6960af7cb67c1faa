import ReturnsDomain

extension Case {
    static let recordVersion: UInt8 = 3
    /// Before it was kept who else than inspectors decided whether money is owed: nobody is known to have.
    static let recordVersionWithoutDeciders: UInt8 = 2
    static let personalRecordVersion: UInt8 = 2

    /// The two body fields of a case's hash: what anyone may see, and personal data apart from it, so that the latter
    /// can be sealed and erased by itself (DESIGN §7). The id is the key's, the version a field beside them.
    func encodeRecord() -> (body: [UInt8], personal: [UInt8]) {
        var body = RecordWriter(capacity: 1_024)
        body.write(Self.recordVersion)
        writeOrigin(&body)
        body.writeList(lines) { $0.write($1) }
        writeReview(&body)
        writeLogistics(&body)
        writeMoney(&body)
        body.writeList(documents) { $0.write($1) }
        body.writeList(followUps) { writer, item in
            writer.write(item.at)
            writer.write(item.by)
            writer.write(item.wasReached)
            writer.write(item.score)
        }
        body.writeList(clocks) { $0.write($1) }
        body.writeList(assignments) { writer, item in
            writer.write(item.role)
            writer.write(item.person)
            writer.write(item.team)
            writer.write(item.at)
            writer.write(item.by)
        }
        body.writeList(owedDeciders.sorted()) { $0.write($1) }
        return (body.bytes, encodePersonal())
    }

    private func writeOrigin(_ writer: inout RecordWriter) {
        writer.write(order.saleChannel)
        writer.write(order.orderNumber)
        writer.write(channelRef)
        writer.write(state)
        writer.write(money)
        writer.write(goodsOut)
        writer.write(customerTold)
        writer.write(isWithdrawn)
        writer.write(customerID)
        writer.write(currency.description)
        writer.write(intakeChannel)
        writer.write(reasonCode)
        writer.write(returnMethod)
        writer.writeList(conditions) { writer, condition in
            writer.write(condition.code)
            writer.write(condition.isMet)
        }
        writer.write(requestedAt)
        writer.write(submittedAt)
        writer.write(updatedAt)
        writer.write(enteredBy)
        writer.write(policyVersion)
        writer.write(standardVersion)
        writer.write(slaVersion)
        writer.write(slaPlan)
        writer.write(stateBefore)
        writer.write(Int64(timelineEntries))
    }

    private func writeReview(_ writer: inout RecordWriter) {
        writer.writeList(checks) { writer, check in
            writer.write(check.kind)
            writer.write(check.result)
            writer.write(check.detail)
            writer.write(check.policyVersion)
        }
        writer.write(verification != nil)
        if let verification {
            writer.write(verification.isCustomerVerified)
            writer.write(verification.isOrderVerified)
            writer.write(verification.by)
            writer.write(verification.at)
            writer.write(verification.orderVersion)
        }
        writer.writeList(decisions) { $0.write($1) }
        writer.write(appeals)
    }

    private func writeLogistics(_ writer: inout RecordWriter) {
        writer.writeList(pickups) { writer, pickup in
            writer.write(pickup.windowFrom)
            writer.write(pickup.windowUntil)
            writer.write(pickup.result)
            writer.write(pickup.arrivedAt)
        }
        writer.writeList(shipments) { writer, shipment in
            writer.write(shipment.carrier)
            writer.write(shipment.trackingNumber)
            writer.write(shipment.shippedAt)
            writer.writeList(shipment.events) { writer, event in
                writer.write(event.at)
                writer.write(event.status)
                writer.write(event.place)
            }
        }
        writer.write(exception)
        writer.write(wasBroughtByHand)
        writer.write(enclosuresFound)
        writer.writeList(inspections) { $0.write($1) }
        writer.writeList(outbound) { writer, item in
            writer.write(item.kind)
            writer.write(item.lineID)
            writer.write(item.sku)
            writer.write(item.units)
            writer.write(item.carrier)
            writer.write(item.trackingNumber)
            writer.write(item.shippedAt)
        }
    }

    private func writeMoney(_ writer: inout RecordWriter) {
        writer.writeList(refunds) { $0.write($1) }
    }

    private func encodePersonal() -> [UInt8] {
        var writer = RecordWriter(capacity: 128)
        writer.write(Self.personalRecordVersion)
        writer.write(contact.name)
        writer.write(contact.phone)
        writer.write(contact.email)
        writer.write(contact.address)
        writer.write(intakeReference)
        writer.write(freeText)
        writer.write(question)
        writer.write(answer)
        writer.write(pickups.map(\.address))
        writer.write(pickups.map(\.reason))
        writer.write(followUps.map(\.comments))
        return writer.bytes
    }
}

extension RecordWriter {
    fileprivate mutating func write(_ line: CaseLine) {
        write(line.lineID)
        write(line.sku)
        write(line.wasAddedOnReceipt)
        write(line.units)
        write(line.owedMinor)
        write(line.committedMinor)
        write(line.releasedAwaited)
        write(line.releasedSentBack)
    }

    fileprivate mutating func write(_ units: UnitLedger) {
        for count in [
            units.requested, units.awaited, units.uninspected, units.accepted, units.undecided,
            units.conceded,
            units.sentBack, units.exchanged, units.disposed, units.lost, units.lostConceded, units.kept,
            units.released,
        ] { write(count) }
    }

    fileprivate mutating func write(_ decision: ReviewDecision) {
        switch decision.outcome {
        case .approved(let address, let instructions, let reason):
            write(true)
            write([address, instructions, reason])
        case .rejected(let code, let reason, let alternative):
            write(false)
            write([code, reason, alternative])
        }
        write(decision.by)
        write(decision.at)
    }

    fileprivate mutating func write(_ inspection: Inspection) {
        write(inspection.lineID)
        write(inspection.isAppearanceOK)
        write(inspection.isQuantityOK)
        write(inspection.isPackagingOK)
        write(inspection.isUnusedOK)
        write(inspection.acceptedUnits)
        write(inspection.refusedUnits)
        write(inspection.evidence)
        write(inspection.note)
        write(inspection.inspector)
        write(inspection.at)
        write(inspection.standardVersion)
    }

    fileprivate mutating func write(_ refund: Refund) {
        write(refund.id)
        write(refund.status)
        write(refund.lines)
        write(refund.shippingMinor)
        write(refund.payments)
        write(refund.otherMethod)
        write(refund.otherMethodReason)
        write(refund.attempts)
        write(refund.failureReason)
        write(refund.voucher)
        write(refund.startedAt)
        write(refund.endedAt)
        write(refund.overpaidLines)
        write(refund.overpaidShippingMinor)
    }

    private mutating func write(_ shares: [RefundShare]) {
        writeList(shares) { writer, share in
            writer.write(share.reference)
            writer.write(share.amountMinor)
        }
    }

    fileprivate mutating func write(_ document: Document) {
        write(document.type)
        write(document.reference)
        write(document.sha256)
        write(document.addedAt)
        write(document.addedBy)
    }

    fileprivate mutating func write(_ clock: Clock) {
        write(clock.kind)
        write(clock.ordinal)
        write(clock.startedAt)
        write(clock.rawDueAt)
        write(clock.dueAt)
        write(clock.length)
        writeList(clock.warnBeforeMilliseconds) { $0.write($1) }
        writeList(clock.escalateAfterMilliseconds) { $0.write($1) }
        write(clock.slaVersion)
        write(clock.units)
        writeList(clock.pauses) { writer, pause in
            writer.write(pause.from)
            writer.write(pause.until)
            writer.write(pause.reason)
            writer.write(pause.by)
            writer.write(pause.isByState)
            writer.write(pause.resumeReason)
            writer.write(pause.resumedBy != nil)
            if let actor = pause.resumedBy { writer.write(actor) }
        }
        writeList(clock.extensions) { writer, grant in
            writer.write(grant.at)
            writer.write(grant.byMilliseconds)
            writer.write(grant.reason)
            writer.write(grant.by)
        }
        writeList(clock.warnedAt) { $0.write($1) }
        write(clock.breachedAt)
        writeList(clock.escalatedAt) { $0.write($1) }
        write(clock.end)
        write(clock.endedAt)
    }
}

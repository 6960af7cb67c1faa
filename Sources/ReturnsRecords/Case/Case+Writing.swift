import RCP
import ReturnsAPI
import ReturnsDomain

/// A case as it is stored, group by group (`CaseRecord`). A group that has nothing has no bytes.
extension Case {
    private typealias Fields = Returns_V1_Case.Fields

    func writePublic(to writer: inout RCPMessageWriter) {
        writeOrigin(to: &writer)
        writer.append(Fields.lines, lines)
        for check in checks {
            if let check = check.known(to: writer) { writer.append(Fields.checks, one: check) }
        }
        writer.append(Fields.verification, verification)
        writer.append(Fields.decisions, decisions)
        writer.append(Fields.appeals, UInt32(appeals))
        writer.append(Fields.pickups, pickups)
        writer.append(Fields.shipments, shipments)
        writer.append(Fields.inspections, inspections)
        writer.append(Fields.refunds, refunds)
        writer.append(Fields.outbound, outbound)
        for (index, document) in documents.enumerated() {
            writer.append(Fields.documents, one: index == 0 ? document.withoutHash : document)
        }
        writer.append(Fields.followUps, followUps)
        writer.append(Fields.clocks, clocks)
        writer.append(Fields.policyVersion, policyVersion)
        writer.append(Fields.standardVersion, standardVersion)
        writer.append(Fields.exception, exception)
        writer.append(Fields.closingNeeds, closingNeeds)
        writer.append(Fields.slaVersion, slaVersion)
        writer.append(Fields.slaPlan, slaPlan)
        // Below their level `customer_told` alone tells whether something is due (`Case.adoptNotices`).
        if writer.holds(Fields.notices) { writer.append(Fields.notices, notices) }
        if writer.holds(Fields.reopenedAtMs) { writer.append(Fields.reopenedAtMs, reopenedAt) }
        writer.append(Fields.shippingDueMinor, shippingDueMinor)
        if writer.holds(Fields.notes) { writer.append(Fields.notes, notes.map { UInt32(clamping: $0) }) }
    }

    private func writeOrigin(to writer: inout RCPMessageWriter) {
        writer.append(Fields.id, id.description)
        writer.append(Fields.order, order)
        writer.append(Fields.channelRef, form.channelRef)
        writer.append(Fields.version, version)
        writer.append(Fields.state, state)
        writer.append(Fields.money, money)
        writer.append(Fields.goodsOut, goodsOut)
        writer.append(Fields.customerTold, customerTold)
        writer.append(Fields.withdrawn, isWithdrawn)
        writer.append(Fields.customerID, customerID)
        writer.append(Fields.currency, currency.description)
        writer.append(Fields.intakeChannel, form.intakeChannel)
        writer.append(Fields.reasonCode, form.reasonCode)
        writer.append(Fields.returnMethod, returnMethod)
        writer.append(Fields.conditions, form.conditions)
        writer.append(Fields.requestedAtMs, requestedAt)
        writer.append(Fields.submittedAtMs, submittedAt)
        writer.append(Fields.updatedAtMs, updatedAt)
        writer.append(Fields.enteredBy, enteredBy)
    }

    func writeDesk(to writer: inout RCPMessageWriter) {
        writer.append(Fields.assignments, assignments)
        for (index, decision) in decisions.enumerated() {
            guard case .approved(_, _, let reason) = decision.outcome, !reason.isEmpty else { continue }
            writer.append(
                Fields.overrideReasons, one: OverrideReason(decision: UInt32(index + 1), reason: reason))
        }
        for (index, inspection) in inspections.enumerated() where !inspection.note.isEmpty {
            writer.append(
                Fields.inspectionNotes,
                one: InspectionNote(inspection: UInt32(index + 1), note: inspection.note))
        }
        for refund in refunds where !(refund.otherMethodReason.isEmpty && refund.failureReason.isEmpty) {
            writer.append(
                Fields.refundReasons,
                one: RefundReasons(
                    refundID: refund.id, otherMethod: refund.otherMethodReason, failure: refund.failureReason)
            )
        }
        for (index, clock) in clocks.enumerated() {
            clock.forEachReason(place: UInt32(index + 1)) { writer.append(Fields.clockReasons, one: $0) }
        }
    }

    func writeLogistics(to writer: inout RCPMessageWriter) {
        for (index, pickup) in pickups.enumerated()
        where !(pickup.address.isEmpty && pickup.reason.isEmpty) {
            writer.append(
                Fields.pickupPlaces,
                one: PickupPlace(pickup: UInt32(index + 1), address: pickup.address, reason: pickup.reason))
        }
    }

    func writePersonal(to writer: inout RCPMessageWriter) {
        writer.append(Fields.intakeReference, form.intakeReference)
        writer.append(Fields.freeText, form.freeText)
        if form.contact != Contact() { writer.append(Fields.contact, form.contact) }
        writer.append(Fields.question, question)
        writer.append(Fields.answer, answer)
        for (index, followUp) in followUps.enumerated() where !followUp.comments.isEmpty {
            writer.append(
                Fields.followUpComments,
                one: FollowUpComments(followUp: UInt32(index + 1), comments: followUp.comments))
        }
        for (index, notice) in notices.enumerated() where !notice.text.isEmpty {
            writer.append(
                Fields.noticeTexts, one: NoticeText(notice: UInt32(index + 1), text: notice.text))
        }
        if let application = documents.first {
            writer.append(Fields.applicationSha256, application.sha256)
        }
        for (index, line) in lines.enumerated() where !line.statement.note.isEmpty {
            writer.append(Fields.lineNotes, one: LineNote(line: UInt32(index + 1), note: line.statement.note))
        }
    }

    func writeEngine(to writer: inout RCPMessageWriter) {
        typealias Engine = Returns_V1_CaseEngine.Fields
        writer.append(Fields.engine) { writer in
            writer.append(Engine.stateBefore, stateBefore)
            writer.append(Engine.timelineEntries, UInt64(timelineEntries))
            writer.append(Engine.broughtByHand, wasBroughtByHand)
            writer.append(Engine.enclosuresFound, enclosuresFound)
            writer.append(Engine.owedDeciders, owedDeciders.sorted())
            for (index, line) in lines.enumerated()
            where line.releasedAwaited != 0 || line.releasedSentBack != 0 {
                writer.append(
                    Engine.lines,
                    one: ReleasedUnits(
                        line: UInt32(index + 1), awaited: line.releasedAwaited,
                        sentBack: line.releasedSentBack))
            }
            for clock in clocks { writer.append(Engine.clocks, one: ClockStart(clock)) }
            writer.append(Engine.exchanges, exchangesAgreed)
            // Below its level `customer_told` tells it, as long as nothing is due.
            if writer.holds(Engine.toldBefore) { writer.append(Engine.toldBefore, wasToldBefore) }
        }
    }
}

extension Document {
    /// What everybody reads of the form that a case was opened with: by its hash, what is personal in it could be guessed.
    fileprivate var withoutHash: Document {
        var document = self
        document.sha256 = []
        return document
    }
}

extension Clock {
    /// - Parameter place: The clock's, from 1 on.
    fileprivate func forEachReason(place: UInt32, _ body: (ClockReason) -> Void) {
        for (index, pause) in pauses.enumerated() where !(pause.reason.isEmpty && pause.resumeReason.isEmpty)
        {
            body(
                ClockReason(
                    clock: place, place: .pause(UInt32(index + 1)), reason: pause.reason,
                    resumeReason: pause.resumeReason))
        }
        for (index, grant) in extensions.enumerated() where !grant.reason.isEmpty {
            body(ClockReason(clock: place, place: .extension(UInt32(index + 1)), reason: grant.reason))
        }
    }
}

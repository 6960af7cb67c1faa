import MoneyFormat
import ReturnsAPI

/// A case on one screen.
struct CaseDetail {
    var value: Returns_V1_Case
    var nowMilliseconds: Int64
    var times = TimeFormat.screen
    /// The latest, the oldest of them first.
    var notes: [Returns_V1_TimelineEntry] = []

    func text(_ style: Style) -> String {
        var lines: [String] = []
        lines.append(
            "\(style.bold("case \(value.id)"))  \(style.bold(word(value.state)))  version \(value.version)")
        add("order", value.orderName, &lines)
        add("reference", value.channelRef, &lines)
        add("requested", requestedText, &lines)
        add("reason", reasonText, &lines)
        add("customer", customerText, &lines)
        add(
            "conditions",
            value.conditions.map { "\($0.code) \($0.met ? "yes" : "no")" }.joined(separator: ", "), &lines)
        add("owed", value.tracksText, &lines)
        for (index, notice) in value.notices.enumerated() {
            add("notice", noticeText(notice, text: value.noticeText(index)), &lines)
        }
        if value.withdrawn { add("withdrawn", "yes: goods go back on arrival", &lines) }
        add("question", value.question, &lines)
        add("answer", value.answer, &lines)
        if value.hasVerification { add("verified", verificationText, &lines) }
        for check in value.checks { lines.append(checkLine(check, style)) }
        for (index, decision) in value.decisions.enumerated() {
            add("decision", decisionText(decision, value.overrideReason(index)), &lines)
        }
        for (index, pickup) in value.pickups.enumerated() {
            add("pickup", pickupText(pickup, value.pickupPlace(index)), &lines)
        }
        for shipment in value.shipments { add("shipment", shipmentText(shipment), &lines) }
        lines += ["", linesTable(style)]
        for (index, line) in value.lines.enumerated() {
            add("line \(line.lineID)", lineText(line, note: value.lineNote(index)), &lines)
            for (place, deduction) in line.deductions.enumerated() {
                add("deducted", deductionText(deduction, line: line.lineID, number: place + 1), &lines)
            }
            for concession in line.concessions {
                add("conceded", concessionText(concession, line: line.lineID), &lines)
            }
        }
        for (index, inspection) in value.inspections.enumerated() {
            let isReplaced = value.inspections[(index + 1)...].contains {
                $0.replacesEarlier && $0.lineID == inspection.lineID
            }
            let label = inspection.replacesEarlier ? "correction" : "inspection"
            let note = isReplaced ? " (corrected since)" : ""
            add(label, inspectionText(inspection, note: value.inspectionNote(index)) + note, &lines)
        }
        for refund in value.refunds {
            add("refund", refundText(refund), &lines)
            if refund.overpaidMinor > 0 { lines.append(style.red(label("overpaid", overpaidText(refund)))) }
        }
        if value.shippingDueMinor > 0 {
            let due = MoneyFormat.text(value.shippingDueMinor, value.currency)
            add("shipping", "\(due) due again, since a refund of it came back", &lines)
        }
        for item in value.outbound { add("goods out", outboundText(item), &lines) }
        for document in value.documents { add("document", documentText(document), &lines) }
        for (index, followUp) in value.followUps.enumerated() {
            add("follow-up", followUpText(followUp, value.comments(index)), &lines)
        }
        for clock in value.runningClocks {
            let line = label(
                "clock", "\(clock.name) of \(word(clock.owner)), \(clock.dueText(now: nowMilliseconds))")
            lines.append(clock.isLate(now: nowMilliseconds) ? style.red(line) : line)
        }
        for note in notes { add("note", noteText(note), &lines) }
        let more = Int(value.notes) - notes.count
        if value.notes > 0, more > 0 {
            add(
                "notes", "\(counted(more, notes.isEmpty ? "note" : "older note")): case timeline tells them",
                &lines)
        }
        for assignment in value.assignments { add("assigned", assignmentText(assignment), &lines) }
        for need in value.closingTexts { add("to close", need, &lines) }
        for withheld in value.withheld { add("withheld", withheld.text, &lines) }
        return lines.joined(separator: "\n")
    }

    private func assignmentText(_ assignment: Returns_V1_Assignment) -> String {
        let who = [assignment.person, assignment.team].filter { !$0.isEmpty }.joined(separator: ", team ")
        return "\(word(assignment.role)) to \(assignment.person.isEmpty ? "team " : "")\(who)"
    }

    /// "2026-11-23 13:56 +08:00 lena (service): “photographs asked for”"; who may not read it sees that it is there.
    private func noteText(_ note: Returns_V1_TimelineEntry) -> String {
        let quotes = note.quotes.map { "“\($0)”" } + note.withheld.map { "(\($0.text))" }
        return "\(times.text(milliseconds: note.atMs)) \(note.actor.text): \(quotes.joined(separator: " "))"
    }

    private func add(_ name: String, _ text: String, _ lines: inout [String]) {
        if !text.isEmpty { lines.append(label(name, text)) }
    }

    private func label(_ name: String, _ text: String) -> String {
        "  \(TextWidth.padded(name, to: 10, alignment: .left))  \(TextWidth.safe(text))"
    }

    private var requestedText: String {
        let asked = times.text(milliseconds: value.requestedAtMs)
        let received = times.text(milliseconds: value.submittedAtMs)
        let reference = value.intakeReference.isEmpty ? "" : " \(value.intakeReference)"
        return
            "\(asked) by \(word(value.intakeChannel))\(reference); received \(received) by \(value.enteredBy.text)"
    }

    private var reasonText: String {
        value.freeText.isEmpty ? value.reasonCode : "\(value.reasonCode): \(value.freeText)"
    }

    /// What the form says of the line's goods themselves.
    private func lineText(_ line: Returns_V1_CaseLine, note: String) -> String {
        var parts = line.reasonCode.isEmpty ? [] : [line.reasonCode]
        if !note.isEmpty { parts.append("“\(note)”") }
        if !line.serialNumbers.isEmpty {
            parts.append("serial numbers \(line.serialNumbers.joined(separator: ", "))")
        }
        return parts.joined(separator: "; ")
    }

    /// "line 1, deduction 2: 15.00 EUR restocking by lena (service), 2026-11-23 13:56 +08:00; taken back by …"
    private func deductionText(_ deduction: Returns_V1_Deduction, line: String, number: Int) -> String {
        let end =
            deduction.hasTakenBackAtMs
            ? "; taken back by \(deduction.takenBackBy.text), \(times.text(milliseconds: deduction.takenBackAtMs))"
            : ""
        return
            "line \(line), deduction \(number): \(MoneyFormat.text(deduction.amountMinor, value.currency)) \(word(deduction.code).replacing("_", with: " "))"
            + " by \(deduction.by.text), \(times.text(milliseconds: deduction.atMs))\(end)"
    }

    private func concessionText(_ concession: Returns_V1_Concession, line: String) -> String {
        "line \(line): \(MoneyFormat.text(concession.amountMinor, value.currency)) for \(counted(concession.units, "refused unit"))"
            + " worth \(MoneyFormat.text(concession.worthMinor, value.currency))"
            + " by \(concession.by.text), \(times.text(milliseconds: concession.atMs))"
    }

    private var customerText: String {
        let contact = value.contact
        return [value.customerID, contact.name, contact.phone, contact.email, contact.address]
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private var verificationText: String {
        let value = value.verification
        return
            "customer \(value.customerVerified ? "yes" : "no"), order \(value.orderVerified ? "yes" : "no")"
            + " by \(value.by.text), \(times.text(milliseconds: value.atMs)), order version \(value.orderVersion)"
    }

    private func checkLine(_ check: Returns_V1_Check, _ style: Style) -> String {
        let detail = check.detail.isEmpty ? "" : " — \(times.restated(check.detail))"
        let line = label(
            "check", "\(word(check.kind).replacing("_", with: " ")) \(word(check.result))\(detail)")
        return check.blocksApproval ? style.yellow(line) : line
    }

    private func decisionText(_ decision: Returns_V1_Decision, _ overrideReason: String) -> String {
        let by = "by \(decision.by.text), \(times.text(milliseconds: decision.atMs))"
        guard decision.approved else {
            return "rejected \(by): \(decision.code), \(decision.reason); offered: \(decision.alternative)"
        }
        let against =
            overrideReason.isEmpty ? "" : ", against checks that did not pass: \(overrideReason)"
        return "approved \(by)\(against); to: \(decision.returnAddress)"
    }

    private func pickupText(_ pickup: Returns_V1_Pickup, _ place: Returns_V1_PickupPlace) -> String {
        let window =
            "\(times.text(milliseconds: pickup.windowFromMs)) to \(times.text(milliseconds: pickup.windowUntilMs))"
        let result = pickup.result == .unspecified ? "" : ", \(word(pickup.result))"
        return window + result + (place.reason.isEmpty ? "" : ": \(place.reason)")
            + (place.address.isEmpty ? "" : ", at \(place.address)")
    }

    private func shipmentText(_ shipment: Returns_V1_Shipment) -> String {
        let last = shipment.events.last.map { ", last: \($0.status) \($0.place)" } ?? ""
        return
            "\(shipment.carrier) \(shipment.trackingNo), \(times.text(milliseconds: shipment.shippedAtMs))\(last)"
    }

    /// What is due to be told, and what was told.
    private func noticeText(_ notice: Returns_V1_Notice, text: String) -> String {
        let what =
            word(notice.occasion).replacing("_", with: " ")
            + (notice.refundID.isEmpty ? "" : " \(notice.refundID)")
        switch notice.state {
        case .due: return "\(what): due since \(times.text(milliseconds: notice.sinceMs))"
        case .told:
            return "\(what): told by \(word(notice.channel)) \(times.text(milliseconds: notice.endedAtMs))"
                + (notice.reference.isEmpty ? "" : ", \(notice.reference)") + " by \(notice.by.text)"
                + (text.isEmpty ? "" : " — \(text)")
        case .voided: return "\(what): overtaken \(times.text(milliseconds: notice.endedAtMs))"
        case .unspecified, .UNRECOGNIZED: return "\(what): \(word(notice.state))"
        }
    }

    private func inspectionText(_ inspection: Returns_V1_Inspection, note: String) -> String {
        let failed = [
            ("appearance", inspection.appearanceOk), ("quantity", inspection.quantityOk),
            ("packaging", inspection.packagingOk), ("unused", inspection.unusedOk),
        ].filter { !$0.1 }.map(\.0)
        return
            "line \(inspection.lineID): \(inspection.acceptedUnits) accepted, \(inspection.refusedUnits) refused"
            + (failed.isEmpty ? "" : ", failed: \(failed.joined(separator: ", "))")
            + " by \(inspection.inspector.text)" + (note.isEmpty ? "" : " — \(note)")
    }

    private func refundText(_ refund: Returns_V1_Refund) -> String {
        let shipping =
            refund.shippingMinor == 0
            ? "" : " (shipping \(MoneyFormat.text(refund.shippingMinor, value.currency)))"
        let reasons = value.refundReasons(refund.refundID)
        let note = refund.creditNote.isEmpty ? "" : ", credit note \(refund.creditNote)"
        let voucher = (refund.voucher.isEmpty ? "" : ", voucher \(refund.voucher)") + note
        let failure = reasons.failure.isEmpty ? "" : ": \(reasons.failure)"
        let people = [("prepared by", refund.preparedBy), ("second person", refund.confirmedBy)].filter {
            !$0.1.name.isEmpty
        }.map { ", \($0.0) \($0.1.text)" }.joined()
        let returned =
            refund.hasReturnedAtMs ? " by the bank \(times.text(milliseconds: refund.returnedAtMs))" : ""
        return "\(refund.refundID)  \(MoneyFormat.text(refund.amountMinor, value.currency))\(shipping)"
            + " to \(RefundTarget.text(refund, value.currency))"
            + ", \(word(refund.status))\(returned)\(failure)\(voucher), attempt \(refund.attempts)\(people)"
    }

    private func overpaidText(_ refund: Returns_V1_Refund) -> String {
        "\(MoneyFormat.text(refund.overpaidMinor, value.currency)) of \(refund.refundID) more than was owed; recover it"
    }

    private func outboundText(_ item: Returns_V1_Outbound) -> String {
        let shipped =
            item.hasShippedAtMs ? "shipped by \(item.carrier) \(item.trackingNo)" : "still to be shipped"
        let kind = word(item.kind).replacing("_", with: " ")
        return "\(item.units) × \(item.sku), \(kind)\(exchangeText(item)); \(shipped)"
    }

    /// " 1 in place of 10.00 EUR that were owed for line 1; they cost 2.00 EUR more, paid by customer T-118"
    private func exchangeText(_ item: Returns_V1_Outbound) -> String {
        guard item.kind == .exchangeAccepted else { return "" }
        func text(_ minor: Int64) -> String { MoneyFormat.text(minor, value.currency) }
        var parts = [
            " \(item.exchange) in place of \(text(item.shareMinor)) that were owed for line \(item.lineID)"
        ]
        if item.settlement != .unspecified {
            let isMore = item.differenceMinor > 0
            let difference = text(isMore ? item.differenceMinor : 0 &- item.differenceMinor)
            let reference = item.settlementReference.isEmpty ? "" : " \(item.settlementReference)"
            let settled = word(item.settlement).replacing("_", with: " ")
            parts.append("they cost \(difference) \(isMore ? "more" : "less"), \(settled)\(reference)")
        }
        return parts.joined(separator: "; ")
    }

    private func documentText(_ document: Returns_V1_Document) -> String {
        let of = document.refundID.isEmpty ? "" : " of refund \(document.refundID)"
        let text = "\(word(document.type))\(of) \(document.reference)"
        // The form that a case was opened with states none.
        guard !document.sha256.isEmpty else { return text }
        return text + "\(DocumentSource.separator)\(DocumentSource.hexadecimal(document.sha256))"
    }

    private func followUpText(_ followUp: Returns_V1_FollowUp, _ comments: String) -> String {
        let result =
            followUp.reached
            ? "reached\(followUp.score > 0 ? ", score \(followUp.score)" : "")" : "not reached"
        return "\(times.text(milliseconds: followUp.atMs)) \(result)"
            + (comments.isEmpty ? "" : ": \(comments)")
    }

    private func linesTable(_ style: Style) -> String {
        var table = Table([
            .init("LINE", .right), .init("SKU"), .init("ASKED", .right), .init("AWAITED", .right),
            .init("RECEIVED", .right), .init("ACCEPTED", .right), .init("REFUSED", .right),
            .init("LOST", .right),
            .init("OWED", .right), .init("IN REFUND", .right),
        ])
        for line in value.lines {
            let units = line.units
            table.add([
                line.lineID, line.sku + (line.addedOnReceipt ? " (found)" : ""), "\(units.requested)",
                "\(units.awaited)",
                "\(units.received)", "\(units.accepted)", "\(units.refused)", "\(units.lost)",
                MoneyFormat.number(line.owedMinor, value.currency),
                MoneyFormat.number(line.committedMinor, value.currency),
            ])
        }
        return table.text(style)
    }
}

import ReturnsAPI
import ReturnsDomain

/// A case as a message, group by group (`CaseRecord`).
extension Case {
    func fillPublic(_ message: inout Returns_V1_Case) {
        fillOrigin(&message)
        fillReview(&message)
        message.lines = lines.map(\.message)
        message.pickups = pickups.map(\.message)
        message.shipments = shipments.map(\.message)
        if let exception { message.exception = exception.message() }
        message.inspections = inspections.map(\.message)
        message.refunds = refunds.map(\.message)
        message.outbound = outbound.map(\.message)
        message.documents = documents.map(\.message)
        message.followUps = followUps.map(\.message)
        message.clocks = clocks.map(\.message)
        message.closingNeeds = closingNeeds.map(\.message)
    }

    private func fillOrigin(_ message: inout Returns_V1_Case) {
        message.id = id.description
        message.order = order.message
        form.fillPublic(&message)
        message.version = version
        message.state = state.message()
        message.money = money.message()
        message.goodsOut = goodsOut.message()
        message.customerTold = customerTold.message()
        message.withdrawn = isWithdrawn
        message.customerID = customerID
        message.currency = currency.description
        if let returnMethod { message.returnMethod = returnMethod.message() }
        message.requestedAtMs = requestedAt.milliseconds
        message.submittedAtMs = submittedAt.milliseconds
        message.updatedAtMs = updatedAt.milliseconds
        message.enteredBy = enteredBy.message
        message.policyVersion = policyVersion
        message.standardVersion = standardVersion
        message.slaVersion = slaVersion
        message.slaPlan = slaPlan
    }

    private func fillReview(_ message: inout Returns_V1_Case) {
        message.checks = checks.map(\.message)
        if let verification { message.verification = verification.message }
        message.decisions = decisions.map(\.message)
        message.appeals = UInt32(appeals)
    }

    /// Nil where there is nothing of it.
    var deskMessage: Returns_V1_Case? {
        let reasons = overrideMessages
        let notes = noteMessages
        let refundReasons = refundReasonMessages
        let clockReasons = clocks.enumerated().flatMap { $1.reasonMessages(place: UInt32($0 + 1)) }
        guard
            !(assignments.isEmpty && reasons.isEmpty && notes.isEmpty && refundReasons.isEmpty
                && clockReasons.isEmpty)
        else { return nil }
        return .with {
            $0.assignments = assignments.map(\.message)
            $0.overrideReasons = reasons
            $0.inspectionNotes = notes
            $0.refundReasons = refundReasons
            $0.clockReasons = clockReasons
        }
    }

    private var overrideMessages: [Returns_V1_OverrideReason] {
        decisions.enumerated().compactMap { index, decision in
            guard case .approved(_, _, let reason) = decision.outcome, !reason.isEmpty else { return nil }
            return .with {
                $0.decision = UInt32(index + 1)
                $0.reason = reason
            }
        }
    }

    private var noteMessages: [Returns_V1_InspectionNote] {
        inspections.enumerated().compactMap { index, inspection in
            guard !inspection.note.isEmpty else { return nil }
            return .with {
                $0.inspection = UInt32(index + 1)
                $0.note = inspection.note
            }
        }
    }

    private var refundReasonMessages: [Returns_V1_RefundReasons] {
        refunds.compactMap { refund in
            guard !(refund.otherMethodReason.isEmpty && refund.failureReason.isEmpty) else { return nil }
            return .with {
                $0.refundID = refund.id
                $0.otherMethod = refund.otherMethodReason
                $0.failure = refund.failureReason
            }
        }
    }

    /// Nil where there is nothing of it.
    var logisticsMessage: Returns_V1_Case? {
        let places: [Returns_V1_PickupPlace] = pickups.enumerated().compactMap { index, pickup in
            guard !(pickup.address.isEmpty && pickup.reason.isEmpty) else { return nil }
            return .with {
                $0.pickup = UInt32(index + 1)
                $0.address = pickup.address
                $0.reason = pickup.reason
            }
        }
        return places.isEmpty ? nil : .with { $0.pickupPlaces = places }
    }

    func fillPersonal(_ message: inout Returns_V1_Case) {
        form.fillPersonal(&message)
        message.question = question
        message.answer = answer
        for (index, followUp) in followUps.enumerated() where !followUp.comments.isEmpty {
            message.followUpComments.append(
                .with {
                    $0.followUp = UInt32(index + 1)
                    $0.comments = followUp.comments
                })
        }
    }

    var engineMessage: Returns_V1_CaseEngine {
        .with {
            if let stateBefore { $0.stateBefore = stateBefore.message() }
            $0.timelineEntries = UInt64(timelineEntries)
            $0.broughtByHand = wasBroughtByHand
            $0.enclosuresFound = enclosuresFound
            $0.owedDeciders = owedDeciders.sorted()
            for (index, line) in lines.enumerated()
            where line.releasedAwaited != 0 || line.releasedSentBack != 0 {
                $0.lines.append(
                    .with {
                        $0.line = UInt32(index + 1)
                        $0.releasedAwaited = line.releasedAwaited
                        $0.releasedSentBack = line.releasedSentBack
                    })
            }
            $0.clocks = clocks.map(\.engineMessage)
        }
    }
}

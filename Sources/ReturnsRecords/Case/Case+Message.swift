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
        message.channelRef = channelRef
        message.version = version
        message.state = state.message()
        message.money = money.message()
        message.goodsOut = goodsOut.message()
        message.customerTold = customerTold.message()
        message.withdrawn = isWithdrawn
        message.customerID = customerID
        message.currency = currency.description
        message.intakeChannel = intakeChannel.message()
        message.reasonCode = reasonCode
        if let returnMethod { message.returnMethod = returnMethod.message() }
        message.conditions = conditions.map { condition in
            .with {
                $0.code = condition.code
                $0.met = condition.isMet
            }
        }
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

    func fillDesk(_ message: inout Returns_V1_Case) {
        message.assignments = assignments.map(\.message)
        for (index, decision) in decisions.enumerated() {
            guard case .approved(_, _, let reason) = decision.outcome, !reason.isEmpty else { continue }
            message.overrideReasons.append(
                .with {
                    $0.decision = UInt32(index + 1)
                    $0.reason = reason
                })
        }
        for (index, inspection) in inspections.enumerated() where !inspection.note.isEmpty {
            message.inspectionNotes.append(
                .with {
                    $0.inspection = UInt32(index + 1)
                    $0.note = inspection.note
                })
        }
        for refund in refunds where !(refund.otherMethodReason.isEmpty && refund.failureReason.isEmpty) {
            message.refundReasons.append(
                .with {
                    $0.refundID = refund.id
                    $0.otherMethod = refund.otherMethodReason
                    $0.failure = refund.failureReason
                })
        }
        for (index, clock) in clocks.enumerated() {
            message.clockReasons += clock.reasonMessages(place: UInt32(index + 1))
        }
    }

    func fillLogistics(_ message: inout Returns_V1_Case) {
        for (index, pickup) in pickups.enumerated() where !(pickup.address.isEmpty && pickup.reason.isEmpty) {
            message.pickupPlaces.append(
                .with {
                    $0.pickup = UInt32(index + 1)
                    $0.address = pickup.address
                    $0.reason = pickup.reason
                })
        }
    }

    func fillPersonal(_ message: inout Returns_V1_Case) {
        message.intakeReference = intakeReference
        message.freeText = freeText
        message.question = question
        message.answer = answer
        if contact != Contact() {
            message.contact = .with {
                $0.name = contact.name
                $0.phone = contact.phone
                $0.email = contact.email
                $0.address = contact.address
            }
        }
        for (index, followUp) in followUps.enumerated() where !followUp.comments.isEmpty {
            message.followUpComments.append(
                .with {
                    $0.followUp = UInt32(index + 1)
                    $0.comments = followUp.comments
                })
        }
    }

    func fillEngine(_ message: inout Returns_V1_Case) {
        message.engine = .with {
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

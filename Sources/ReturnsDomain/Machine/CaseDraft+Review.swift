/// Verification, questions, and the two outcomes of a review (R5 to R8).
extension CaseDraft {
    mutating func verify(isCustomerVerified: Bool, isOrderVerified: Bool) throws(CaseRejection) {
        value.verification = Verification(
            isCustomerVerified: isCustomerVerified, isOrderVerified: isOrderVerified, by: by, at: now,
            orderVersion: order.version)
        // The order may have changed since the form came in; the reviewer sees the checks against it as it is now.
        value.checks = runChecks()
        record(
            .verified,
            "customer \(isCustomerVerified ? "verified" : "not verified"), order \(isOrderVerified ? "verified" : "not verified")"
        )
    }

    mutating func requestInfo(_ question: String) throws(CaseRejection) {
        try Require.text(question, "question", max: TextLimits.longTextBytesMax)
        try requireRoomForClocks()
        value.question = question
        value.answer = ""
        value.state = .infoNeeded
        record(.infoRequested, "the customer is asked", personalText: question)
        requestNotification("info_request")
    }

    mutating func provideInfo(_ answer: String) throws(CaseRejection) {
        try Require.text(answer, "answer", max: TextLimits.longTextBytesMax)
        value.answer = answer
        value.state = .submitted
        resumeIfPaused(.review)
        record(.infoProvided, "the customer answered", personalText: answer)
    }

    mutating func approve(returnAddress: String, instructions: String, overrideReason: String)
        throws(CaseRejection)
    {
        try Require.text(returnAddress, "return_address", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.text(instructions, "instructions", max: TextLimits.longTextBytesMax, optional: true)
        try Require.text(overrideReason, "override_reason", max: TextLimits.shortTextBytesMax, optional: true)
        guard let verification = value.verification, verification.isCustomerVerified,
            verification.isOrderVerified
        else {
            throw refusal(
                "VERIFY_FIRST", "customer and order have to be verified before approval; record that first")
        }
        // The order or the policy may have changed since the checks were seen: what counts is how they are now.
        value.checks = runChecks()
        let failed = value.checks.filter { $0.result == .failed }
        if !failed.isEmpty {
            let names = failed.map(\.kind.description).joined(separator: ", ")
            guard !overrideReason.isEmpty else {
                throw refusal(
                    "CHECKS_FAILED",
                    "failed checks: \(names); a supervisor can approve with an override reason",
                    field: "override_reason")
            }
            guard actor.roles.contains(.supervisor) else {
                throw .notPermitted(
                    "SUPERVISOR_REQUIRED", "failed checks: \(names); only a supervisor can override them")
            }
        }
        value.decisions.append(
            ReviewDecision(
                outcome: .approved(
                    returnAddress: returnAddress.isEmpty ? policy.returnAddress : returnAddress,
                    instructions: instructions.isEmpty ? policy.instructions : instructions,
                    overrideReason: failed.isEmpty ? "" : overrideReason),
                by: failed.isEmpty ? by : acting(as: .supervisor), at: now))
        value.policyVersion = policy.version
        value.standardVersion = policy.standardVersion
        value.state = .approved
        record(
            .approved,
            failed.isEmpty
                ? "policy \(policy.version), standard \(policy.standardVersion)"
                : "against failed checks: \(overrideReason)",
            by: failed.isEmpty ? by : acting(as: .supervisor))
        notifyCustomer("approval")
    }

    mutating func reject(code: String, reason: String, alternative: String) throws(CaseRejection) {
        try Require.identifier(code, "code")
        try Require.text(reason, "reason", max: TextLimits.longTextBytesMax)
        try Require.text(alternative, "alternative", max: TextLimits.longTextBytesMax)
        value.decisions.append(
            ReviewDecision(
                outcome: .rejected(code: code, reason: reason, alternative: alternative), by: by, at: now))
        for index in value.lines.indices {
            release(value.lines[index].units.awaited, line: index)
            value.lines[index].units.awaited = 0
        }
        value.state = .rejected
        completeClocks(.review)
        startClock(.appeal)
        record(.rejected, "\(code): \(reason); offered: \(alternative)", .rejection(code: code))
        notifyCustomer("rejection")
    }

    mutating func appeal(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.longTextBytesMax)
        guard value.appeals < policy.appealsMax else {
            throw refusal(
                "APPEALS_EXHAUSTED",
                "the case was appealed \(value.appeals) times, the most the policy allows")
        }
        guard value.runningClock(.appeal) != nil else {
            throw refusal("APPEAL_WINDOW_OVER", "the appeal window is over")
        }
        for index in value.lines.indices {
            let units = value.lines[index].units.released
            let orderIndex = orderLineIndex(value.lines[index].lineID)
            guard order.lines[orderIndex].availableUnits >= units else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "another case took units of line \(value.lines[index].lineID) meanwhile; \(order.lines[orderIndex].availableUnits) are left"
                )
            }
            order.lines[orderIndex].reservedUnits += units
            value.lines[index].units.released = 0
            value.lines[index].units.awaited = units
        }
        value.appeals += 1
        value.customerTold = .none
        value.state = .submitted
        completeClocks(.appeal)
        record(.appealed, "appeal \(value.appeals) of \(policy.appealsMax)", personalText: reason)
    }

    mutating func acceptAlternative(_ goods: [GoodsUnits]) throws(CaseRejection) {
        try Require.count(goods.count, "goods", 0...CountLimits.caseRecordsMax)
        for (index, item) in goods.enumerated() {
            try Require.text(item.sku, "goods[\(index)].sku", max: TextLimits.identifierBytesMax)
            try Require.units(item.units, "goods[\(index)].quantity")
            try requireRoomForOutbound()
            value.outbound.append(Outbound(kind: .alternative, lineID: "", sku: item.sku, units: item.units))
        }
        value.state = .alternative
        completeClocks(.appeal)
        record(.alternativeAccepted, goods.isEmpty ? "" : "\(goods.count) kinds of goods go out")
    }
}

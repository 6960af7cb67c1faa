extension CommandRule {
    /// The return is approved (R7).
    static let approve = CommandRule(in: [.submitted], leadsToTheEnd: true, duty: .review) {
        $0.value.verification.map { $0.isCustomerVerified && $0.isOrderVerified } ?? false
    }
}

extension CaseDraft {
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
        let blocking = value.checks.filter(\.blocksApproval)
        if !blocking.isEmpty {
            let names = blocking.map(\.kind.description).joined(separator: ", ")
            guard !overrideReason.isEmpty else {
                throw refusal(
                    "CHECKS_FAILED",
                    "checks not passed: \(names); a supervisor can approve with an override reason",
                    field: "override_reason")
            }
            guard actor.roles.contains(.supervisor) else {
                throw .notPermitted(
                    "SUPERVISOR_REQUIRED", "checks not passed: \(names); only a supervisor can override them")
            }
        }
        let address = returnAddress.isEmpty ? policy.returnAddress : returnAddress
        guard !address.isEmpty else {
            throw refusal(
                "RETURN_ADDRESS_REQUIRED",
                "the customer has to be told where the goods go, and policy \(policy.version) has no return address: give one with the approval, or let an administrator set return_address of the policy (returnsctl policy get, policy put)",
                field: "return_address")
        }
        value.decisions.append(
            ReviewDecision(
                outcome: .approved(
                    returnAddress: address,
                    instructions: instructions.isEmpty ? policy.instructions : instructions,
                    overrideReason: blocking.isEmpty ? "" : overrideReason),
                by: blocking.isEmpty ? by : acting(as: .supervisor), at: now))
        value.policyVersion = policy.version
        value.standardVersion = policy.standardVersion
        // Other goods that came, and wait to go back or went back, hold up nothing: what was approved is still to be sent.
        value.state = .approved
        record(
            .approved,
            blocking.isEmpty
                ? "policy \(policy.version), standard \(policy.standardVersion)"
                : "against checks that did not pass: \(overrideReason)",
            by: blocking.isEmpty ? by : acting(as: .supervisor))
        owe(.approval)
        try takeInEarlyGoods()
    }

    /// Goods of the form that came before the approval are what was approved: they wait for inspection now.
    private mutating func takeInEarlyGoods() throws(CaseRejection) {
        var units: Int64 = 0
        for item in value.outbound.indices
        where value.outbound[item].kind == .undeclared && value.outbound[item].shippedAt == nil {
            for line in value.lines.indices where value.lines[line].sku == value.outbound[item].sku {
                let part = min(value.outbound[item].units, value.lines[line].units.awaited)
                value.outbound[item].units -= part
                try arrive(part, line: line)
                units += part
            }
        }
        guard units > 0 else { return }
        value.outbound.removeAll { $0.units == 0 }
        voidReturnShipIfNothingWaits()
        startClock(.inspect, units: units)
        value.state = .received
        record(.received, "\(counted(units, "unit")), there before the approval", .units(units))
    }
}

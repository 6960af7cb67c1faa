extension CommandRule {
    /// The customer does not accept the refusal, in the window that begins when they are told; at its end the case closes.
    static let appeal = CommandRule(in: [.rejected]) {
        $0.value.appeals < $0.policy.appealsMax && $0.value.canBeAppealed
    }
}

extension CaseDraft {
    mutating func appeal(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.longTextBytesMax)
        guard value.appeals < policy.appealsMax else {
            throw refusal(
                "APPEALS_EXHAUSTED",
                "the case was appealed \(counted(value.appeals, "time")), the most the policy allows")
        }
        guard value.canBeAppealed else {
            throw refusal(
                "APPEAL_WINDOW_OVER",
                "the time to appeal is over, and the case is open only for goods that wait to go back")
        }
        for index in value.lines.indices {
            let units = value.lines[index].units.released
            let orderIndex = orderLineIndex(value.lines[index].lineID)
            guard order.lines[orderIndex].availableUnits >= units else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "another case took units of line \(value.lines[index].lineID) meanwhile; \(order.lines[orderIndex].availableUnits) left"
                )
            }
            order.lines[orderIndex].reservedUnits += units
            value.lines[index].units.released = 0
            value.lines[index].units.awaited = units
        }
        value.appeals += 1
        forgetRefusal()
        value.state = .submitted
        completeClocks(.appeal)
        voidNotices(of: [.rejection])
        record(.appealed, "appeal \(value.appeals) of \(policy.appealsMax)", personalText: reason)
    }
}

extension Case {
    /// The customer has to be told of the refusal first, or their time has not ended.
    var canBeAppealed: Bool { state == .rejected && (runs(.appeal) || isDue([.rejection])) }
}

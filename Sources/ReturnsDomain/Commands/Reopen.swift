extension CommandRule {
    /// A case that was closed or has expired goes on.
    static let reopen = CommandRule(in: [.expired, .closed])
}

extension CaseDraft {
    /// Takes a closed or expired case back to the state it left, with exactly the units that its end released.
    mutating func reopen(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try requireRoomForClocks()
        guard let before = value.stateBefore else {
            preconditionFailure("a terminal case without the state it left: \(value.id)")
        }
        for index in value.lines.indices {
            let line = value.lines[index]
            let units = line.releasedAwaited + line.releasedSentBack
            let orderIndex = orderLineIndex(line.lineID)
            guard order.lines[orderIndex].availableUnits >= units else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "another case took units of line \(line.lineID) meanwhile; \(order.lines[orderIndex].availableUnits) left"
                )
            }
            reserve(units, orderLine: orderIndex)
            value.lines[index].units.released -= units
            value.lines[index].units.awaited += line.releasedAwaited
            value.lines[index].units.sentBack += line.releasedSentBack
            value.lines[index].releasedAwaited = 0
            value.lines[index].releasedSentBack = 0
        }
        value.stateBefore = nil
        value.reopenedAt = now
        value.state = before
        if before == .rejected { startClock(.appeal) }
        record(.reopened, "to \(before)", personalText: reason)
    }
}

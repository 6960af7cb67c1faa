extension CommandRule {
    /// The return is refused, with a reason and an alternative (R8).
    static let reject = CommandRule(in: [.submitted], leadsToTheEnd: true, duty: .review)
}

extension CaseDraft {
    mutating func reject(code: String, reason: String, alternative: String) throws(CaseRejection) {
        try Require.identifier(code, "code")
        try Require.text(reason, "reason", max: TextLimits.longTextBytesMax)
        try Require.text(alternative, "alternative", max: TextLimits.longTextBytesMax)
        value.decisions.append(
            ReviewDecision(
                outcome: .rejected(code: code, reason: reason, alternative: alternative), by: by, at: now))
        noteRefusal(
            value.lines.filter { $0.units.awaited > 0 }.map {
                LineUnits(lineID: $0.lineID, units: $0.units.awaited)
            })
        for index in value.lines.indices {
            release(value.lines[index].units.awaited, line: index)
            value.lines[index].units.awaited = 0
        }
        value.state = .rejected
        completeClocks(.review)
        record(.rejected, "\(code): \(reason); offered: \(alternative)", .rejection(code: code))
        owe(.rejection)
    }
}

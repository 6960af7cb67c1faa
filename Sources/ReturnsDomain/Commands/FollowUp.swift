extension CommandRule {
    /// An attempt to ask the customer afterwards (R18).
    static let followUp = CommandRule(in: .resting, leadsToTheEnd: true) {
        $0.value.runs(.followUp)
    }
}

extension CaseDraft {
    mutating func followUp(wasReached: Bool, score: UInt8, comments: String) throws(CaseRejection) {
        try Require.text(comments, "comments", max: TextLimits.longTextBytesMax, optional: true)
        guard score <= 5, wasReached || score == 0 else {
            throw .invalid("OUT_OF_RANGE", "score", "give 1 to 5 from a customer who was reached, else 0")
        }
        guard value.runs(.followUp) else {
            throw refusal(
                "FOLLOW_UP_NOT_DUE", "something is still owed on this case; follow up when it is done")
        }
        try requireRoom(value.followUps.count, "follow-ups")
        value.followUps.append(
            FollowUp(at: now, by: by, wasReached: wasReached, score: score, comments: comments))
        record(
            .followedUp,
            wasReached
                ? (score == 0 ? "reached" : "reached, score \(score)")
                : "not reached, attempt \(value.followUps.count)",
            .followUp(wasReached: wasReached, score: score == 0 ? nil : score), personalText: comments)
    }
}

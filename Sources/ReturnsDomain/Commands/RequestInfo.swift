extension CommandRule {
    /// The customer is asked for something.
    static let requestInfo = CommandRule(in: [.submitted])
}

extension CaseDraft {
    mutating func requestInfo(_ question: String) throws(CaseRejection) {
        try Require.text(question, "question", max: TextLimits.longTextBytesMax)
        try requireRoomForClocks()
        value.question = question
        value.answer = ""
        value.state = .infoNeeded
        record(.infoRequested, "the customer is asked", personalText: question)
        owe(.infoRequest)
    }
}

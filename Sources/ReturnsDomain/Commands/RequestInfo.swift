extension CommandRule {
    /// Something has to be asked of the customer, who hears it when they are told.
    static let requestInfo = CommandRule(in: [.submitted])
}

extension CaseDraft {
    mutating func requestInfo(_ question: String) throws(CaseRejection) {
        try Require.text(question, "question", max: TextLimits.longTextBytesMax)
        try requireRoomForClocks()
        value.question = question
        value.answer = ""
        value.state = .infoNeeded
        record(.infoRequested, "the customer has to be told of the question", personalText: question)
        owe(.infoRequest)
    }
}

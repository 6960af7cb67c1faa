extension CommandRule {
    /// The customer answered.
    static let provideInfo = CommandRule(in: [.infoNeeded], leadsToTheEnd: true)
}

extension CaseDraft {
    mutating func provideInfo(_ answer: String) throws(CaseRejection) {
        try Require.text(answer, "answer", max: TextLimits.longTextBytesMax)
        value.answer = answer
        value.state = .submitted
        resumeIfPaused(.review)
        // Who has answered was asked, whoever did it.
        voidNotices(of: [.infoRequest])
        record(.infoProvided, "the customer answered", personalText: answer)
    }
}

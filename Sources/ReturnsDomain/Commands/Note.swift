extension CommandRule {
    /// Something that colleagues have to know.
    static let note = CommandRule(in: .all)
}

extension CaseDraft {
    mutating func note(_ text: String) throws(CaseRejection) {
        try Require.text(text, "text", max: TextLimits.longTextBytesMax)
        value.notes = value.notes.map { $0 + 1 }
        record(.noted, personalText: text)
    }
}

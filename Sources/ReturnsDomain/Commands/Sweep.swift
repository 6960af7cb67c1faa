extension CommandRule {
    /// What is due fires, as before any command; nothing else happens.
    static let sweep = CommandRule(in: .all) { _ in false }
}

extension CommandRule {
    /// Goods that were thought lost turned up.
    static let found = CommandRule(in: [.exception]) { $0.value.lostUndecidedUnits > 0 }
}

extension CaseDraft {
    mutating func found(_ note: String) throws(CaseRejection) {
        try Require.text(note, "note", max: TextLimits.shortTextBytesMax, optional: true)
        guard value.lostUndecidedUnits > 0 else {
            throw refusal("NOTHING_LOST", "no unit of this case is lost and undecided")
        }
        let found = value.lostUndecidedUnits
        for index in value.lines.indices {
            let units = value.lines[index].units.lostUndecided
            value.lines[index].units.lost -= units
            value.lines[index].units.awaited += units
        }
        value.exception = nil
        // The state follows what is owed: in transit again where nothing has arrived yet. Who was not told of the loss need
        // not hear that it was none.
        let wasUntold = value.isDue([.exception])
        voidNotices(of: [.exception])
        record(.goodsFound, counted(found, "unit"), .units(found), personalText: note)
        if !wasUntold { owe(.found) }
    }
}

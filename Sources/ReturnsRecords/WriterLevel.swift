import RCP
import ReturnsAPI
import ReturnsDomain

/// The writer level of a record: what a build has to know before it decides on it.
///
/// It is the level of the schema: a new field of a record, or value of an enumeration there, states the level that brings it
/// (`(rcp.level)`, `(rcp.value_level)`), since an older build decides on nothing that it does not know. Reads go on whatever
/// the level is: records are sent as they are stored.
///
/// Servers write at the level that their store is at (`returns:store`), which `returnsd --upgrade` raises once no older build
/// is left. Until then a change that gives what only a later level holds is refused, so that nothing given is lost.
package struct WriterLevel: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt8

    package init(_ number: UInt8) {
        self.number = number
    }

    /// Also of a store that says nothing of its level.
    package static let first = WriterLevel(1)

    /// The highest that this build knows.
    package static let highest = WriterLevel(ReturnsSchema.highestLevel)

    package var description: String { String(number) }

    package static func < (left: WriterLevel, right: WriterLevel) -> Bool { left.number < right.number }
}

extension WriterLevel {
    /// What a store at this level holds of a case: a decision there rests on nothing else.
    package var keeps: KeptFacts {
        var keeps: KeptFacts = []
        if holds(Returns_V1_ClockPause.Fields.endsAtMs) { keeps.insert(.pauseEnds) }
        if holds(Returns_V1_EngineClock.Fields.warnAtMs) { keeps.insert(.alertTimes) }
        if holds(Returns_V1_Case.Fields.notices) { keeps.insert(.notices) }
        if holds(Returns_V1_Clock.Fields.amountMinor) { keeps.insert(.refundAmounts) }
        if holds(Returns_V1_Inspection.Fields.replacesEarlier) { keeps.insert(.corrections) }
        if holds(Returns_V1_UnitLedger.Fields.acceptedExchanged) { keeps.insert(.exchanges) }
        if holds(Returns_V1_CaseLine.Fields.deductions) { keeps.insert(.lineAmounts) }
        if holds(Returns_V1_Refund.Fields.returnedAtMs) { keeps.insert(.returnedRefunds) }
        if holds(Returns_V1_Document.Fields.refundID) { keeps.insert(.voucherRefunds) }
        if holds(Returns_V1_Refund.Fields.preparedBy) { keeps.insert(.refundDetails) }
        return keeps
    }

    /// Whether its servers keep a listing of the clocks that are paused: one that does not would leave entries there.
    package var listsPausedClocks: Bool { self >= Self.listingPausedClocks }

    package static let listingPausedClocks = WriterLevel(2)

    /// The first level at which a store holds these.
    package static func keeping(_ facts: KeptFacts) -> WriterLevel {
        (first.number...highest.number).lazy.map(WriterLevel.init).first { facts.isSubset(of: $0.keeps) }
            ?? highest
    }

    private func holds(_ field: some RCPNumberedField) -> Bool { field.level <= number }
}

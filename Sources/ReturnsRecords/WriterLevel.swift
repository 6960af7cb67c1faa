import ReturnsAPI

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

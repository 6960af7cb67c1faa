/// The writer level of a record: what a build has to know before it decides on it.
///
/// A level is added with each change after which an older build would decide wrongly, such as a new field that a decision goes
/// by. Reads go on whatever the level is, since records are sent as they are stored.
///
/// Servers write at the level that their store is at (`returns:store`), which `returnsd --upgrade` raises once no older build
/// is left. So whatever writes a record asks for its level before it writes what a later one brought: `if level >= .second`.
package struct WriterLevel: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt8

    package init(_ number: UInt8) {
        self.number = number
    }

    /// Also of a store that says nothing of its level.
    package static let first = WriterLevel(1)

    /// The highest that this build knows.
    package static let highest = first

    package var description: String { String(number) }

    package static func < (left: WriterLevel, right: WriterLevel) -> Bool { left.number < right.number }
}

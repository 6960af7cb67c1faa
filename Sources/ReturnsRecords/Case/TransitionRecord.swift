import NIOCore
import ReturnsDomain

/// What a transition leaves, encoded once: what is stored of it, and what its reply shows.
package struct TransitionRecord: Sendable {
    /// The case after it.
    package let value: CaseRecord
    /// What it adds to the timeline, as it is stored: the last entries once the case is as after it.
    package let entries: [ByteBuffer]

    /// - Parameter level: The store's.
    package init(_ transition: CaseTransition, level: WriterLevel) {
        value = CaseRecord(transition.caseAfter, level: level)
        let first = transition.caseAfter.timelineEntries - transition.entries.count + 1
        entries = transition.entries.enumerated().map { NumberedEntry($1, number: first + $0).record }
    }

    /// The entries as messages with all their groups.
    package var entryMessages: [ByteBuffer] { entries.map(CheckedRecord.contentsOfOurs) }
}

import FoundationEssentials
public import RCP

/// The log of events cannot be read on from a cursor: events behind it are no longer kept, or the store has lost some before it.
///
/// To go on: follow from where `text` says, and read again the cases that changed since `changedSinceMilliseconds`.
public struct EventGap: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why; a newer server may have further reasons.
    public struct Reason: RawRepresentable, Sendable, Hashable {
        /// As the server says it, `CURSOR_BEHIND_LOG`.
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Events behind the cursor are no longer kept: follow from now on, then list the cases changed since.
        public static let cursorBehindLog = Reason(rawValue: "CURSOR_BEHIND_LOG")
        /// The cursor is of another store, or the store has lost its latest events: follow from now on, then list the cases changed
        /// since, and read again every case that events were seen of.
        public static let cursorAheadOfLog = Reason(rawValue: "CURSOR_AHEAD_OF_LOG")
        /// The store was set back and has lost events before the cursor: follow since that time, and read again every case that
        /// events were seen of since.
        public static let cursorOfLostEvents = Reason(rawValue: "CURSOR_OF_LOST_EVENTS")
    }

    /// Why the log cannot be read on.
    public let reason: Reason
    /// What has happened and what to do, for people.
    public let text: String
    /// Since when cases are to be read again, in milliseconds since 1970; nil if the server does not tell: then all.
    public let changedSinceMilliseconds: Int64?
    /// What the server answered: OUT_OF_RANGE.
    public let cause: RCPStatus

    /// - Parameter status: OUT_OF_RANGE of Subscribe.
    init(_ status: RCPStatus) {
        let detail = status.details.first
        reason = Reason(rawValue: detail?.reason ?? status.code.name)
        text = status.text
        let since = detail?.allowed.first.flatMap { try? Date($0, strategy: .iso8601) }
        changedSinceMilliseconds = since.map { Int64($0.timeIntervalSince1970 * 1_000) }
        cause = status
    }

    public var description: String { "\(text) (\(reason.rawValue))" }
}

import Foundation
import RCP
import RCPServer
import ReturnsDomain
import ReturnsStore

/// Why the log cannot be read on from a place, and what to do about it.
enum EventLogFault: Error, RCPStatusConvertible {
    case behind(OutboxCursor)
    case ahead(OutboxCursor)
    /// The store was set back: what was recorded since then is lost.
    case lost(since: Instant)
    /// The store was set back since the group was created, or since its consumers last confirmed that.
    case groupSetBack(name: String, GroupLoss)
    case groupBehind(name: String, sinceMilliseconds: Int64)

    var status: RCPStatus {
        switch self {
        case .behind(let cursor):
            let since = Self.since(cursor)
            return Self.outOfRange(
                "CURSOR_BEHIND_LOG", field: "cursor",
                "events behind this cursor are no longer kept",
                resync: "subscribe from now on, then list the cases changed since \(since)", since: since)
        case .ahead(let cursor):
            let since = Self.since(cursor)
            return Self.outOfRange(
                "CURSOR_AHEAD_OF_LOG", field: "cursor",
                "this cursor is of another store, or the store has lost its latest events",
                resync:
                    "subscribe from now on, then list the cases changed since \(since), and read again every case that you saw events of",
                since: since)
        case .lost(let instant):
            let since = Self.text(instant.milliseconds)
            return Self.outOfRange(
                "CURSOR_OF_LOST_EVENTS", field: "cursor",
                "the store was set back and has lost events before this cursor, or the cursor is of another store",
                resync:
                    "subscribe since \(since), and read again every case that you saw events of since then",
                since: since)
        case .groupSetBack(let name, let loss):
            let since = Self.text(loss.changedSinceMilliseconds)
            let through = "\(loss.lastMilliseconds)"
            return Self.outOfRange(
                "GROUP_OF_LOST_EVENTS", field: "group",
                "the store was set back, and consumers of the group \(name) may have been given events that it has lost",
                resync:
                    "read again every case that they were given events of since \(since), and list the cases changed since then; then consume with resynced_through_ms \(through)",
                allowed: [since, through])
        case .groupBehind(let name, let milliseconds):
            let since = Self.text(milliseconds)
            return Self.outOfRange(
                "GROUP_BEHIND_LOG", field: "group", "events of the group \(name) are no longer kept",
                resync: "delete the group, create it anew, then list the cases changed since \(since)",
                since: since)
        }
    }

    private static func since(_ cursor: OutboxCursor) -> String {
        text(max(0, cursor.seenThroughMilliseconds))
    }

    /// As people read it, and as returnsctl does.
    private static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1_000)).ISO8601Format()
    }

    /// - Parameter since: The time in the advice. It stands in the detail too, for programs that give the advice on.
    private static func outOfRange(
        _ reason: String, field: String, _ what: String, resync: String, since: String
    ) -> RCPStatus {
        outOfRange(reason, field: field, what, resync: resync, allowed: [since])
    }

    private static func outOfRange(
        _ reason: String, field: String, _ what: String, resync: String, allowed: [String]
    ) -> RCPStatus {
        RCPStatus(
            code: .outOfRange, outcome: .notApplied, text: "\(what); to resync, \(resync)",
            details: [RCPErrorDetail(field: field, reason: reason, allowed: allowed)])
    }
}

extension RCPStatus {
    /// A client that retries comes to another server, or to this one's successor.
    static let eventsStopping = RCPStatus(
        code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: 100,
        text:
            "this server is stopping; go on with the last cursor at another one, or at this one when it is back",
        details: [RCPErrorDetail(reason: "SERVER_STOPPING")])

    /// A client that retries makes it anew.
    static let groupGoing = RCPStatus(
        code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: 100,
        text: "somebody is deleting the group of that name; try again",
        details: [RCPErrorDetail(field: "name", reason: "GROUP_BEING_DELETED")])

    static func tooManyFollowers(_ whose: String) -> RCPStatus {
        RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 5_000,
            text: "\(whose) follows events as often as it may already; end other calls, or try again later",
            details: [RCPErrorDetail(reason: "TOO_MANY_SUBSCRIPTIONS")])
    }
}

import Foundation
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

/// What a receiver is told where events were lost: an event of its own kind, which stands in no log.
struct WebhookNotice: Sendable, Hashable {
    var partition: Int
    var loss: OutboxLoss
    /// The cases changed since then hold all that was lost.
    var changedSince: Instant

    var event: Returns_V1_Event {
        .with {
            let through = EventID(partition: partition, position: loss.through)
            // One that grows is another one.
            $0.id = "lost-\(through)\(loss.run.map { "-\($0)" } ?? "")"
            $0.type = .eventsLost
            $0.atMs = loss.last.milliseconds
            $0.eventsLost = .with {
                $0.afterEventID = EventID(partition: partition, position: loss.after).description
                if loss.after < loss.through { $0.throughEventID = through.description }
                if let events = loss.events { $0.events = UInt64(clamping: events) }
                $0.changedSinceMs = changedSince.milliseconds
                $0.resyncedThroughMs = loss.last.milliseconds
                $0.storeSetBack = loss.isOfStore
            }
        }
    }

    /// As people read it, and as returnsctl does.
    static func text(_ time: Instant) -> String {
        Date(timeIntervalSince1970: Double(time.milliseconds / 1_000)).ISO8601Format()
    }
}

/// What a lane posts.
enum WebhookPost: Sendable {
    case event(OutboxEvent)
    case notice(WebhookNotice)

    var partition: Int {
        switch self {
        case .event(let event): event.id.partition
        case .notice(let notice): notice.partition
        }
    }

    var isNotice: Bool {
        if case .notice = self { true } else { false }
    }

    var event: Returns_V1_Event {
        switch self {
        case .event(let event): event.message
        case .notice(let notice): notice.event
        }
    }
}

extension OutboxLoss {
    /// Before anything that was lost: every case, if nothing tells when.
    ///
    /// - Parameters:
    ///   - identity: the store's, which knows what it lost of a partition that had no events; nil if it is not known.
    ///   - margin: that servers' clocks differ by less than, in milliseconds.
    func changedSince(_ identity: StoreIdentity?, margin: Int64) -> Instant {
        // The store alone has lost some, and the partition had none before.
        let hadNone = isOfStore && through == .zero
        let after = hadNone ? identity?.last(beforeLossesSince: since) ?? .zero : after
        return Instant(milliseconds: max(0, after.recordedAt.milliseconds - margin))
    }
}

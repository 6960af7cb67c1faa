import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf

/// Which events a follower gets, and what of them: the log holds those of every sale channel. A follower has no other way to the
/// message that it sends.
struct EventView: Sendable {
    private let filter: EventFilter
    private let scope: SaleChannelScope
    private let showsPeople: Bool

    init(_ filter: EventFilter, for principal: RCPPrincipal) {
        self.filter = filter
        scope = principal.saleChannels
        showsPeople = principal.belongsToDesk
    }

    /// Nil when the event is not one that the follower gets.
    func show(_ event: OutboxEvent) -> Returns_V1_Event? {
        // What is damaged names no case and no channel, so that everybody may hear that it was there.
        guard filter.lets(event), event.isUnreadable || scope.holds(event.message.order.saleChannel)
        else { return nil }
        return showsPeople ? event.message : event.message.withoutPeople
    }

    /// Whether the filter itself keeps the event back, and so does so for everybody who has that filter.
    func passesOver(_ event: OutboxEvent) -> Bool { !filter.lets(event) }
}

extension Returns_V1_Event {
    /// Without who does what, and who is told of a lateness; and without what a newer server has added, since nothing tells here
    /// whether that is about people.
    var withoutPeople: Returns_V1_Event {
        var known = BinaryDecodingOptions()
        known.discardUnknownFields = true
        // Its own bytes: what was read can be written and read again.
        guard let bytes = try? serializedBytes() as [UInt8],
            var event = try? Returns_V1_Event(serializedBytes: bytes, options: known)
        else { preconditionFailure("an event that was read cannot be written") }
        switch event.detail {
        case .assigned:
            event.assigned.person = ""
            event.assigned.team = ""
        case .clock(let clock) where clock.hasAlert: event.clock.alert.target = ""
        case .submitted, .rejected, .pickup, .shipment, .exception, .units, .inspected, .inspectionCorrected,
            .exchange, .told, .refund, .overpaid, .adjustment, .followedUp, .document, .clock, .notification,
            .recomputed, .payments, .eventsLost, nil:
            break
        }
        return event
    }
}

import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

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
        guard filter.lets(event), event.type == OutboxEvent.unreadable || scope.holds(event.order.saleChannel)
        else { return nil }
        var proto = event.proto
        if !showsPeople { for name in Self.attributesOfPeople { proto.attributes[name] = nil } }
        return proto
    }

    /// Whether the filter itself keeps the event back, and so does so for everybody who has that filter.
    func passesOver(_ event: OutboxEvent) -> Bool { !filter.lets(event) }

    /// Who does what, and who is told of a lateness.
    private static let attributesOfPeople = ["person", "team", "notify_target"]
}

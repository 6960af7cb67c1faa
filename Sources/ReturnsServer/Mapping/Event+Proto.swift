import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension EventFilter {
    /// Refuses values that no event can hold: a filter with a misspelt one would wait for ever.
    init(_ wire: Returns_V1_EventFilter, limits: EventLimits) throws(CaseRejection) {
        let counts = [wire.types.count, wire.states.count, wire.saleChannels.count]
        guard counts.allSatisfy({ $0 <= limits.filterWordsMax })
        else {
            throw .invalid(
                "OUT_OF_RANGE", "filter", "a filter has at most \(limits.filterWordsMax) values of a kind")
        }
        for (index, type) in wire.types.enumerated() {
            _ = try type.required("filter.types[\(index)]", as: EventType.self)
        }
        for (index, state) in wire.states.enumerated() {
            _ = try state.required("filter.states[\(index)]", as: CaseState.self)
        }
        for (index, channel) in wire.saleChannels.enumerated() {
            // The rule for a channel is that of an order's key.
            guard (try? OrderKey(saleChannel: channel, orderNumber: "1").validate()) != nil else {
                throw .invalid(
                    "SALE_CHANNEL_MALFORMED", "filter.sale_channels[\(index)]",
                    "give lower-case letters, digits, '-' or '_', such as \"online\"")
            }
        }
        self.init(wire)
    }
}

extension EventGroup {
    /// - Parameter loss: what its consumers have not confirmed.
    func proto(_ state: EventGroupState, _ loss: GroupLoss?) -> Returns_V1_EventGroup {
        .with {
            $0.name = name
            $0.filter = filter.message
            $0.acknowledgeMs = acknowledgeMilliseconds
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
            if let lag = state.lag { $0.lag = lag }
            $0.pending = state.pending
            $0.consumers = Array(state.consumers.sorted().prefix(Self.consumersToldMax))
            $0.behindLog = state.isBehind
            if let loss { $0.loss = loss.proto }
        }
    }

    private static let consumersToldMax = 64
}

import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension OutboxEvent {
    var proto: Returns_V1_Event {
        .with {
            $0.id = id.description
            $0.type = type
            $0.caseID = caseID
            $0.caseVersion = caseVersion
            if let state = CaseState(name: state) { $0.state = state.message() }
            $0.atMs = atMilliseconds
            $0.order = order.message
            for attribute in attributes { $0.attributes[attribute.name] = attribute.value }
        }
    }
}

extension EventFilter {
    /// Refuses words that no event can hold: a filter with a misspelt one would wait for ever.
    init(_ wire: Returns_V1_EventFilter, limits: EventLimits) throws(CaseRejection) {
        let (words, channels) = (wire.types.count, wire.saleChannels.count)
        guard words <= limits.filterWordsMax, wire.states.count <= limits.filterWordsMax,
            channels <= limits.filterWordsMax
        else {
            throw .invalid(
                "OUT_OF_RANGE", "filter", "a filter has at most \(limits.filterWordsMax) words of a kind")
        }
        for (index, type) in wire.types.enumerated() where CaseEventKind(name: type) == nil {
            throw .invalid(
                "VALUE_UNKNOWN", "filter.types[\(index)]",
                "there is no such event; use some of \(CaseEventKind.allCases.map(\.description).joined(separator: ", "))"
            )
        }
        var states: Set<CaseState> = []
        for (index, state) in wire.states.enumerated() {
            states.insert(try state.required("filter.states[\(index)]"))
        }
        for (index, channel) in wire.saleChannels.enumerated() {
            // The rule for a channel is that of an order's key.
            guard (try? OrderKey(saleChannel: channel, orderNumber: "1").validate()) != nil else {
                throw .invalid(
                    "SALE_CHANNEL_MALFORMED", "filter.sale_channels[\(index)]",
                    "give lower-case letters, digits, '-' or '_', such as \"online\"")
            }
        }
        self.init(types: Set(wire.types), states: states, saleChannels: Set(wire.saleChannels))
    }

    var proto: Returns_V1_EventFilter {
        .with {
            $0.types = types.sorted()
            $0.states = states.sorted { $0.rawValue < $1.rawValue }.map { $0.message() }
            $0.saleChannels = saleChannels.sorted()
        }
    }
}

extension EventGroup {
    /// - Parameter loss: what its consumers have not confirmed.
    func proto(_ state: EventGroupState, _ loss: GroupLoss?) -> Returns_V1_EventGroup {
        .with {
            $0.name = name
            $0.filter = filter.proto
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

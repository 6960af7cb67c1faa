import NIOCore
import RedisClient
import ReturnsDomain

/// Where keys of a store are, as far as they have fixed names. Each order and each case stands in one of these.
struct StoreTraces {
    /// Whether `returns:store` is there, whatever it holds.
    var hasRecord = false
    var slots: Set<StoreSlot> = []

    var isEmpty: Bool { !hasRecord && slots.isEmpty }
}

extension StoreSlot {
    /// Keys that are there as soon as anything is; the mark comes first.
    fileprivate var traces: [String] {
        switch self {
        case .partition(let number):
            let keys = StoreKeys(partition: number)
            return [
                keys.mark, keys.outbox, keys.outboxTrimmed, keys.index(.all), keys.changed, keys.deadlines,
                keys.ordersWithoutCases,
            ]
        case .settings: return [mark]
        case .policies: return [mark, StoreKeys.policies, StoreKeys.slaPolicies, StoreKeys.calendars]
        // Only what expires.
        case .work: return [mark]
        case .eventGroups: return [mark, StoreKeys.eventGroups]
        case .webhooks: return [mark, StoreKeys.webhooks]
        case .access: return [mark, StoreKeys.access]
        }
    }
}

extension StoreIdentity {
    /// Commands that are sent together.
    private static let tracesReadMax = 512

    /// Looks where keys of a store are.
    ///
    /// - Parameter isStore: Whether its partitions are known to be as many as the settings say; otherwise all that there may be are
    ///   looked at.
    func traces(
        _ wire: some StoreWire, ofStore isStore: Bool, _ deadline: NIODeadline
    ) async throws(StoreError) -> StoreTraces {
        var traces = StoreTraces()
        if try await replies(wire, [RedisCommand("DBSIZE")], deadline)[0].integer == 0 { return traces }
        let partitions = isStore ? settings.partitions : CaseID.partitionsMax
        var rest = ([.settings] + StoreSlot.all(partitions: partitions))[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.tracesReadMax)
            rest = rest.dropFirst(some.count)
            let commands = some.map { slot in
                var command = RedisCommand("EXISTS")
                for key in slot.traces { command.append(key) }
                return command
            }
            for (slot, reply) in zip(some, try await replies(wire, commands, deadline))
            where (reply.integer ?? 0) > 0 {
                if slot == .settings { traces.hasRecord = true } else { traces.slots.insert(slot) }
            }
        }
        return traces
    }
}

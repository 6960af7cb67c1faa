import NIOCore
import RedisClient

/// The process's connections to Redis, which are given up together when another Redis may stand behind the address.
extension StoreIdentity {
    /// A fault that stays is looked at once a second; it ends connections no more often.
    static let retirementIntervalMilliseconds: Int64 = 1_000

    func hold(_ connection: RedisConnection) {
        state.withLock { state in
            state.connections.removeAll { $0.connection == nil }
            state.connections.append(HeldConnection(connection: connection))
        }
    }

    /// Lets every client ask the address anew. A connection outlives what the address leads to: after a planned failover it
    /// still leads to the former primary.
    func retireConnections(now: NIODeadline = .now()) {
        let connections = state.withLock { state -> [HeldConnection] in
            let interval = TimeAmount.milliseconds(Self.retirementIntervalMilliseconds)
            guard state.connectionsRetiredAt == .distantPast || now - state.connectionsRetiredAt >= interval
            else { return [] }
            state.connectionsRetiredAt = now
            return state.connections
        }
        for held in connections { held.connection?.retire() }
    }

    /// Redis has answered so.
    func refused(_ refusal: RedisRefusal) {
        if refusal == .replica || refusal == .primaryLost { retireConnections() }
    }
}

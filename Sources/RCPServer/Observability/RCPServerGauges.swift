import CoreMetrics

/// What a listener holds now: known only by asking, so whoever reads the metrics refreshes it first.
public struct RCPServerGauges: Sendable {
    private let connections: Meter
    private let callsInFlight: Meter
    private let callsWaiting: Meter
    private let handshakes: Meter
    private let streams: Meter
    private let receivedBytes: Meter
    private let unsentBytes: Meter

    /// - Parameter factory: keeps the gauges.
    public init(factory: any MetricsFactory) {
        connections = Meter(label: "rcp_server_connections", factory: factory)
        callsInFlight = Meter(label: "rcp_server_calls_in_flight", factory: factory)
        callsWaiting = Meter(label: "rcp_server_calls_waiting", factory: factory)
        handshakes = Meter(label: "rcp_server_handshakes", factory: factory)
        streams = Meter(label: "rcp_server_streams", factory: factory)
        receivedBytes = Self.heldBytes("received", factory)
        unsentBytes = Self.heldBytes("unsent", factory)
    }

    private static func heldBytes(_ direction: String, _ factory: any MetricsFactory) -> Meter {
        Meter(label: "rcp_server_held_bytes", dimensions: [("direction", direction)], factory: factory)
    }

    /// Sets the gauges to what the listener has now; call it before they are read.
    public func refresh(from listener: RCPListener) {
        connections.set(listener.openConnections)
        handshakes.set(listener.books.openHandshakes)
        streams.set(listener.books.openStreams)
        receivedBytes.set(listener.books.received.takenBytes)
        unsentBytes.set(listener.books.unsent.takenBytes)
        callsInFlight.set(listener.loops.values.reduce(0) { $0 + $1.callsSeen.load(ordering: .relaxed) })
        callsWaiting.set(listener.loops.values.reduce(0) { $0 + $1.waitingSeen.load(ordering: .relaxed) })
    }
}

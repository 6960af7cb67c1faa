import NIOCore
import ReturnsStore

/// What becomes of the events that a consumer inside the server reads. The consumer has the lease, the places and the losses; the sink
/// does with an event whatever it is for.
protocol OutboxSink: Sendable {
    /// For logs: "webhook erp".
    var name: String { get }

    /// Renews the lease that the consumer was begun with.
    ///
    /// - Returns: false where it is another's, or what it was begun with has changed: the consumer ends.
    func renew(deadline: NIODeadline) async throws(StoreError) -> Bool

    /// What it does not want is passed over.
    func wants(_ event: OutboxEvent) -> Bool

    /// Deals with an event, and passes it (`OutboxLane.pass`); or returns without that where the lane is over, or the event is to be read
    /// anew.
    func take(_ event: OutboxEvent, in lane: OutboxLane) async

    /// Tells whoever gets the events of what was lost before them, and notes that it was told (`OutboxLane.told`); or returns without
    /// that, as above.
    func tell(_ loss: OutboxLoss, in lane: OutboxLane) async

    /// A loss was noted: for metrics, and whoever operates the server.
    func lost(_ loss: OutboxLoss, of partition: Int)
}

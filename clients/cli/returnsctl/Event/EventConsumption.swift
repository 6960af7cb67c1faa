import ReturnsAPI

/// Takes a share of a group's events, forwards and prints them, and acknowledges what it has printed.
struct EventConsumption {
    let session: Session
    var printer: EventPrinter
    let forwarder: EventForwarder?
    let group: String
    let consumer: String
    /// Events still wanted; nil wants all.
    var left: UInt64?
    let endsAtLogEnd: Bool
    /// Of a loss that was read again; 0 confirms none.
    var resyncedThroughMs: Int64 = 0
    /// Partitions of the log that the latest reply says are damaged.
    var unreadable: [UInt32] = []

    /// As many as the server gives at once unless asked. One where they are forwarded: each is acknowledged before the next is
    /// posted, so that none comes again since another took its time, and they stay in order.
    private var inFlightMax: UInt64 { forwarder == nil ? 100 : 1 }

    /// - Parameter heard: called with each reply.
    mutating func run(_ heard: () -> Void) async throws {
        while left != 0 {
            let isOver = try await session.client.events.consume { requests, replies in
                try await requests.send(
                    .with {
                        $0.group = group
                        $0.consumer = consumer
                        $0.inFlightMax = UInt32(min(left ?? inFlightMax, inFlightMax))
                        $0.resyncedThroughMs = resyncedThroughMs
                    })
                var isOver = false
                for try await reply in replies where !isOver {
                    heard()
                    if reply.unreadablePartitions != unreadable {
                        unreadable = reply.unreadablePartitions
                        Output.noteUnreadable(partitions: unreadable)
                    }
                    let printed = try await show(reply.deliveries)
                    if !printed.isEmpty { try await requests.send(.with { $0.acknowledged = printed }) }
                    isOver = left == 0 || (endsAtLogEnd && reply.caughtUp)
                    // The call then ends once everything that was acknowledged is recorded.
                    if isOver { await requests.finish() }
                }
                return isOver
            }.message
            if isOver { return }
        }
    }

    /// - Returns: the ids of those that were printed; what is not wanted goes to the next consumer.
    private mutating func show(_ deliveries: [Returns_V1_Delivery]) async throws -> [String] {
        var ids: [String] = []
        for delivery in deliveries where left != 0 {
            let answer = try await forwarder?.forward(delivery.event) ?? ""
            try printer.show(delivery.event, isAgain: delivery.redelivered, answer: answer)
            ids.append(delivery.event.id)
            if let left { self.left = left - 1 }
        }
        return ids
    }
}

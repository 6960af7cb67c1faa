import ReturnsAPI

/// Subscribes, forwards and prints what comes, and keeps the place: printed first, kept then, so that nothing is passed over
/// whatever ends the program in between.
struct EventFollower {
    let session: Session
    var printer: EventPrinter
    let forwarder: EventForwarder?
    let filter: Returns_V1_EventFilter
    let cursorFile: CursorFile?
    /// Events still wanted; nil wants all.
    var left: UInt64?
    let endsAtLogEnd: Bool

    var start = EventStart.now
    var cursor: String?
    var hasBegun = false

    /// Follows until there is nothing more to do.
    ///
    /// - Parameter heard: called with each reply.
    mutating func run(_ heard: () -> Void) async throws {
        while left != 0 {
            let isOver = try await session.client.events.subscribe(request) { replies in
                for try await reply in replies {
                    heard()
                    if try await take(reply) { return true }
                }
                return false
            }.message
            if isOver { return }
        }
    }

    private var request: Returns_V1_SubscribeRequest {
        .with {
            $0.filter = filter
            $0.limit = left ?? 0
            if let cursor {
                $0.cursor = cursor
                return
            }
            switch start {
            case .now: break
            case .beginning: $0.beginning = true
            case .since(let milliseconds): $0.sinceMs = milliseconds
            }
        }
    }

    /// - Returns: whether that was all.
    private mutating func take(_ reply: Returns_V1_SubscribeReply) async throws -> Bool {
        for event in reply.events {
            try printer.show(event, answer: try await forwarder?.forward(event) ?? "")
        }
        hasBegun = true
        cursor = reply.cursor
        try cursorFile?.write(reply.cursor)
        if let left { self.left = left - min(left, UInt64(reply.events.count)) }
        return left == 0 || (endsAtLogEnd && reply.caughtUp)
    }
}

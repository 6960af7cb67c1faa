import RCP
public import RCPClient
public import ReturnsAPI

/// Where in the log of events to begin.
public enum EventStart: Sendable, Hashable {
    /// At the events to come.
    case now
    /// At the oldest event that is kept.
    case beginning
    /// At the first event recorded since then, in milliseconds since 1970 by the store's clock.
    case since(milliseconds: Int64)
    /// Behind what a reply with this cursor held.
    case cursor(String)
}

extension RCPClient {
    /// Follows events over lost connections and restarts of the server, until `body` wants no more or the task is cancelled.
    ///
    /// Every event comes at least once: after a lost connection the last ones may come again, and are known by their ids. The
    /// first reply comes at once and the others at least every 15 s, with or without events. Each holds a cursor behind its
    /// events: keep it once they are handled, and begin with it next time.
    ///
    /// - Parameters:
    ///   - filter: the events that are wanted; all unless told.
    ///   - body: handles a reply; the next one waits until it has returned. What it throws ends the following, and comes out as
    ///     it is.
    /// - Throws: `EventGap` when the log cannot be read on from the cursor; the `RCPStatus` of a failure that repeating cannot
    ///   mend, or of the last one after `RCPFollowOptions.outageMax`; `CancellationError` if the task was cancelled.
    nonisolated(nonsending) public func follow(
        from start: EventStart, filter: Returns_V1_EventFilter = Returns_V1_EventFilter(),
        options: RCPFollowOptions = RCPFollowOptions(),
        _ body: nonisolated(nonsending) (Returns_V1_SubscribeReply) async throws -> RCPFollowing
    ) async throws {
        var place = start
        var failure: RCPStatus?
        do {
            try await follow(EventServiceMethods.subscribe, options: options) {
                Returns_V1_SubscribeRequest(from: place, filter: filter)
            } _: { (reply: Returns_V1_SubscribeReply) in
                do {
                    let following = try await body(reply)
                    place = .cursor(reply.cursor)
                    return following
                } catch let status as RCPStatus {
                    // Of another call: its OUT_OF_RANGE is no gap.
                    failure = status
                    throw status
                }
            }
        } catch let status as RCPStatus where failure == nil && status.code == .outOfRange {
            throw EventGap(status)
        }
    }
}

extension Returns_V1_SubscribeRequest {
    init(from place: EventStart, filter: Returns_V1_EventFilter) {
        self.init()
        self.filter = filter
        switch place {
        case .now: break
        case .beginning: beginning = true
        case .since(let milliseconds): sinceMs = milliseconds
        case .cursor(let cursor): self.cursor = cursor
        }
    }
}

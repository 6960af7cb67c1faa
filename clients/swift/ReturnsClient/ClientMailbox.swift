import NIOCore
import Synchronization

/// What callers ask of the event loop.
enum ClientEvent: Sendable {
    case submit(ClientCall)
    case cancel(callID: UInt64)
    /// Finish open calls, then close; the continuation resumes when nothing is left.
    case shutDown(CheckedContinuation<Void, Never>?)
}

/// Carries events from any thread to the link on its loop, many in one hop.
///
/// Only the first event of a batch wakes the loop. So a burst of calls costs one wake-up and one write.
final class ClientMailbox: Sendable {
    private let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<ClientLink>
    private let events = Mutex<[ClientEvent]>([])
    private let readiness: ClientFlag

    init(configuration: ReturnsClientConfiguration, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        let readiness = ClientFlag()
        self.readiness = readiness
        link = NIOLoopBoundBox.makeBoxSendingValue(
            ClientLink(configuration: configuration, eventLoop: eventLoop, readiness: readiness),
            eventLoop: eventLoop)
    }

    /// Whether there is a connection that takes calls; a moment ago.
    var isReady: Bool { readiness.value.load(ordering: .relaxed) }

    func post(_ event: ClientEvent) {
        let isFirst = events.withLock { events in
            events.append(event)
            return events.count == 1
        }
        if isFirst { eventLoop.execute { self.deliver() } }
    }

    private func deliver() {
        let batch = events.withLock { events in
            let batch = events
            events.removeAll(keepingCapacity: false)
            return batch
        }
        link.value.handle(batch)
    }
}

/// What one thread tells others.
final class ClientFlag: Sendable {
    let value = Atomic<Bool>(false)
}

import Logging
import NIOCore
import RCP
import Synchronization

/// What callers ask of the event loop.
enum ClientEvent: Sendable {
    case submit(ClientCall)
    case cancel(callID: UInt64)
    /// Connect, although no call waits.
    case connect
    /// Finish open calls within the time, then close; the continuation resumes when nothing is left. The shortest time counts.
    case shutDown(within: Duration, CheckedContinuation<Void, Never>?)
}

/// Carries events from any thread to the link on its loop, many in one hop.
///
/// Only the first event of a batch wakes the loop. So a burst of calls costs one wake-up and one write.
final class ClientMailbox: Sendable {
    private let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<ClientLink>
    private let events = Mutex<[ClientEvent]>([])
    private let status: ClientLinkStatus

    init(configuration: RCPClientConfiguration, logger: Logger, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        let status = ClientLinkStatus()
        self.status = status
        link = NIOLoopBoundBox.makeBoxSendingValue(
            ClientLink(
                configuration: configuration, logger: logger, eventLoop: eventLoop, status: status),
            eventLoop: eventLoop)
    }

    /// What the last server has said of itself.
    var serverAck: RCPHelloAck? { status.serverAck.withLock { $0 } }

    /// Whether there is a connection that takes calls; a moment ago.
    var isReady: Bool { status.isReady.load(ordering: .relaxed) }

    /// Has the link connect, unless it was told to since it last had a connection.
    func wake() {
        if !status.isWoken.exchange(true, ordering: .relaxed) { post(.connect) }
    }

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

/// What a link tells other threads of its connection.
final class ClientLinkStatus: Sendable {
    let isReady = Atomic<Bool>(false)
    /// Whether it was told to connect and has neither succeeded nor given up since.
    let isWoken = Atomic<Bool>(false)
    /// What the last server has said of itself.
    let serverAck = Mutex<RCPHelloAck?>(nil)
}

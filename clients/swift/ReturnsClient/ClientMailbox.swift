import NIOCore
import ReturnsWire
import Synchronization

/// What callers ask of the event loop.
enum ClientEvent: Sendable {
    case submit(ClientCall)
    case cancel(callID: UInt64)
    /// Connect, although no call waits.
    case connect
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
    private let readiness: ClientReadiness
    private let greeting: ClientGreeting

    init(configuration: ReturnsClientConfiguration, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        let readiness = ClientReadiness()
        self.readiness = readiness
        let greeting = ClientGreeting()
        self.greeting = greeting
        link = NIOLoopBoundBox.makeBoxSendingValue(
            ClientLink(
                configuration: configuration, eventLoop: eventLoop, readiness: readiness, greeting: greeting),
            eventLoop: eventLoop)
    }

    /// What the last server has said of itself.
    var serverAck: RCPHelloAck? { greeting.ack.withLock { $0 } }

    /// Whether there is a connection that takes calls; a moment ago.
    var isReady: Bool { readiness.isReady.load(ordering: .relaxed) }

    /// Has the link connect, unless it was told to since it last had a connection.
    func wake() {
        if !readiness.isWoken.exchange(true, ordering: .relaxed) { post(.connect) }
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
final class ClientReadiness: Sendable {
    let isReady = Atomic<Bool>(false)
    /// Whether it was told to connect and has neither succeeded nor given up since.
    let isWoken = Atomic<Bool>(false)
}

/// What one task tells another.
final class ClientFlag: Sendable {
    let value = Atomic<Bool>(false)
}

/// The last HELLO_ACK of a link.
final class ClientGreeting: Sendable {
    let ack = Mutex<RCPHelloAck?>(nil)
}

import Logging
import NIOCore
import RCP
import Synchronization

/// The links of one client. Each lives on a loop of its own, as far as there are enough.
final class ClientPool: Sendable {
    private let members: [ClientMailbox]
    private let turn = Atomic<Int>(0)
    /// Nothing is left to be closed, and the event loops may be gone.
    private let isShutDown = Atomic<Bool>(false)

    init(configuration: RCPClientConfiguration, logger: Logger, group: any EventLoopGroup) {
        precondition(!configuration.addresses.isEmpty, "a client needs an address")
        precondition(configuration.connections > 0, "a client needs a connection")
        let addresses = configuration.addresses
        let count =
            switch configuration.balancing {
            case .pickFirst: configuration.connections
            case .roundRobin: max(configuration.connections, addresses.count)
            }
        members = (0..<count).map { number in
            var configuration = configuration
            if configuration.balancing == .roundRobin {
                // Each prefers an address of its own, and has the others to go on with.
                let first = number % addresses.count
                configuration.addresses = Array(addresses[first...] + addresses[..<first])
            }
            return ClientMailbox(configuration: configuration, logger: logger, eventLoop: group.next())
        }
    }

    /// Whose turn it is among those that are connected, or, if none is, among all. The others are told to connect, so
    /// that each of them has its share again soon.
    func next() -> ClientMailbox {
        if members.count == 1 { return members[0] }
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
        var ready: ClientMailbox?
        for offset in 0..<members.count {
            let member = members[(first + offset) % members.count]
            if !member.isReady {
                member.wake()
            } else if ready == nil {
                ready = member
            }
        }
        return ready ?? members[first % members.count]
    }

    /// Of any server that was reached.
    var serverAck: RCPHelloAck? { members.lazy.compactMap(\.serverAck).first }

    /// - Parameter time: how long open calls may go on, unless the task is cancelled before.
    func shutDown(within time: Duration) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for member in members {
                    group.addTask {
                        await withCheckedContinuation { member.post(.shutDown(within: time, $0)) }
                    }
                }
            }
        } onCancel: {
            for member in members { member.post(.shutDown(within: .zero, nil)) }
        }
        isShutDown.store(true, ordering: .releasing)
    }

    /// Without waiting.
    func abandon(within time: Duration) {
        if isShutDown.load(ordering: .acquiring) { return }
        for member in members { member.post(.shutDown(within: time, nil)) }
    }
}

import NIOCore
import Synchronization

/// The links of one client. Each lives on a loop of its own, as far as there are enough.
final class ClientPool: Sendable {
    private let members: [ClientMailbox]
    private let turn = Atomic<Int>(0)

    init(configuration: ReturnsClientConfiguration, group: any EventLoopGroup) {
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
            return ClientMailbox(configuration: configuration, eventLoop: group.next())
        }
    }

    /// Whose turn it is among those that are connected, or, if none is, among all.
    func next() -> ClientMailbox {
        if members.count == 1 { return members[0] }
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
        for offset in 0..<members.count {
            let member = members[(first + offset) % members.count]
            if member.isReady { return member }
        }
        return members[first % members.count]
    }

    func shutDown() async {
        await withDiscardingTaskGroup { group in
            for member in members {
                group.addTask { await withCheckedContinuation { member.post(.shutDown($0)) } }
            }
        }
    }

    /// Without waiting.
    func abandon() {
        for member in members { member.post(.shutDown(nil)) }
    }
}

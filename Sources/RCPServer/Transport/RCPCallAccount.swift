import NIOCore

/// One principal's unary calls on one event loop: what those in progress weigh, and the connections that have further
/// ones waiting, each of which begins one when its turn comes.
///
/// Each principal has a limit of its own, so its calls wait for nobody else's; and a call that begins at once costs a
/// comparison and an addition. Touched on its loop only.
final class RCPCallAccount<Connection: AnyObject> {
    var weight: RCPCallWeight
    /// Of all connections.
    var waitingCalls = 0
    /// Those that are open.
    var connections = 0
    private var line = CircularBuffer<Connection>()
    /// The connection whose turn has come, until it has taken it.
    private(set) var called: Connection?

    init(bytesMax: Int, methods: Int, firstBytes: [Int?] = []) {
        weight = RCPCallWeight(bytesMax: bytesMax, methods: methods, firstBytes: firstBytes)
    }

    /// Whether a call may begin at once, ahead of nobody.
    var isOpen: Bool { !weight.isFull && called == nil && line.isEmpty }
    /// Whether nothing but what was learnt would be lost with it.
    var isIdle: Bool { connections == 0 && weight.calls == 0 }

    /// - Precondition: the connection is not in the line.
    func stand(_ connection: Connection) { line.append(connection) }

    /// - Returns: the connection whose turn comes now, to be told; nil if nobody waits, there is no room, or another has
    ///   yet to take its turn.
    func callNext() -> Connection? {
        if line.isEmpty || called != nil || weight.isFull { return nil }
        called = line.removeFirst()
        return called
    }

    /// - Precondition: the connection was called.
    func turnTaken() { called = nil }

    /// The connection has closed.
    func leave(_ connection: Connection) {
        if called === connection { called = nil } else { line.removeAll { $0 === connection } }
    }
}

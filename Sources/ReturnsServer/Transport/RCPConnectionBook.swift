/// Why a connection finds no place; also the label of its metric.
enum RCPConnectionLimit: String, Sendable, Hashable, CaseIterable {
    /// Too many connections, those of administrators apart.
    case connections
    case principal
    case address
    /// Too many connections that have not said HELLO: of one address, or of all.
    case addressHandshakes = "address_handshakes"
    case handshakes

    /// For the peer.
    var text: String {
        switch self {
        case .connections: "the server has too many connections; try again later"
        case .principal:
            "this principal has too many connections here; end some of them, or let more calls share one"
        case .address: "your address has too many connections here; end some of them, or try again later"
        case .addressHandshakes, .handshakes:
            "too many connections wait for their HELLO; try again, and send it at once"
        }
    }
}

/// How many connections there may be, of all and of each; part of `RCPTransportLimits`.
public struct RCPConnectionLimits: Sendable, Hashable {
    /// Those that have said HELLO; the next one is REFUSED OVERLOADED.
    public var connectionsMax: Int = 16_384
    /// Beyond them, for administrators alone.
    public var administratorConnectionsKept: Int = 16
    public var principalConnectionsMax: Int = 1_024
    /// Nil: `addressConnectionsDefault` for peers on other machines, no limit for those on this one, where a proxy may
    /// stand for many. A number counts for loopback, too. Unix sockets have no address. Administrators are not counted out.
    public var addressConnectionsMax: Int?
    public static let addressConnectionsDefault = 4_096
    /// Those that have not said HELLO, of all and of one address, that of this machine included. The next one takes the
    /// place of another, drawn by lot.
    public var handshakesMax: Int = 1_024
    public var addressHandshakesMax: Int = 256

    public init() {}

    var isValid: Bool {
        connectionsMax > 0 && administratorConnectionsKept >= 0 && principalConnectionsMax > 0
            && (addressConnectionsMax ?? 1) > 0 && handshakesMax > 0 && addressHandshakesMax > 0
    }

    /// With those that are refused and have yet to close; one more is closed without a word.
    var socketsMax: Int { connectionsMax + administratorConnectionsKept + 2 * handshakesMax }

    /// The same within so many sockets.
    func fitting(sockets: Int) -> RCPConnectionLimits {
        guard socketsMax > sockets else { return self }
        var limits = self
        limits.handshakesMax = max(1, min(handshakesMax, sockets / 8))
        limits.administratorConnectionsKept = min(administratorConnectionsKept, sockets / 8)
        limits.connectionsMax = max(
            1, sockets - limits.administratorConnectionsKept - 2 * limits.handshakesMax)
        return limits
    }

    func addressMax(_ address: RCPPeerAddress) -> Int? {
        if address == .unix { return nil }
        return addressConnectionsMax ?? (address.isLocal ? nil : Self.addressConnectionsDefault)
    }
}

/// Who is connected, counted by principal and address, and who gets a place.
///
/// Connections that have not said HELLO have places of their own. When these are full a newcomer takes that of another,
/// drawn by lot: whoever sends HELLO at once gets in, however many others are silent. A value without IO; `Connection` is
/// what has to be told.
struct RCPConnectionBook<Connection> {
    enum Opening {
        /// `isFull`: no ordinary place is left, so HELLO has to come soon. `displaced` is to be refused.
        case accepted(isFull: Bool, displaced: (Connection, RCPConnectionLimit)?)
        /// To be closed without a word.
        case beyond
    }

    private enum Stage {
        case handshake
        case established(principal: String)
        /// Displaced; it has yet to close.
        case refused
    }

    private struct Entry {
        let connection: Connection
        let address: RCPPeerAddress
        var stage: Stage
    }

    private struct AddressCount {
        var handshakes = RCPLotBox()
        var established = 0
        var isEmpty: Bool { handshakes.isEmpty && established == 0 }
    }

    let limits: RCPConnectionLimits
    private var entries: [UInt64: Entry] = [:]
    private var handshakes = RCPLotBox()
    private var addresses: [RCPPeerAddress: AddressCount] = [:]
    private var principals: [String: Int] = [:]
    private(set) var established = 0

    init(limits: RCPConnectionLimits) { self.limits = limits }

    var openConnections: Int { entries.count }
    var openHandshakes: Int { handshakes.count }
    func connections(of principal: String) -> Int { principals[principal] ?? 0 }

    // MARK: Events

    /// - Parameters:
    ///   - number: of the connection, never used before.
    ///   - lot: any number, drawn anew each time.
    mutating func opened(
        _ number: UInt64, _ connection: Connection, from address: RCPPeerAddress, lot: UInt64
    ) -> Opening {
        if entries.count >= limits.socketsMax { return .beyond }
        var displaced: (Connection, RCPConnectionLimit)?
        let ofAddress = addresses[address, default: AddressCount()].handshakes
        if ofAddress.count >= limits.addressHandshakesMax {
            displaced = displace(ofAddress.draw(lot), .addressHandshakes)
        } else if handshakes.count >= limits.handshakesMax {
            displaced = displace(handshakes.draw(lot), .handshakes)
        }
        entries[number] = Entry(connection: connection, address: address, stage: .handshake)
        handshakes.insert(number)
        addresses[address, default: AddressCount()].handshakes.insert(number)
        return .accepted(isFull: established >= limits.connectionsMax, displaced: displaced)
    }

    /// HELLO has come, and proves who this is.
    ///
    /// - Returns: why there is no place; nil if the connection has one.
    mutating func admit(
        _ number: UInt64, principal: String, isAdministrator: Bool
    ) -> RCPConnectionLimit? {
        guard let entry = entries[number], case .handshake = entry.stage else {
            // It was displaced at this very moment.
            return .handshakes
        }
        let kept = isAdministrator ? limits.administratorConnectionsKept : 0
        guard established < limits.connectionsMax + kept else { return .connections }
        let ofPrincipal = connections(of: principal)
        guard ofPrincipal < limits.principalConnectionsMax else { return .principal }
        if !isAdministrator, let max = limits.addressMax(entry.address),
            addresses[entry.address]!.established >= max
        {
            return .address
        }
        endHandshake(number, entry.address)
        entries[number]!.stage = .established(principal: principal)
        addresses[entry.address, default: AddressCount()].established += 1
        principals[principal] = ofPrincipal + 1
        established += 1
        return nil
    }

    /// - Returns: the principal, if this was its last connection.
    @discardableResult
    mutating func closed(_ number: UInt64) -> String? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        switch entry.stage {
        case .refused: return nil
        case .handshake:
            endHandshake(number, entry.address)
            return nil
        case .established(let principal):
            established -= 1
            addresses[entry.address]!.established -= 1
            if addresses[entry.address]!.isEmpty { addresses[entry.address] = nil }
            let left = principals[principal]! - 1
            principals[principal] = left == 0 ? nil : left
            return left == 0 ? principal : nil
        }
    }

    // MARK: Handshakes

    private mutating func displace(
        _ number: UInt64, _ limit: RCPConnectionLimit
    ) -> (Connection, RCPConnectionLimit) {
        let entry = entries[number]!
        endHandshake(number, entry.address)
        entries[number]!.stage = .refused
        return (entry.connection, limit)
    }

    private mutating func endHandshake(_ number: UInt64, _ address: RCPPeerAddress) {
        handshakes.remove(number)
        addresses[address]!.handshakes.remove(number)
        if addresses[address]!.isEmpty { addresses[address] = nil }
    }
}

/// Numbers of which one can be drawn by lot, each step in constant time.
struct RCPLotBox {
    private var numbers: [UInt64] = []
    private var places: [UInt64: Int] = [:]

    var count: Int { numbers.count }
    var isEmpty: Bool { numbers.isEmpty }

    mutating func insert(_ number: UInt64) {
        places[number] = numbers.count
        numbers.append(number)
    }

    /// - Precondition: it is in here.
    mutating func remove(_ number: UInt64) {
        guard let place = places.removeValue(forKey: number) else {
            preconditionFailure("number \(number) is not in the box")
        }
        let last = numbers.removeLast()
        guard place < numbers.count else { return }
        numbers[place] = last
        places[last] = place
    }

    /// - Precondition: not empty.
    func draw(_ lot: UInt64) -> UInt64 { numbers[Int(lot % UInt64(numbers.count))] }
}

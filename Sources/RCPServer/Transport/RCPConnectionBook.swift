/// Why a connection finds no place; also the label of its metric.
enum RCPConnectionLimit: String, Sendable, Hashable, CaseIterable {
    /// Too many connections, those of administrators apart.
    case connections
    case principal
    case address
    /// Too many connections that have not said HELLO: of one address, or of all.
    case addressHandshakes = "address_handshakes"
    case handshakes
    /// Its administrator has opened another one, and had no place left for it.
    case displaced

    /// For the peer.
    var text: String {
        switch self {
        case .connections: "the server has too many connections; try again later"
        case .principal:
            "this principal has too many connections here; end some of them, or let more calls share one"
        case .address: "your address has too many connections here; end some of them, or try again later"
        case .addressHandshakes, .handshakes:
            "too many connections wait for their HELLO; try again, and send it at once"
        case .displaced: "this administrator has opened a newer connection, which has taken this one's place"
        }
    }
}

/// How many connections there may be, of all and of each; part of `RCPTransportLimits`.
public struct RCPConnectionLimits: Sendable, Hashable {
    /// Those that have said HELLO; the next one is REFUSED OVERLOADED.
    public var connectionsMax: Int = 16_384
    /// Beyond them, for administrators alone; one of them holds at most half of these.
    public var administratorConnectionsKept: Int = 16
    /// Connections of one principal.
    public var principalConnectionsMax: Int = 1_024
    /// Nil: `addressConnectionsDefault` for peers on other machines, no limit for those on this one, where a proxy may
    /// stand for many. A number counts for loopback, too. Unix sockets have no address. Administrators are not counted out.
    public var addressConnectionsMax: Int?
    /// Connections of one address of another machine, unless stated.
    public static let addressConnectionsDefault = 4_096
    /// Those that have not said HELLO, of all and of one address, that of this machine included. The next one takes the
    /// place of another, drawn by lot.
    public var handshakesMax: Int = 1_024
    /// Connections of one address that have not said HELLO.
    public var addressHandshakesMax: Int = 256

    public init() {}

    var isValid: Bool {
        connectionsMax > 0 && administratorConnectionsKept >= 0 && principalConnectionsMax > 0
            && (addressConnectionsMax ?? 1) > 0 && handshakesMax > 0 && addressHandshakesMax > 0
    }

    /// With those that are refused and have yet to close; one more is closed without a word.
    var socketsMax: Int { connectionsMax + administratorConnectionsKept + 2 * handshakesMax }

    /// Of the ordinary places, those that administrators may hold.
    var administratorOrdinaryMax: Int { max(1, connectionsMax / 2) }
    /// Of the kept places, those that one administrator may hold.
    var administratorKeptMax: Int { (administratorConnectionsKept + 1) / 2 }

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
///
/// Invariant: an administrator gets in while any of the kept places is free, and also when it holds all that it may: its newest
/// connection then takes the place of its oldest one. Nothing that one token does fills the kept places or more than half of the
/// ordinary ones that administrators share.
struct RCPConnectionBook<Connection> {
    enum Opening {
        /// `isFull`: no ordinary place is left, so HELLO has to come soon. `displaced` is to be refused.
        case accepted(isFull: Bool, displaced: (Connection, RCPConnectionLimit)?)
        /// To be closed without a word.
        case beyond
    }

    struct Admission {
        /// Why there is no place; nil if the connection has one.
        var limit: RCPConnectionLimit?
        /// Has lost its place to this one, and is to end.
        var displaced: Connection?
    }

    private enum Place {
        case ordinary
        /// Of those that are kept for administrators.
        case kept
    }

    private enum Stage {
        case handshake
        case established(principal: String, place: Place, isAdministrator: Bool)
        /// Displaced by one of the same administrator; it has yet to close.
        case leaving(principal: String)
        /// Displaced; it has yet to close.
        case refused
    }

    private struct PrincipalCount {
        var established = 0
        var leaving = 0
        var kept = 0
        /// Of an administrator, in the order of their admission.
        var administrators: [UInt64] = []
        var isEmpty: Bool { established == 0 && leaving == 0 }
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
    private var principals: [String: PrincipalCount] = [:]
    private var ordinary = 0
    private var kept = 0
    /// Of the ordinary places, those that administrators hold.
    private var administratorOrdinary = 0

    init(limits: RCPConnectionLimits) { self.limits = limits }

    var openConnections: Int { entries.count }
    var openHandshakes: Int { handshakes.count }
    var established: Int { ordinary + kept }
    func connections(of principal: String) -> Int { principals[principal]?.established ?? 0 }

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
        return .accepted(isFull: ordinary >= limits.connectionsMax, displaced: displaced)
    }

    /// HELLO has come, and proves who this is.
    mutating func admit(_ number: UInt64, principal: String, isAdministrator: Bool) -> Admission {
        guard let entry = entries[number], case .handshake = entry.stage else {
            // It was displaced at this very moment.
            return Admission(limit: .handshakes)
        }
        if !isAdministrator, let max = limits.addressMax(entry.address),
            addresses[entry.address]!.established >= max
        {
            return Admission(limit: .address)
        }
        var admission = Admission()
        var found = place(of: principal, isAdministrator: isAdministrator)
        if case .failure = found, isAdministrator, let oldest = principals[principal]?.administrators.first {
            admission.displaced = displaceEstablished(oldest)
            found = place(of: principal, isAdministrator: true)
        }
        switch found {
        case .failure(let refusal): admission.limit = refusal.limit
        case .success(let place):
            endHandshake(number, entry.address)
            establish(number, entry.address, principal, place, isAdministrator)
        }
        return admission
    }

    /// - Returns: the principal, if this was its last connection.
    @discardableResult
    mutating func closed(_ number: UInt64) -> String? {
        guard let entry = entries[number] else { return nil }
        defer { entries[number] = nil }
        switch entry.stage {
        case .refused: return nil
        case .handshake:
            endHandshake(number, entry.address)
            return nil
        case .established(let principal, _, _):
            vacate(number)
            return ended(principal)
        case .leaving(let principal):
            principals[principal]!.leaving -= 1
            return ended(principal)
        }
    }

    // MARK: Places

    private func place(
        of principal: String, isAdministrator: Bool
    ) -> Result<Place, RCPConnectionRefusal> {
        let count = principals[principal] ?? PrincipalCount()
        let isAtLimit = count.established >= limits.principalConnectionsMax
        let hasOrdinary = ordinary < limits.connectionsMax
        guard isAdministrator else {
            if !hasOrdinary { return .failure(RCPConnectionRefusal(limit: .connections)) }
            return isAtLimit ? .failure(RCPConnectionRefusal(limit: .principal)) : .success(.ordinary)
        }
        if isAtLimit { return .failure(RCPConnectionRefusal(limit: .principal)) }
        if hasOrdinary, administratorOrdinary < limits.administratorOrdinaryMax { return .success(.ordinary) }
        if kept < limits.administratorConnectionsKept, count.kept < limits.administratorKeptMax {
            return .success(.kept)
        }
        return .failure(RCPConnectionRefusal(limit: .connections))
    }

    private mutating func establish(
        _ number: UInt64, _ address: RCPPeerAddress, _ principal: String, _ place: Place,
        _ isAdministrator: Bool
    ) {
        entries[number]!.stage = .established(
            principal: principal, place: place, isAdministrator: isAdministrator)
        addresses[address, default: AddressCount()].established += 1
        principals[principal, default: PrincipalCount()].established += 1
        if isAdministrator { principals[principal]!.administrators.append(number) }
        switch place {
        case .ordinary:
            ordinary += 1
            if isAdministrator { administratorOrdinary += 1 }
        case .kept:
            kept += 1
            principals[principal]!.kept += 1
        }
    }

    private mutating func vacate(_ number: UInt64) {
        let entry = entries[number]!
        guard case .established(let principal, let place, let isAdministrator) = entry.stage else {
            preconditionFailure("connection \(number) has no place")
        }
        addresses[entry.address]!.established -= 1
        if addresses[entry.address]!.isEmpty { addresses[entry.address] = nil }
        principals[principal]!.established -= 1
        if isAdministrator { principals[principal]!.administrators.removeAll { $0 == number } }
        switch place {
        case .ordinary:
            ordinary -= 1
            if isAdministrator { administratorOrdinary -= 1 }
        case .kept:
            kept -= 1
            principals[principal]!.kept -= 1
        }
    }

    private mutating func displaceEstablished(_ number: UInt64) -> Connection {
        let entry = entries[number]!
        guard case .established(let principal, _, _) = entry.stage else {
            preconditionFailure("connection \(number) has no place")
        }
        vacate(number)
        principals[principal]!.leaving += 1
        entries[number]!.stage = .leaving(principal: principal)
        return entry.connection
    }

    private mutating func ended(_ principal: String) -> String? {
        guard principals[principal]!.isEmpty else { return nil }
        principals[principal] = nil
        return principal
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

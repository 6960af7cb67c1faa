import RCP
import ReturnsDomain

/// What this server knows of a principal besides its name and roles.
struct ReturnsPrincipal: RCPPrincipalAttributes {
    /// Those of the principal's role names that the domain knows: once for all calls, since every call acts in one of them.
    var roles: Set<Role> = []
    /// Whose figures its work counts in; may be empty.
    var team = ""
    /// Those that it is bound to. None unless given, so that a forgotten scope opens nothing.
    var saleChannels = SaleChannelScope.channels([])
}

extension RCPPrincipal {
    private var own: ReturnsPrincipal { attributes(as: ReturnsPrincipal.self) ?? ReturnsPrincipal() }

    var team: String { own.team }

    /// The principal as the domain knows it.
    func actor(onBehalfOf: String) -> Actor {
        let own = self.own
        return Actor(name: name, roles: own.roles, team: own.team, onBehalfOf: onBehalfOf)
    }

    /// The sale channels that it is bound to.
    var saleChannels: SaleChannelScope { own.saleChannels }

    /// The desk's own people, who may know who does what and read what was noted for each other. Others are systems that act for
    /// customers.
    var belongsToDesk: Bool {
        !roles.isDisjoint(with: Self.deskRoles)
    }

    private static let deskRoles = Set(
        (Role.departments + [.supervisor, .auditor, .admin, .system]).map(\.description))
}

extension SaleChannelScope {
    /// Stands alone for every sale channel.
    static let allWord = "*"
    /// A principal is bound to at most this many.
    static let channelsMax = 64

    /// As principals are stored and shown: the channels' names in order, or `*`.
    var words: [String] {
        switch self {
        case .all: [Self.allWord]
        case .channels(let channels): channels.sorted()
        }
    }

    /// - Throws: `invalidSaleChannels` unless it is one `*`, or 1 to 64 names of channels.
    init(words: [String]) throws(PrincipalError) {
        if words == [Self.allWord] {
            self = .all
            return
        }
        guard (1...Self.channelsMax).contains(words.count), words.allSatisfy(Self.isName) else {
            throw .invalidSaleChannels
        }
        self = .channels(Set(words))
    }

    /// The rule for a channel is that of an order's key.
    static func isName(_ word: String) -> Bool {
        (try? OrderKey(saleChannel: word, orderNumber: "1").validate()) != nil
    }
}

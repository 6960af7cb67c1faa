import ReturnsDomain

/// The people of the tests, one for each role, and a second of those who must differ.
public enum Cast {
    public static let shop = Actor(name: "shop", roles: [.channel])
    public static let sara = Actor(name: "sara", roles: [.service])
    public static let simon = Actor(name: "simon", roles: [.service])
    public static let sue = Actor(name: "sue", roles: [.supervisor])
    public static let leo = Actor(name: "leo", roles: [.logistics])
    public static let wang = Actor(name: "wang", roles: [.warehouse])
    public static let fei = Actor(name: "fei", roles: [.finance])

    /// Someone who holds just this role.
    public static func only(_ role: Role) -> Actor {
        Actor(name: "only-\(role)", roles: [role])
    }
}

/// Who acts: a principal's name and every role it holds.
public struct Actor: Hashable, Sendable {
    public var name: String
    public var roles: Set<Role>
    /// The team it belongs to, for the figures; empty otherwise.
    public var team: String
    /// Whom the principal acts for, by a grant; empty otherwise. Both are recorded.
    public var onBehalfOf: String

    public init(name: String, roles: Set<Role>, team: String = "", onBehalfOf: String = "") {
        self.name = name
        self.roles = roles
        self.team = team
        self.onBehalfOf = onBehalfOf
    }

    /// Those whose act it is: the principal, and whom it acts for.
    var persons: Set<String> { onBehalfOf.isEmpty ? [name] : [name, onBehalfOf] }

    /// The sweeper and the rules: the procedure's "system".
    public static let system = Actor(name: "system", roles: [.system])
}

/// Who did something, as a record keeps it: the principal and the one role it acted in.
public struct ActorRecord: Hashable, Sendable {
    public var name: String
    public var role: Role
    public var onBehalfOf: String

    public init(name: String, role: Role, onBehalfOf: String = "") {
        self.name = name
        self.role = role
        self.onBehalfOf = onBehalfOf
    }

    var persons: Set<String> { onBehalfOf.isEmpty ? [name] : [name, onBehalfOf] }
}

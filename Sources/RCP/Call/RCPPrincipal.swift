/// What a service knows of a principal besides: nothing to RCP, which hands it on to the handlers.
public protocol RCPPrincipalAttributes: Sendable, Hashable {}

/// Who calls: the result of authentication, kept for the life of a connection.
public struct RCPPrincipal: Sendable {
    /// By which logs and records name it; unique at its server.
    public let name: String
    /// What it may call: a method names the roles that it admits.
    public let roles: Set<String>
    /// Finds a place where a server is full for others.
    public let isAdministrator: Bool
    private let attributes: (any RCPPrincipalAttributes)?

    public init(
        name: String, roles: Set<String>, isAdministrator: Bool = false,
        attributes: (any RCPPrincipalAttributes)? = nil
    ) {
        self.name = name
        self.roles = roles
        self.isAdministrator = isAdministrator
        self.attributes = attributes
    }

    /// What the service had put in; nil where there is nothing, or something else.
    public func attributes<Attributes: RCPPrincipalAttributes>(as type: Attributes.Type) -> Attributes? {
        attributes as? Attributes
    }

    /// Whether both may do the same: the same roles and the same attributes, whatever their names.
    public func hasRights(of other: RCPPrincipal) -> Bool {
        roles == other.roles && isAdministrator == other.isAdministrator
            && attributes.map { AnyHashable($0) } == other.attributes.map { AnyHashable($0) }
    }

    /// Whether this principal may call `method`: any one role of the method's suffices.
    public func mayCall(_ method: RCPMethod) -> Bool {
        method.roles.isEmpty || method.roles.contains(where: roles.contains)
    }
}

extension RCPPrincipal: Hashable {
    public static func == (one: RCPPrincipal, other: RCPPrincipal) -> Bool {
        one.name == other.name && one.hasRights(of: other)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

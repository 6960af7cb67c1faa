/// Who calls: the result of authentication, kept for the life of a connection.
public struct RCPPrincipal: Sendable, Hashable {
    public let name: String
    public let roles: Set<String>
    /// Whose figures its work counts in; may be empty.
    public let team: String
    public let scope: RCPScope

    /// - Parameter scope: nothing unless given, so that a forgotten scope opens nothing.
    public init(name: String, roles: Set<String>, team: String = "", scope: RCPScope = .parts([])) {
        self.name = name
        self.roles = roles
        self.team = team
        self.scope = scope
    }

    /// Whether this principal may call `method`: any one role of the method's suffices.
    public func mayCall(_ method: RCPMethod) -> Bool {
        method.roles.isEmpty || method.roles.contains(where: roles.contains)
    }
}

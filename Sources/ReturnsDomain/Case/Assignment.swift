/// Who does one department's part of a case (R21, R26).
public struct Assignment: Hashable, Sendable {
    public var role: Role
    /// A principal's name; empty means anybody of the team.
    public var person: String
    /// Empty means no team in particular.
    public var team: String
    public var at: Instant
    public var by: ActorRecord

    public init(role: Role, person: String, team: String, at: Instant, by: ActorRecord) {
        self.role = role
        self.person = person
        self.team = team
        self.at = at
        self.by = by
    }
}

extension Role {
    /// The departments whose work is assigned; the others act, supervise or look on.
    public static let departments: [Role] = [.service, .logistics, .warehouse, .finance]
}

extension Case {
    /// Who does this department's part; nil when it is anybody's.
    public func assignment(_ role: Role) -> Assignment? { assignments.first { $0.role == role } }
}

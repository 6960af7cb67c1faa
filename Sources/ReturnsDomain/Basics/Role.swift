/// What a principal may act as (R26). The numbers are those of returns.v1.Role.
public enum Role: UInt8, NamedCode {
    case channel = 1
    case service
    case logistics
    case warehouse
    case finance
    case supervisor
    case auditor
    case admin
    case system

    public var description: String {
        switch self {
        case .channel: "channel"
        case .service: "service"
        case .logistics: "logistics"
        case .warehouse: "warehouse"
        case .finance: "finance"
        case .supervisor: "supervisor"
        case .auditor: "auditor"
        case .admin: "admin"
        case .system: "system"
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.description, $0) })

    /// Finds a role by its name, without the search that other codes make: every call looks its caller's roles up.
    public init?(name: String) {
        guard let role = Self.byName[name] else { return nil }
        self = role
    }
}

extension Role {
    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.description, $0) })

    /// Finds a role by its name, without the search that other codes make: every call looks its caller's roles up.
    public init?(name: String) {
        guard let role = Self.byName[name] else { return nil }
        self = role
    }
}

/// The role words a principal may hold: those of returns.v1.Role in lower case.
public enum AccessRole: String, Sendable, Hashable, CaseIterable {
    case channel, service, logistics, warehouse, finance, supervisor, auditor, admin, system

    /// What the first administrator's token may do: everything but `system`, the role of machines that report on
    /// their own, so that a new user can try every command on a fresh machine. Make narrower tokens for real work.
    public static let firstAdministrator: Set<AccessRole> = Set(allCases).subtracting([.system])
}

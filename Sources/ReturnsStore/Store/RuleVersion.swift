import ReturnsDomain

/// A version of what cases are decided by, by its name.
public enum RuleVersion: Hashable, Sendable, CustomStringConvertible {
    case policy(UInt64)
    case slaPolicy(UInt64)
    case calendar(WorkingCalendar.Reference)
    /// An entry whose name is none of a version, among the policies, SLA policies or calendars.
    case unnamed(among: String)

    public var description: String {
        switch self {
        case .policy(let number): "version \(number) of the policy"
        case .slaPolicy(let number): "version \(number) of the SLA policy"
        case .calendar(let reference): "version \(reference.version) of the calendar \(reference.name)"
        case .unnamed(let kind): "an entry among the \(kind) that is no version"
        }
    }
}

extension WorkingCalendar.Reference {
    /// - Parameter field: As `description` writes it.
    init?(field: String) {
        guard let space = field.lastIndex(of: " "), let version = UInt64(field[field.index(after: space)...])
        else { return nil }
        self.init(name: String(field[..<space]), version: version)
        guard description == field else { return nil }
    }
}

import ReturnsDomain

/// A version of what cases are decided by, by its name.
public enum RuleVersion: Hashable, Sendable, CustomStringConvertible {
    case policy(UInt64)
    case slaPolicy(UInt64)
    case calendar(WorkingCalendar.Reference)
    /// An entry whose name is none of a version, among the policies, SLA policies or calendars.
    case unnamed(among: String)

    /// Versions are numbered from 1 on without a gap and are at most some thousands. So a name with a number beyond this one is
    /// none of a version, and whoever counts on from a version stays within bounds.
    static let numberMax: UInt64 = 1_000_000

    /// - Parameter text: A version's number, as the store's keys write it. Nil for any other text.
    static func number(_ text: some StringProtocol) -> UInt64? {
        guard let number = UInt64(text), (1...numberMax).contains(number), "\(number)" == text else {
            return nil
        }
        return number
    }

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
        guard let space = field.lastIndex(of: " "),
            let version = RuleVersion.number(field[field.index(after: space)...])
        else { return nil }
        self.init(name: String(field[..<space]), version: version)
    }
}

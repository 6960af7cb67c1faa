/// The keys that one function call may touch together: those with one hash tag.
///
/// Each slot has a mark, a hash that names the run of the store that it is at; a call whose run differs touches nothing.
public enum StoreSlot: Hashable, Sendable {
    case partition(Int)
    /// What the store itself is.
    case settings
    /// Policies, SLA policies and calendars.
    case policies
    /// Who has taken which work.
    case work
    case eventGroups
    case webhooks
    /// The registry of principals.
    case access

    /// Those that are no partition.
    static let named: [StoreSlot] = [.policies, .work, .eventGroups, .webhooks, .access]

    /// Every slot with a mark of its own.
    static func all(partitions: Int) -> [StoreSlot] { (0..<partitions).map { .partition($0) } + named }

    /// Its place in `all`; nil for the settings, whose mark is the store's own record.
    func index(partitions: Int) -> Int? {
        if case .partition(let number) = self { return number }
        return Self.named.firstIndex(of: self).map { partitions + $0 }
    }

    var mark: String {
        switch self {
        case .partition(let number): StoreKeys(partition: number).mark
        case .settings: StoreKeys.store
        case .policies: "\(StoreKeys.policies):store"
        case .work: "\(StoreKeys.work):store"
        case .eventGroups: "\(StoreKeys.eventGroups):store"
        case .webhooks: "\(StoreKeys.webhooks):store"
        case .access: "\(StoreKeys.access):store"
        }
    }

    /// The outbox, which partitions have.
    var outbox: String? {
        if case .partition(let number) = self { StoreKeys(partition: number).outbox } else { nil }
    }
}

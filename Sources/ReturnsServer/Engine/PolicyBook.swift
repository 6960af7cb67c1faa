import NIOCore
import ReturnsDomain
import ReturnsStore
import Synchronization

/// What one case is decided by.
public struct CaseRules: Sendable {
    public var policy: ReturnPolicy
    public var sla: SLAPolicy
}

/// Every version of policies, SLA policies and calendars, in memory: a case is decided by the versions it keeps, or by
/// the current ones.
///
/// Versions never change, so a copy can be missing some but is never wrong; a missing one is loaded.
public final class PolicyBook: Sendable {
    private struct Versions {
        var policies: [UInt64: ReturnPolicy]
        var slaPolicies: [UInt64: SLAPolicy]
        var calendars: [WorkingCalendar.Reference: WorkingCalendar]

        var count: UInt64 { UInt64(policies.count + slaPolicies.count + calendars.count) }
    }

    private let versions: Mutex<Versions>

    public init(_ stored: StoredPolicies) {
        precondition(
            !stored.policies.isEmpty && !stored.slaPolicies.isEmpty, "a store has policies from its beginning"
        )
        versions = Mutex(Versions(policies: [:], slaPolicies: [:], calendars: [:]))
        add(stored)
    }

    public var current: ReturnPolicy {
        versions.withLock { $0.policies[$0.policies.keys.max()!]! }
    }

    public var currentSLA: SLAPolicy {
        versions.withLock { $0.slaPolicies[$0.slaPolicies.keys.max()!]! }
    }

    public func policy(version: UInt64) -> ReturnPolicy? {
        versions.withLock { $0.policies[version] }
    }

    public func slaPolicy(version: UInt64) -> SLAPolicy? {
        versions.withLock { $0.slaPolicies[version] }
    }

    public func calendar(_ reference: WorkingCalendar.Reference) -> WorkingCalendar? {
        versions.withLock { $0.calendars[reference] }
    }

    /// The newest version of each calendar, by name.
    public var currentCalendars: [WorkingCalendar] {
        let all = versions.withLock { Array($0.calendars.values) }
        return Dictionary(grouping: all, by: \.name).values
            .compactMap { $0.max { $0.version < $1.version } }
            .sorted { $0.name < $1.name }
    }

    /// What a case is decided by: its own policy once it was approved, the current one before; the SLA policy it keeps.
    public func rules(for value: Case, store: ReturnsStore, deadline: NIODeadline) async throws(StoreError)
        -> CaseRules
    {
        if let known = knownRules(for: value) { return known }
        try await reload(store, deadline: deadline)
        guard let loaded = knownRules(for: value) else {
            try await store.confirmRun(deadline: deadline)
            throw StoreError(
                .corrupt, "policy \(value.policyVersion) or SLA policy \(value.slaVersion) is missing")
        }
        return loaded
    }

    private func knownRules(for value: Case) -> CaseRules? {
        guard let policy = value.isPolicyPinned ? policy(version: value.policyVersion) : current,
            let sla = slaPolicy(version: value.slaVersion)
        else { return nil }
        return CaseRules(policy: policy, sla: sla)
    }

    public func reload(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture) async throws(StoreError)
    {
        add(try await store.loadPolicies(deadline: deadline))
    }

    /// Another server may have added a version: asks how many there are, and loads them if any is missing here.
    public func refresh(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
    {
        let known = versions.withLock { $0.count }
        if try await store.policyCount(deadline: deadline) != known {
            try await reload(store, deadline: deadline)
        }
    }

    public func add(_ policy: ReturnPolicy) {
        versions.withLock { $0.policies[policy.version] = policy }
    }

    public func add(_ policy: SLAPolicy) {
        versions.withLock { $0.slaPolicies[policy.version] = policy }
    }

    public func add(_ calendar: WorkingCalendar) {
        versions.withLock { $0.calendars[calendar.reference] = calendar }
    }

    private func add(_ stored: StoredPolicies) {
        for policy in stored.policies { add(policy) }
        for policy in stored.slaPolicies { add(policy) }
        for calendar in stored.calendars { add(calendar) }
    }
}

extension Case {
    var isPolicyPinned: Bool {
        decisions.contains {
            if case .approved = $0.outcome { true } else { false }
        }
    }
}

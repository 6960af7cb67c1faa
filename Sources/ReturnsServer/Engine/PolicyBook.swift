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
/// Versions never change, so a copy can be missing some but is never wrong; a missing one is loaded. One that cannot be
/// read, since it is damaged or a newer build wrote it, is known as that: what it would decide is refused.
public final class PolicyBook: Sendable {
    private struct Versions {
        var policies = RuleVersions<ReturnPolicy>()
        var slaPolicies = RuleVersions<SLAPolicy>()
        var calendars: [String: RuleVersions<WorkingCalendar>] = [:]
        var unreadable: [RuleVersion: StoreError] = [:]
        /// How many the store had when they were last loaded.
        var stored: UInt64 = 0
    }

    private let versions: Mutex<Versions>

    public init(_ stored: StoredPolicies) {
        precondition(stored.hasBegun, "a store has policies from its beginning")
        versions = Mutex(Versions())
        add(stored)
    }

    public var policies: RuleVersions<ReturnPolicy> { versions.withLock { $0.policies } }
    public var slaPolicies: RuleVersions<SLAPolicy> { versions.withLock { $0.slaPolicies } }
    /// By name.
    public var calendars: [String: RuleVersions<WorkingCalendar>] { versions.withLock { $0.calendars } }

    /// - Throws: where it cannot be read.
    public func current() throws(StoreError) -> ReturnPolicy {
        guard let policy = try policies.current() else { throw Self.noPolicy }
        return policy
    }

    /// - Throws: where it cannot be read.
    public func currentSLA() throws(StoreError) -> SLAPolicy {
        guard let policy = try slaPolicies.current() else { throw Self.noPolicy }
        return policy
    }

    /// What a case is decided by: its own policy once it was approved, the current one before; the SLA policy it keeps.
    ///
    /// - Throws: also where one of these cannot be read.
    public func rules(for value: Case, store: ReturnsStore, deadline: NIODeadline) async throws(StoreError)
        -> CaseRules
    {
        if let known = try knownRules(for: value) { return known }
        try await reload(store, deadline: deadline)
        guard let loaded = try knownRules(for: value) else {
            try await store.confirmRun(deadline: deadline)
            throw StoreError.missing(.rules(try missingRules(of: value)))
        }
        return loaded
    }

    /// The one that is not there.
    private func missingRules(of value: Case) throws(StoreError) -> RuleVersion {
        let number = policyVersion(for: value)
        return try policies.version(number) == nil ? .policy(number) : .slaPolicy(value.slaVersion)
    }

    private func policyVersion(for value: Case) -> UInt64 {
        value.isPolicyPinned ? value.policyVersion : policies.highest
    }

    private func knownRules(for value: Case) throws(StoreError) -> CaseRules? {
        guard let policy = try policies.version(policyVersion(for: value)),
            let sla = try slaPolicies.version(value.slaVersion)
        else { return nil }
        return CaseRules(policy: policy, sla: sla)
    }

    public func reload(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture) async throws(StoreError)
    {
        add(try await store.loadPolicies(deadline: deadline))
    }

    /// Another server may have added a version: asks how many there are, and loads them if any is missing here. Those that
    /// cannot be read are read again each time, since somebody may have mended them.
    public func refresh(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
    {
        let (known, areReadable) = versions.withLock { ($0.stored, $0.unreadable.isEmpty) }
        if areReadable {
            let count = try await store.policyCount(deadline: deadline)
            if count == known { return }
        }
        try await reload(store, deadline: deadline)
    }

    public func add(_ policy: ReturnPolicy) {
        versions.withLock { $0.policies.add(policy, policy.version) }
    }

    public func add(_ policy: SLAPolicy) {
        versions.withLock { $0.slaPolicies.add(policy, policy.version) }
    }

    public func add(_ calendar: WorkingCalendar) {
        versions.withLock { $0.calendars[calendar.name, default: .init()].add(calendar, calendar.version) }
    }

    private func add(_ stored: StoredPolicies) {
        for policy in stored.policies { add(policy) }
        for policy in stored.slaPolicies { add(policy) }
        for calendar in stored.calendars { add(calendar) }
        var policies: [UInt64: StoreError] = [:]
        var slaPolicies: [UInt64: StoreError] = [:]
        var calendars: [String: [UInt64: StoreError]] = [:]
        for (version, error) in stored.unreadable {
            switch version {
            case .policy(let number): policies[number] = error
            case .slaPolicy(let number): slaPolicies[number] = error
            case .calendar(let reference): calendars[reference.name, default: [:]][reference.version] = error
            case .unnamed: break
            }
        }
        versions.withLock { versions in
            versions.policies.setUnreadable(policies)
            versions.slaPolicies.setUnreadable(slaPolicies)
            for name in Set(versions.calendars.keys).union(calendars.keys) {
                versions.calendars[name, default: .init()].setUnreadable(calendars[name] ?? [:])
            }
            versions.unreadable = stored.unreadable
            versions.stored = stored.count
        }
    }

    // Its stores begin with some, and `add` takes none away.
    private static let noPolicy = StoreError(.corrupt, "no version of a policy is there")

    // MARK: What cannot be read

    /// Those that cannot be read, in words that stay the same while it lasts.
    public var warnings: [String] {
        let (unreadable, policy, sla) = versions.withLock {
            ($0.unreadable, $0.policies.highest, $0.slaPolicies.highest)
        }
        return unreadable.map { version, error in
            let isCurrent = version == .policy(policy) || version == .slaPolicy(sla)
            let what =
                isCurrent ? "nothing is decided by it, and no new case is taken" : "nothing is decided by it"
            return error.isNewer
                ? "\(version) was written by a newer returnsd, so here \(what) (RECORD_NEWER); upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
                : "\(version) is damaged: \(what); see RUNBOOK.md, \"A record is damaged\""
        }.sorted()
    }
}

extension Case {
    var isPolicyPinned: Bool {
        decisions.contains {
            if case .approved = $0.outcome { true } else { false }
        }
    }
}

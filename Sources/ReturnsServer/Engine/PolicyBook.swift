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
/// Versions never change, so a copy can be missing some but is never wrong; a missing one is loaded, and who asks for the newest
/// looks first (`look`) or takes one that is a second old. One that cannot be
/// read, since it is damaged or a newer build wrote it, is known as that: what it would decide is refused.
public final class PolicyBook: Sendable {
    private struct Versions {
        var policies = RuleVersions<ReturnPolicy>()
        var slaPolicies = RuleVersions<SLAPolicy>()
        var calendars: [String: RuleVersions<WorkingCalendar>] = [:]
        var unreadable: [RuleVersion: StoreError] = [:]
        /// Of the store when they were last loaded.
        var mark: StoredPolicies.Mark
        /// Of all of `policies`.
        var longestWindowDays: Int64?
        /// All that the store had by then is here.
        var lookedAt = Instant.range.lowerBound
    }

    private let versions: Mutex<Versions>

    public init(_ stored: StoredPolicies) {
        precondition(stored.hasBegun, "a store has policies from its beginning")
        versions = Mutex(Versions(mark: stored.mark))
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

    /// The version that was in force at a time, be it readable or not; of a time before all of them the current one.
    ///
    /// One that cannot be read does not say since when it was: it counts from the one behind it on, so that no other stands in for it.
    public func versionInForce(at time: Instant) -> UInt64 {
        let versions = policies
        // The newest of those behind the last version that was readable, which may have been in force by then.
        var unreadable: UInt64?
        for number in stride(from: versions.highest, to: 0, by: -1) {
            guard let policy = try? versions.version(number) else {
                unreadable = unreadable ?? number
                continue
            }
            if policy.createdAt <= time { return unreadable ?? number }
            // Each later one is later still.
            unreadable = nil
        }
        return unreadable ?? versions.highest
    }

    /// The longest window that an order may go by: of all versions, since it goes by the one at its purchase. Nil while one cannot
    /// be read, which may have a longer one.
    public var longestWindowDays: Int64? { versions.withLock { $0.longestWindowDays } }

    /// What windows and exclusions of an order go by, where a command judges them; nil for an order that keeps no version.
    ///
    /// One that is damaged or gone stops no case: what was promised cannot be told, and the checks say so.
    ///
    /// - Parameter policy: The version that decides all else; nil is returned where the order goes by the same.
    /// - Throws: where a newer server wrote it.
    public func purchasePolicy(
        for command: CommandKind, of order: Order?, besides policy: UInt64, store: ReturnsStore,
        deadline: NIODeadline
    ) async throws(StoreError) -> PurchasePolicy? {
        guard command.judgesForm, let number = order?.purchasePolicyVersion, number != policy else {
            return nil
        }
        do throws(StoreError) {
            if let known = try policies.version(number) { return .version(known) }
            try await reload(store, deadline: deadline)
            if let loaded = try policies.version(number) { return .version(loaded) }
            try await store.confirmRun(deadline: deadline)
            return .unreadable(version: number)
        } catch {
            guard error.code == .corrupt, !error.isNewer else { throw error }
            return .unreadable(version: number)
        }
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

    /// Another server may have added a version, and somebody may have mended one that could not be read: asks the store whether
    /// anything of that kind has happened, and loads them only then.
    ///
    /// - Parameter now: When it is asked.
    public func refresh(_ store: ReturnsStore, now: Instant? = nil, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
    {
        let mark = versions.withLock { $0.mark }
        if try await !store.isUnchanged(since: mark, deadline: deadline) {
            try await reload(store, deadline: deadline)
        }
        if let now { versions.withLock { $0.lookedAt = max($0.lookedAt, now) } }
    }

    /// Sees to it that the version in force at a time is here: another server may have added it since the last look.
    func look(_ store: ReturnsStore, behind time: Instant, now: Instant, deadline: NIODeadline)
        async throws(StoreError)
    {
        guard versions.withLock({ $0.lookedAt <= time }) else { return }
        try await refresh(store, now: now, deadline: deadline)
    }

    public func add(_ policy: ReturnPolicy) {
        versions.withLock {
            $0.policies.add(policy, policy.version)
            $0.longestWindowDays = Self.longestWindowDays(of: $0.policies)
        }
    }

    private static func longestWindowDays(of policies: RuleVersions<ReturnPolicy>) -> Int64? {
        policies.hasUnreadable
            ? nil : policies.known.reduce(0) { max($0, $1.longestWindowDays) }
    }

    public func add(_ policy: SLAPolicy) {
        versions.withLock { $0.slaPolicies.add(policy, policy.version) }
    }

    public func add(_ calendar: WorkingCalendar) {
        versions.withLock { $0.calendars[calendar.name, default: .init()].add(calendar, calendar.version) }
    }

    private func add(_ stored: StoredPolicies) {
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
            for policy in stored.policies { versions.policies.add(policy, policy.version) }
            versions.policies.setUnreadable(policies)
            versions.longestWindowDays = Self.longestWindowDays(of: versions.policies)
            versions.slaPolicies.setUnreadable(slaPolicies)
            for name in Set(versions.calendars.keys).union(calendars.keys) {
                versions.calendars[name, default: .init()].setUnreadable(calendars[name] ?? [:])
            }
            versions.unreadable = stored.unreadable
            versions.mark = stored.mark
        }
    }

    // Every store begins with a version of each, and `add` takes none away; somebody else may have.
    private static let noPolicy = StoreError(.corrupt, "no version of a policy is there")

    // MARK: What cannot be read

    /// Those that cannot be read, in words that stay the same while it lasts.
    public var warnings: [String] {
        let versions = versions.withLock { $0 }
        return versions.unreadable.map { version, error in
            switch (version, error.isNewer) {
            case (.policy(let number), true): Self.newer(version, number, versions.policies)
            case (.policy(let number), false): Self.damaged(version, number, versions.policies)
            case (.slaPolicy(let number), true): Self.newer(version, number, versions.slaPolicies)
            case (.slaPolicy(let number), false): Self.damaged(version, number, versions.slaPolicies)
            case (.calendar, true): "\(version) \(Self.isNewer) nothing is decided by it \(Self.upgrade)"
            case (.calendar(let reference), false):
                Self.damaged(
                    version, reference.version, versions.calendars[reference.name] ?? .init(), "")
            case (.unnamed, _):
                "\(version) is there: nothing is decided by it; remove it, see \(Self.section)"
            }
        }.sorted()
    }

    private static func newer(
        _ version: RuleVersion, _ number: UInt64, _ versions: RuleVersions<some Sendable>
    ) -> String {
        "\(version) \(isNewer) nothing is decided by it\(number == versions.highest ? noNewCase : "") \(upgrade)"
    }

    /// - Parameter ofCurrent: What follows if it is the current one.
    private static func damaged(
        _ version: RuleVersion, _ number: UInt64, _ versions: RuleVersions<some Sendable>,
        _ ofCurrent: String = noNewCase
    ) -> String {
        if versions.isRemembered(number) {
            return
                "\(version) is damaged in the store: this server knows it from before and still decides by it, but one that starts from now on cannot; see \(section)"
        }
        if number > versions.highest {
            return
                "\(version) is damaged, and no version leads up to it, so it is not the current one: nothing is decided by it; remove it, see \(section)"
        }
        return
            "\(version) is damaged: nothing is decided by it\(number == versions.highest ? ofCurrent : ""); see \(section)"
    }

    private static let isNewer = "was written by a newer returnsd, so here"
    private static let upgrade =
        "(RECORD_NEWER); upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
    private static let noNewCase = ", and no new case is taken"
    private static let section = "RUNBOOK.md, \"A record is damaged\""
}

extension Case {
    var isPolicyPinned: Bool {
        decisions.contains {
            if case .approved = $0.outcome { true } else { false }
        }
    }
}

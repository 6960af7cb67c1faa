import NIOCore
import ReturnsDomain
import ReturnsStore
import Synchronization

/// Every policy version, in memory: a case is decided by the version it is pinned to, or by the current one.
///
/// Versions never change, so a copy can be missing some but is never wrong; a missing one is loaded.
public final class PolicyBook: Sendable {
    private let policies: Mutex<[UInt64: ReturnPolicy]>

    public init(_ policies: [ReturnPolicy]) {
        precondition(!policies.isEmpty, "a store has at least one policy")
        self.policies = Mutex(
            Dictionary(policies.map { ($0.version, $0) }, uniquingKeysWith: { _, last in last }))
    }

    public var current: ReturnPolicy {
        policies.withLock { policies in policies[policies.keys.max()!]! }
    }

    public func policy(version: UInt64) -> ReturnPolicy? {
        policies.withLock { $0[version] }
    }

    /// The policy that a case is decided by: its own once it was approved, the current one before.
    public func policy(for value: Case, store: ReturnsStore, deadline: NIODeadline) async throws(StoreError)
        -> ReturnPolicy
    {
        guard value.isPolicyPinned else { return current }
        if let known = policy(version: value.policyVersion) { return known }
        try await reload(store, deadline: deadline)
        guard let loaded = policy(version: value.policyVersion) else {
            throw StoreError(.corrupt, "policy \(value.policyVersion) is missing")
        }
        return loaded
    }

    /// The same without loading: for showing, where a version not yet known here may stand in for a moment.
    public func knownPolicy(for value: Case) -> ReturnPolicy {
        (value.isPolicyPinned ? policy(version: value.policyVersion) : nil) ?? current
    }

    public func reload(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture) async throws(StoreError)
    {
        for policy in try await store.loadPolicies(deadline: deadline) { add(policy) }
    }

    /// Another server may have added a version: asks how many there are, and loads them if any is missing here.
    public func refresh(_ store: ReturnsStore, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
    {
        let known = policies.withLock { UInt64($0.count) }
        if try await store.policyCount(deadline: deadline) != known {
            try await reload(store, deadline: deadline)
        }
    }

    public func add(_ policy: ReturnPolicy) {
        policies.withLock { $0[policy.version] = policy }
    }
}

extension Case {
    var isPolicyPinned: Bool {
        decisions.contains {
            if case .approved = $0.outcome { true } else { false }
        }
    }
}

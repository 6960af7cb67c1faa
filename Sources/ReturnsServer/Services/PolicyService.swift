import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct PolicyService: PolicyServiceProvider {
    let engine: CaseEngine

    func getPolicy(
        _ request: Returns_V1_GetPolicyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetPolicyReply> {
        let store = engine.store(for: context)
        try await engine.policies.refresh(store, deadline: context.deadline)
        let versions = engine.policies.policies
        let current = versions.highest
        guard let policy = try versions.version(request.version == 0 ? current : request.version) else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "POLICY_UNKNOWN", field: "version",
                text: "no such policy version; the current one is \(current)")
        }
        return RCPReply(
            .with {
                $0.policy = policy.message
                $0.currentVersion = current
            })
    }

    /// Orders that go by a version are placed while it is in force; those that are older than every version go by it, too, as long
    /// as their windows last.
    private static let yearsBack = (ReturnPolicy.windowDaysMax + 366) * Milliseconds.day
    private static let yearsAhead = 20 * 366 * Milliseconds.day

    func putPolicy(
        _ request: Returns_V1_PutPolicyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutPolicyReply> {
        let store = engine.store(for: context)
        try await engine.policies.reload(store, deadline: context.deadline)
        let versions = engine.policies.policies
        let (current, replaced) = (versions.highest, try versions.replaced())
        let now = engine.clock.now()
        let policy = try ReturnPolicy(
            request.policy, version: try versions.next(), replacing: replaced, now: now,
            by: context.principal.name
        ) {
            TimeZones.table($0).covering(
                from: now.adding(-Self.yearsBack), until: now.adding(Self.yearsAhead))
        }
        let replacement = VersionReplacement(
            what: "policy", replaces: request.replacesVersion, current: current,
            isSameContent: replaced?.isSameContent(as: policy) ?? false)
        let unchanged = Returns_V1_PutPolicyReply.with { $0.version = current }
        if let reply = try replacement.decide().reply(unchanged, isDryRun: request.dryRun) { return reply }
        try store.checkLevel(of: policy)
        let reply = Returns_V1_PutPolicyReply.with { $0.version = policy.version }
        if request.dryRun { return RCPReply(reply, outcome: .notApplied) }
        guard try await store.add(policy, deadline: context.deadline) else {
            throw RCPStatus.tooManyConflicts()
        }
        engine.policies.add(policy)
        return RCPReply(reply)
    }
}

extension ReturnPolicy {
    fileprivate func isSameContent(as other: ReturnPolicy) -> Bool {
        var copy = other
        copy.version = version
        copy.createdAt = createdAt
        copy.createdBy = createdBy
        // Which of a zone's offsets a version keeps follows from when it was put.
        for (index, item) in channelZones.enumerated() where index < copy.channelZones.count {
            if copy.channelZones[index].zone.name == item.zone.name {
                copy.channelZones[index].zone = item.zone
            }
        }
        return copy == self
    }
}

import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct SlaPolicyService: SlaPolicyServiceProvider {
    let engine: CaseEngine

    func getSlaPolicy(
        _ request: Returns_V1_GetSlaPolicyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetSlaPolicyReply> {
        let store = engine.store(for: context)
        try await engine.policies.refresh(store, deadline: context.deadline)
        let versions = engine.policies.slaPolicies
        let current = versions.highest
        guard let policy = try versions.version(request.version == 0 ? current : request.version) else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "SLA_POLICY_UNKNOWN", field: "version",
                text: "no such version of the SLA policy; the current one is \(current)")
        }
        return RCPReply(
            .with {
                $0.policy = policy.message
                $0.currentVersion = current
            })
    }

    func putSlaPolicy(
        _ request: Returns_V1_PutSlaPolicyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutSlaPolicyReply> {
        let store = engine.store(for: context)
        try await engine.policies.reload(store, deadline: context.deadline)
        let versions = engine.policies.slaPolicies
        let (current, replaced) = (versions.highest, try versions.replaced())
        let (next, now) = (try versions.next(), engine.clock.now())
        let policy = try engine.policies.namingCalendars { calendars throws(CaseRejection) in
            try SLAPolicy(
                request.policy, version: next, now: now, by: context.principal.name,
                calendars: calendars)
        }
        let replacement = VersionReplacement(
            what: "SLA policy", replaces: request.replacesVersion, current: current,
            isSameContent: replaced?.plans == policy.plans)
        let unchanged = Returns_V1_PutSlaPolicyReply.with { $0.version = current }
        if let reply = try replacement.decide().reply(unchanged, isDryRun: request.dryRun) { return reply }
        try store.checkLevel(of: policy)
        let reply = Returns_V1_PutSlaPolicyReply.with { $0.version = policy.version }
        if request.dryRun { return RCPReply(reply, outcome: .notApplied) }
        guard try await store.add(policy, deadline: context.deadline) else {
            throw RCPStatus.tooManyConflicts()
        }
        engine.policies.add(policy)
        return RCPReply(reply)
    }
}

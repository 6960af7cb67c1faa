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
        let current = engine.policies.currentSLA
        guard
            let policy = request.version == 0
                ? current : engine.policies.slaPolicy(version: request.version)
        else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "SLA_POLICY_UNKNOWN", field: "version",
                text: "no such version of the SLA policy; the current one is \(current.version)")
        }
        return RCPReply(
            .with {
                $0.policy = policy.message
                $0.currentVersion = current.version
            })
    }

    func putSlaPolicy(
        _ request: Returns_V1_PutSlaPolicyRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutSlaPolicyReply> {
        let store = engine.store(for: context)
        try await engine.policies.reload(store, deadline: context.deadline)
        let current = engine.policies.currentSLA
        let policy = try SLAPolicy(
            request.policy, version: current.version + 1, now: engine.clock.now(), by: context.principal.name,
            calendars: engine.policies.named)
        let replacement = VersionReplacement(
            what: "SLA policy", replaces: request.replacesVersion, current: current.version,
            isSameContent: current.plans == policy.plans)
        let unchanged = Returns_V1_PutSlaPolicyReply.with { $0.version = current.version }
        if let reply = try replacement.decide().reply(unchanged) { return reply }
        guard try await store.add(policy, deadline: context.deadline) else {
            throw RCPStatus.tooManyConflicts()
        }
        engine.policies.add(policy)
        return RCPReply(.with { $0.version = policy.version })
    }
}

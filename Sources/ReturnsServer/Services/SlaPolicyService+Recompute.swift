import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension SlaPolicyService {
    static let namedCasesMax = 100

    func recompute(
        _ request: Returns_V1_RecomputeRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_RecomputeReply> {
        let store = engine.store(for: context)
        try await engine.policies.refresh(store, deadline: context.deadline)
        let sla = try engine.policies.currentSLA()
        guard request.slaVersion == 0 || request.slaVersion == sla.version else {
            throw CaseRejection(
                kind: .stale, code: "STALE_VERSION", field: "sla_version",
                text:
                    "the current SLA policy is version \(sla.version), not \(request.slaVersion); look at what it would move and decide anew"
            )
        }
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        var page = OpenCasesPage(
            cursor: try cursor.place(request.cursor) ?? OpenCasesCursor(partition: 0), store: store,
            deadline: context.deadline)
        let isWalk = request.caseIds.isEmpty
        if isWalk { try store.requireEveryChannel() }
        let ids =
            isWalk
            ? try await page.next(request.pageItems) : try Self.named(request.caseIds)
        var reply = Returns_V1_RecomputeReply()
        reply.slaVersion = sla.version
        var isChanged = false
        for id in ids {
            do {
                let transition = try await engine.take(
                    .recompute(sla), on: id, isDryRun: request.dryRun, context: context)
                isChanged = isChanged || !(request.dryRun || transition.isEmpty)
                if transition.events.contains(where: { $0.kind == .slaRecomputed }) {
                    reply.cases.append(Self.show(transition))
                }
                reply.lookedAt += 1
            } catch let rejection as CaseRejection where rejection.kind != .notPermitted {
                // In a walk: it came to its end between the listing and now.
                if !isWalk { reply.refused.append(Self.show(rejection, of: id)) }
            } catch let error as StoreError where error.isLocal {
                // A case that is damaged, of a newer build, or ahead of the store's level ends no walk.
                reply.refused.append(StoreError.Refusal(error).proto(of: id))
            } catch  where isChanged {
                // Some of the cases were taken over: asked again it goes on with the rest.
                throw RCPFailureAfterChange(outcome: .unknown, cause: error)
            }
        }
        if isWalk { reply.nextCursor = cursor.text(page.cursor) }
        return RCPReply(reply, outcome: isChanged ? .applied : .notApplied)
    }

    private static func show(_ rejection: CaseRejection, of id: CaseID) -> Returns_V1_RefusedCase {
        .with {
            $0.caseID = id.description
            $0.reason = rejection.code
            $0.text = rejection.text
        }
    }

    private static func named(_ texts: [String]) throws(CaseRejection) -> [CaseID] {
        guard texts.count <= namedCasesMax else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", "case_ids", "name at most \(namedCasesMax) cases at once")
        }
        var ids: [CaseID] = []
        for (index, text) in texts.enumerated() {
            ids.append(try CaseService.caseID(text, "case_ids[\(index)]"))
        }
        return ids
    }

    private static func show(_ transition: CaseTransition) -> Returns_V1_RecomputedCase {
        .with {
            $0.caseID = transition.caseAfter.id.description
            $0.slaVersionBefore = transition.caseBefore?.slaVersion ?? 0
            $0.planBefore = transition.caseBefore?.slaPlan ?? ""
            $0.plan = transition.caseAfter.slaPlan
            $0.moved = zip(transition.caseBefore?.clocks ?? [], transition.caseAfter.clocks)
                .filter { $0.dueAt != $1.dueAt }.map { before, after in
                    .with {
                        $0.kind = after.kind.message()
                        $0.ordinal = after.ordinal
                        $0.dueBeforeMs = before.dueAt.milliseconds
                        $0.dueAtMs = after.dueAt.milliseconds
                    }
                }
        }
    }
}

import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

/// Reads, and the way that every command takes. The methods that take a command with a case only pass their requests on
/// (`CaseServiceHandlers.rcp.swift`); what the requests say is in `Mapping/Requests`.
struct CaseService: CaseServiceProvider {
    let engine: CaseEngine
    let principals: PrincipalAdministration

    /// Takes the step that a request asks for, and shows the case it led to.
    func take<Request: CommandRequest>(
        _ request: Request, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        try await take(request.target, context: context) { () throws(CaseRejection) in try request.command() }
    }

    /// Takes a command on the case that a request targets, and shows the case it led to.
    func take(
        _ target: Returns_V1_CaseTarget, context: RCPCallContext,
        _ command: () throws(CaseRejection) -> Command
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let id = try Self.caseID(target.caseID, "target.case_id")
        let result = try await engine.take(
            try command(), on: id, expectedVersion: target.expectedVersion, isDryRun: target.dryRun,
            context: context)
        return reply(result, context: context)
    }

    func reply(_ result: CaseEngine.Result, context: RCPCallContext) -> RCPReply<Returns_V1_CaseReply> {
        let view = CaseView(context.principal)
        let policy = engine.policies.knownPolicy(for: result.value)
        return RCPReply(
            .with {
                $0.case = result.value.proto(view, policy: policy)
                // They are the last ones of the case as it is now.
                let first = result.value.timelineEntries - result.entries.count + 1
                $0.entries = result.entries.enumerated().map { $1.proto(view, number: first + $0) }
            }, outcome: result.isDryRun ? .notApplied : .applied, replayed: result.isReplay)
    }

    static func caseID(_ text: String, _ field: String) throws(CaseRejection) -> CaseID {
        guard let id = CaseID(text) else {
            throw .invalid(
                "CASE_ID_MALFORMED", field,
                text.isEmpty
                    ? "name the case by its id"
                    : "not a case id: \(CaseID.length) letters and digits whose last one checks the others; look for a typo"
            )
        }
        return id
    }

    // MARK: Submission

    func submitCase(
        _ request: Returns_V1_SubmitCaseRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let result = try await engine.submit(
            on: OrderKey(request.order), isDryRun: request.dryRun, context: context
        ) {
            id, hash throws(CaseRejection) in try Submission(request, caseID: id, applicationSHA256: hash)
        }
        return reply(result, context: context)
    }

    // MARK: Reads

    func getCase(
        _ request: Returns_V1_GetCaseRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetCaseReply> {
        let value = try await load(request.caseID, context: context)
        return RCPReply(
            .with {
                $0.case = value.proto(
                    CaseView(context.principal), policy: engine.policies.knownPolicy(for: value))
            })
    }

    func allowedCommands(
        _ request: Returns_V1_AllowedCommandsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_AllowedCommandsReply> {
        let (state, steps) = try await engine.allowedSteps(
            on: Self.caseID(request.caseID, "case_id"), context: context)
        return RCPReply(
            .with {
                $0.state = state.proto()
                $0.commands = steps.map { step in
                    .with {
                        $0.command = step.kind.proto()
                        $0.roles = step.kind.roles.map { $0.proto() }
                        $0.method = step.kind.method
                        $0.forOthers = step.isForOthers
                        $0.ofLostRefund = step.isOfLostRefund
                    }
                }
            })
    }

    func load(_ text: String, context: RCPCallContext) async throws -> Case {
        let id = try Self.caseID(text, "case_id")
        guard let value = try await engine.store(for: context).loadCase(id, deadline: context.deadline) else {
            throw CaseRejection.unknownCase
        }
        return value
    }
}

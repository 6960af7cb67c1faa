import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// Reads, and the way that every command takes. The methods that take a command with a case only pass their requests on
/// (`CaseServiceHandlers.rcp.swift`); what the requests say is in `ReturnsRecords/Requests`.
struct CaseService: CaseServiceProvider {
    let engine: CaseEngine
    let principals: PrincipalAdministration

    /// Takes the step that a request asks for, and shows the case it led to.
    nonisolated(nonsending) func take<Request: CommandRequest>(
        _ request: Request, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        try await take(request.target, context: context) { try request.command() }
    }

    /// Takes a command on the case that a request targets, and shows the case it led to.
    nonisolated(nonsending) func take(
        _ target: Returns_V1_CaseTarget, context: RCPCallContext,
        _ command: nonisolated(nonsending) () async throws -> Command
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let id = try Self.caseID(target.caseID, "target.case_id")
        let result = try await engine.take(
            on: id, expectedVersion: target.expectedVersion, isDryRun: target.dryRun, context: context,
            command)
        return reply(result, context: context)
    }

    func reply(_ result: CaseEngine.Result, context: RCPCallContext) -> RCPReply<Returns_V1_CaseReply> {
        typealias Fields = Returns_V1_CaseReply.Fields
        let view = RecordView(context.principal)
        var writer = RCPMessageWriter(capacity: result.record.bytes + 512)
        writer.append(Fields.case, parts: view.parts(of: result.record))
        for entry in result.entries { writer.append(Fields.entries, parts: [view.entry(entry)]) }
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(
            encoded: writer.buffer, outcome: result.isDryRun ? .notApplied : .applied,
            replayed: result.isReplay)
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

    nonisolated(nonsending) func submitCase(
        _ request: Returns_V1_SubmitCaseRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let result = try await engine.submit(
            on: OrderKey(request.order), channelRef: request.channelRef, isDryRun: request.dryRun,
            context: context
        ) {
            id, hash throws(CaseRejection) in try Submission(request, caseID: id, applicationSHA256: hash)
        }
        return reply(result, context: context)
    }

    // MARK: Reads

    nonisolated(nonsending) func getCase(
        _ request: Returns_V1_GetCaseRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetCaseReply> {
        typealias Fields = Returns_V1_GetCaseReply.Fields
        let view = RecordView(context.principal)
        let stored = try await read(request.caseID, view, context: context)
        var writer = RCPMessageWriter(capacity: stored.record.bytes + 64)
        writer.append(Fields.case, parts: view.parts(of: stored))
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
    }

    nonisolated(nonsending) func allowedCommands(
        _ request: Returns_V1_AllowedCommandsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_AllowedCommandsReply> {
        let (state, steps) = try await engine.allowedSteps(
            on: Self.caseID(request.caseID, "case_id"), context: context)
        return RCPReply(
            .with {
                $0.nowMs = engine.clock.now().milliseconds
                $0.state = state.message()
                $0.commands = steps.map { step in
                    .with {
                        $0.command = step.kind.message()
                        $0.roles = step.kind.roles.map { $0.message() }
                        $0.method = step.kind.method
                        $0.forOthers = step.isForOthers
                        $0.ofLostRefund = step.isOfLostRefund
                    }
                }
            })
    }

    /// Reads what the caller may see of a case, as it is stored.
    nonisolated(nonsending) func read(_ text: String, _ view: RecordView, context: RCPCallContext)
        async throws -> StoredCase
    {
        let id = try Self.caseID(text, "case_id")
        let found = try await engine.store(for: context).readCase(
            id, groups: view.caseGroups, deadline: context.deadline)
        guard let stored = found else { throw CaseRejection.unknownCase }
        return stored
    }
}

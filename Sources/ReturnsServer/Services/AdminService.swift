import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct AdminService: AdminServiceProvider {
    let engine: CaseEngine
    let principals: PrincipalAdministration
    let facts: ServerFacts
    let health: HealthMonitor

    /// The longest step of the test clock: ten years.
    static let advanceMillisecondsMax = 3_650 * Milliseconds.day

    func verifyIndexes(
        _ request: Returns_V1_VerifyIndexesRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_VerifyIndexesReply> {
        // A walk that ends early may have repaired something.
        let report = try await afterChange(request.repair ? .unknown : .notApplied) {
            let store = engine.store(for: context)
            let report = try await store.verifyIndexes(repair: request.repair, deadline: context.deadline)
            // An emptied Redis has nothing wrong.
            try await store.confirmRun(deadline: context.deadline)
            return report
        }
        return RCPReply(
            .with {
                $0.cases = report.cases
                $0.orders = report.orders
                $0.entries = report.entries
                $0.problems = report.problems
                $0.newer = report.newer
                $0.findings = report.findings.map { finding in
                    .with {
                        $0.index = finding.index
                        $0.caseID = finding.id?.description ?? ""
                        $0.problem = finding.problem
                        $0.repaired = finding.isRepaired
                    }
                }
            }, outcome: report.repairs > 0 ? .applied : .notApplied)
    }

    func getServerInfo(
        _ request: Returns_V1_GetServerInfoRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetServerInfoReply> {
        RCPReply(
            .with {
                $0.serverVersion = serverVersion
                $0.nowMs = engine.clock.now().milliseconds
                $0.testClock = facts.testClock != nil
                $0.partitions = UInt32(engine.partitioning.count)
                $0.redisVersion = facts.redis.version
                $0.persistenceWarning = facts.redis.persistenceWarning
                $0.policyVersion = engine.policies.policies.highest
                $0.eventLoops = UInt32(engine.eventLoopCount)
                $0.slaPolicyVersion = engine.policies.slaPolicies.highest
                $0.principal = context.principal.name
                $0.roles = context.principal.roles.compactMap { Role(name: $0) }
                    .sorted { $0.rawValue < $1.rawValue }.map { $0.message() }
                $0.team = context.principal.team
                $0.saleChannels = context.principal.saleChannels.words
                let identity = engine.identity
                $0.storeID = identity.record?.id ?? ""
                $0.storeRun = identity.record?.run.description ?? ""
                $0.storeLevel = UInt32(identity.record?.level.number ?? 0)
                $0.highestLevel = UInt32(identity.settings.highestLevel.number)
                if case .notServing(let reason) = health.state { $0.notServingReason = reason }
                $0.warnings = health.warnings
                $0.unreconciledRun = identity.record?.unreconciled?.description ?? ""
            })
    }

    func confirmReconciled(
        _ request: Returns_V1_ConfirmReconciledRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ConfirmReconciledReply> {
        guard StoreRun(request.run) != nil else {
            throw CaseRejection.invalid(
                "RUN_MALFORMED", "run", "give the run as 'admin info' and the refusal of a refund name it")
        }
        let note = "\(context.principal.name) at \(SystemClock.wall().milliseconds)"
        let outcome = try await engine.store(for: context).confirmReconciled(
            request.run, note: note, request: CommitRequest(context), deadline: context.deadline)
        switch outcome {
        case .confirmed, .replay: return RCPReply(.init(), replayed: outcome == .replay)
        // Confirmed by another request: what was asked for is so.
        case .other(nil): return RCPReply(.init(), outcome: .notApplied)
        case .other(let run?):
            throw CaseRejection.notAllowed(
                "OTHER_LOSS", "another loss waits to be compared with the gateway: \(run)")
        }
    }

    func createPrincipal(
        _ request: Returns_V1_CreatePrincipalRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CreatePrincipalReply> {
        var roles: Set<AccessRole> = []
        for (index, role) in request.roles.enumerated() {
            let role: Role = try role.required("roles[\(index)]")
            roles.insert(AccessRole(rawValue: role.description)!)
        }
        let (token, isReplay) = try await principals.create(
            name: request.name, roles: roles, saleChannels: request.saleChannels,
            nowMilliseconds: SystemClock.wall().milliseconds,
            expiresAtMilliseconds: request.expiresAtMs == 0 ? nil : request.expiresAtMs,
            team: request.team.isEmpty ? nil : request.team, request: PrincipalRequest(context))
        return RCPReply(.with { $0.token = token.secret }, replayed: isReplay)
    }

    func listPrincipals(
        _ request: Returns_V1_ListPrincipalsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListPrincipalsReply> {
        let found = await principals.list()
        // Without the store there is no key for cursors, and no reason to show less: somebody may have to be revoked.
        let isWhole = found.isLastKnown && request.cursor.isEmpty
        let cursor =
            isWhole ? nil : try ListCursor(of: request, key: engine.store(for: context).cursorKey())
        let page = NamePage(
            found.principals, after: try cursor?.place(request.cursor),
            limit: isWhole ? .max : request.pageItems, name: \.name)
        return RCPReply(
            .with {
                $0.lastKnown = found.isLastKnown
                $0.nextCursor = cursor?.text(page.next) ?? ""
                $0.principals = page.items.map { record in
                    .with {
                        $0.name = record.name
                        $0.roles = record.roles.compactMap { Role(name: $0) }.map { $0.message() }
                        $0.unknownRoles = record.unknownRoles
                        $0.unknownKeys = record.unknownKeyNames
                        $0.createdAtMs = record.createdAtMilliseconds
                        $0.expiresAtMs = record.expiresAtMilliseconds ?? 0
                        $0.team = record.team ?? ""
                        $0.saleChannels = record.saleChannels ?? SaleChannelScope.all.words
                    }
                }
            })
    }

    func revokePrincipal(
        _ request: Returns_V1_RevokePrincipalRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_RevokePrincipalReply> {
        let revoked = try await principals.revoke(name: request.name, request: PrincipalRequest(context))
        return RCPReply(
            .with { $0.onThisServerAlone = revoked.isOnThisServerAlone }, replayed: revoked.isReplay)
    }

    func setPrincipalTeam(
        _ request: Returns_V1_SetPrincipalTeamRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_SetPrincipalTeamReply> {
        let isReplay = try await principals.setTeam(
            name: request.name, team: request.team.isEmpty ? nil : request.team,
            request: PrincipalRequest(context))
        return RCPReply(.init(), replayed: isReplay)
    }

    func setPrincipalChannels(
        _ request: Returns_V1_SetPrincipalChannelsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_SetPrincipalChannelsReply> {
        let isReplay = try await principals.setChannels(
            name: request.name, saleChannels: request.saleChannels, request: PrincipalRequest(context))
        return RCPReply(.init(), replayed: isReplay)
    }

    func advanceTestClock(
        _ request: Returns_V1_AdvanceTestClockRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_AdvanceTestClockReply> {
        guard let testClock = facts.testClock else {
            throw CaseRejection.notAllowed(
                "NO_TEST_CLOCK",
                "this server runs on the real clock; a test clock needs --test-clock and a store of its own"
            )
        }
        guard (1...Self.advanceMillisecondsMax).contains(request.byMs) else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "by_ms", "the clock moves forward only, by at most ten years")
        }
        let step = try await engine.store(for: context).advanceTestClock(
            by: request.byMs, request: CommitRequest(context), deadline: context.deadline)
        guard let step else { throw RCPStatus.requestIDReused() }
        testClock.set(step.now)
        return RCPReply(.with { $0.nowMs = step.now.milliseconds }, replayed: step.isReplay)
    }
}

/// What the process knows of itself.
struct ServerFacts: Sendable {
    var redis: RedisFacts
    var testClock: TestClock?
}

extension PrincipalRequest {
    init(_ context: RCPCallContext) {
        let request = CommitRequest(context)
        self.init(
            id: request.id, fingerprint: request.fingerprint, by: context.principal.name, peer: context.peer)
    }
}

extension PrincipalError: RCPStatusConvertible {
    public var status: RCPStatus { RCPStatus(self) }
}

extension RCPStatus {
    init(_ error: PrincipalError) {
        let (code, reason): (RCPStatusCode, String) =
            switch error {
            case .invalidName: (.invalidArgument, "NAME_MALFORMED")
            case .invalidTeam: (.invalidArgument, "TEAM_MALFORMED")
            case .noRoles, .noSaleChannels: (.invalidArgument, "FIELD_REQUIRED")
            case .invalidSaleChannels: (.invalidArgument, "SALE_CHANNEL_MALFORMED")
            case .boundAdministrator: (.invalidArgument, "ADMINISTRATOR_BOUND")
            case .nameTaken: (.alreadyExists, "NAME_TAKEN")
            case .unknownName: (.notFound, "PRINCIPAL_UNKNOWN")
            case .lastAdministrator: (.failedPrecondition, "LAST_ADMINISTRATOR")
            case .tooManyPrincipals: (.resourceExhausted, "TOO_MANY_PRINCIPALS")
            case .expiresBeforeItBegins: (.invalidArgument, "OUT_OF_RANGE")
            case .requestIDReused: (.aborted, RCPReason.requestIDReused.rawValue)
            case .revokedSince: (.failedPrecondition, "REVOKED_SINCE")
            case .registryMissing: (.unavailable, "REGISTRY_MISSING")
            case .registryBusy: (.aborted, "CONFLICT")
            case .file, .fileMalformed: (.internalError, "PRINCIPAL_FILE")
            }
        let outcome: RCPOutcome =
            switch error {
            case .file(.notDurable): .unknown
            case .revokedSince: .applied
            default: .notApplied
            }
        self.init(
            code: code, outcome: outcome, text: error.description,
            details: [RCPErrorDetail(reason: reason, text: error.description)])
    }
}

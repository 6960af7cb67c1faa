import ReturnsDomain
import ReturnsStore
import ReturnsWire

struct AdminService: AdminServiceProvider {
    let engine: CaseEngine
    let principals: PrincipalRegistry
    let facts: ServerFacts

    /// The longest step of the test clock: ten years.
    static let advanceMillisecondsMax = 3_650 * Milliseconds.day

    func verifyIndexes(
        _ request: Returns_V1_VerifyIndexesRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_VerifyIndexesReply> {
        do throws(StoreError) {
            let report = try await engine.stores.current.verifyIndexes(
                repair: request.repair, deadline: context.deadline)
            return RCPReply(
                .with {
                    $0.cases = report.cases
                    $0.orders = report.orders
                    $0.entries = report.entries
                    $0.problems = report.problems
                    $0.findings = report.findings.map { finding in
                        .with {
                            $0.index = finding.index
                            $0.caseID = finding.id?.description ?? ""
                            $0.problem = finding.problem.rawValue
                            $0.repaired = finding.isRepaired
                        }
                    }
                }, outcome: request.repair ? .applied : .notApplied)
        } catch {
            throw RCPStatus(error)
        }
    }

    func getServerInfo(
        _ request: Returns_V1_GetServerInfoRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetServerInfoReply> {
        RCPReply(
            .with {
                $0.serverVersion = serverVersion
                $0.nowMs = engine.clock.now().milliseconds
                $0.testClock = facts.testClock != nil
                $0.partitions = UInt32(engine.stores.current.partitioning.count)
                $0.redisVersion = facts.redis.version
                $0.persistenceWarning = facts.redis.persistenceWarning
                $0.policyVersion = engine.policies.current.version
                $0.eventLoops = UInt32(engine.stores.all.count)
            })
    }

    func createPrincipal(
        _ request: Returns_V1_CreatePrincipalRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CreatePrincipalReply> {
        var roles: Set<AccessRole> = []
        do throws(CaseRejection) {
            for (index, role) in request.roles.enumerated() {
                let role: Role = try role.required("roles[\(index)]")
                roles.insert(AccessRole(rawValue: role.description)!)
            }
        } catch {
            throw RCPStatus(error)
        }
        do {
            let token = try await principals.create(
                name: request.name, roles: roles, nowMilliseconds: engine.clock.now().milliseconds)
            return RCPReply(.with { $0.token = token.secret })
        } catch let error as PrincipalError {
            throw RCPStatus(error)
        }
    }

    func listPrincipals(
        _ request: Returns_V1_ListPrincipalsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListPrincipalsReply> {
        RCPReply(
            .with {
                $0.principals = principals.list().map { record in
                    .with {
                        $0.name = record.name
                        $0.roles = record.roles.compactMap { Role(name: $0) }.map { $0.proto() }
                        $0.createdAtMs = record.createdAtMilliseconds
                    }
                }
            })
    }

    func revokePrincipal(
        _ request: Returns_V1_RevokePrincipalRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_RevokePrincipalReply> {
        do {
            try await principals.revoke(name: request.name)
            return RCPReply(.init())
        } catch let error as PrincipalError {
            throw RCPStatus(error)
        }
    }

    func advanceTestClock(
        _ request: Returns_V1_AdvanceTestClockRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_AdvanceTestClockReply> {
        do {
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
            let now = try await engine.stores.current.advanceTestClock(
                by: request.byMs, deadline: context.deadline)
            testClock.set(now)
            return RCPReply(.with { $0.nowMs = now.milliseconds })
        } catch {
            throw RCPStatus(anyError: error)
        }
    }
}

/// What the process knows of itself.
struct ServerFacts: Sendable {
    var redis: RedisFacts
    var testClock: TestClock?
}

extension RCPStatus {
    init(_ error: PrincipalError) {
        let (code, reason): (RCPStatusCode, String) =
            switch error {
            case .invalidName: (.invalidArgument, "NAME_MALFORMED")
            case .noRoles: (.invalidArgument, "FIELD_REQUIRED")
            case .nameTaken: (.alreadyExists, "NAME_TAKEN")
            case .unknownName: (.notFound, "PRINCIPAL_UNKNOWN")
            case .lastAdministrator: (.failedPrecondition, "LAST_ADMINISTRATOR")
            case .tooManyPrincipals: (.resourceExhausted, "TOO_MANY_PRINCIPALS")
            case .fileUnreadable, .fileMalformed, .fileTooOpen, .fileUnwritable:
                (.internalError, "PRINCIPAL_FILE")
            }
        self.init(
            code: code, outcome: .notApplied, text: error.description,
            details: [RCPErrorDetail(reason: reason, text: error.description)])
    }
}

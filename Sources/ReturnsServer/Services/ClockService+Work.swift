import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// Taking work from the queue, one case at a time.
extension ClockService {
    static let leaseMillisecondsDefault = 30 * Milliseconds.minute
    static let leaseMillisecondsMax = 8 * Milliseconds.hour
    /// The most urgent that are looked at for one that is free, at first and at most.
    static let candidatesFirst = 32
    static let candidatesMax = 2_000

    func nextWork(
        _ request: Returns_V1_NextWorkRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_NextWorkReply> {
        let role = try Self.department(request.role, of: context.actor())
        let kinds = try Self.kinds(request.kinds, owner: role)
        guard !kinds.isEmpty else {
            throw CaseRejection.invalid(
                "KIND_OF_OTHERS", "kinds", "these clocks are none of the \(role) department's")
        }
        guard (0...Self.leaseMillisecondsMax).contains(request.leaseMs) else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "lease_ms",
                "a case is kept for at most \(Self.leaseMillisecondsMax / Milliseconds.hour) hours; ask again to keep it longer"
            )
        }
        let lease = request.leaseMs == 0 ? Self.leaseMillisecondsDefault : request.leaseMs
        let queue = WorkQueue(store: engine.stores.current, deadline: context.deadline)
        let taken = try await take(kinds, lease: lease, queue: queue, context: context)
        let now = engine.clock.now()
        return RCPReply(
            .with {
                $0.nowMs = now.milliseconds
                guard let taken else { return }
                $0.work = taken.proto(worker: context.principal.name)
                $0.leasedUntilMs = now.adding(lease).milliseconds
            }, outcome: taken == nil ? .notApplied : .applied)
    }

    /// The most urgent that is free and nobody else's; what the caller holds already comes before all others.
    private func take(
        _ kinds: [ClockKind], lease: Int64, queue: WorkQueue, context: RCPCallContext
    ) async throws -> WorkQueue.Item? {
        let me = context.principal
        var limit = Self.candidatesFirst
        while true {
            let page = try await queue.mostUrgent(kinds, before: nil, limit: limit)
            let workers = try await queue.store.workers(
                on: page.items.map(\.value.id), deadline: context.deadline)
            let mine = zip(page.items, workers).filter { $1 == me.name }.map(\.0)
            let free = zip(page.items, workers).filter { $1 == nil && $0.isOpen(to: me) }.map(\.0)
            for item in mine + free {
                let isTaken = try await queue.store.leaseWork(
                    on: item.value.id, by: me.name, milliseconds: lease, deadline: context.deadline)
                if isTaken { return item }
            }
            guard page.total > UInt64(limit), limit < Self.candidatesMax else { return nil }
            limit = min(Self.candidatesMax, limit * 8)
        }
    }

    func releaseWork(
        _ request: Returns_V1_ReleaseWorkRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ReleaseWorkReply> {
        let id = try CaseService.caseID(request.caseID, "case_id")
        let isReleased = try await engine.stores.current.releaseWork(
            on: id, by: context.principal.name, deadline: context.deadline)
        return RCPReply(
            .with { $0.released = isReleased }, outcome: isReleased ? .applied : .notApplied)
    }

    /// The department asked for, or the only one that the caller belongs to. Supervisors may look after any.
    private static func department(
        _ asked: Returns_V1_Role, of actor: Actor
    ) throws(CaseRejection) -> Role {
        let own = Role.departments.filter(actor.roles.contains)
        guard let role: Role = try asked.optional("role") else {
            guard own.count == 1 else {
                throw .invalid(
                    "FIELD_REQUIRED", "role",
                    "say for which department: \(Role.departments.map(\.description).joined(separator: ", "))"
                )
            }
            return own[0]
        }
        guard Role.departments.contains(role) else {
            throw .invalid(
                "ROLE_NOT_ASSIGNED", "role",
                "give one of \(Role.departments.map(\.description).joined(separator: ", "))")
        }
        guard own.contains(role) || actor.roles.contains(.supervisor) else {
            throw .notPermitted("ROLE_REQUIRED", "work of \(role) needs the role \(role)")
        }
        return role
    }
}

extension WorkQueue.Item {
    /// Whether a person may take it from the queue: it is theirs, their team's, or nobody's.
    fileprivate func isOpen(to person: RCPPrincipal) -> Bool {
        guard let assignment else { return true }
        if !assignment.person.isEmpty { return assignment.person == person.name }
        return assignment.team == person.team
    }
}

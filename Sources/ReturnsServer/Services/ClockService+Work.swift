import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// Taking work from the queue, one case at a time.
extension ClockService {
    static let leaseMillisecondsDefault = 30 * Milliseconds.minute
    static let leaseMillisecondsMax = 8 * Milliseconds.hour
    /// The most urgent that are looked at for one that is free: at once at first, at once later, and in all. Clocks of sale channels
    /// that the caller is not bound to are not among them.
    static let candidatesFirst = 32
    static let candidatesTogether = 256
    static let candidatesMax = 2_000

    func nextWork(
        _ request: Returns_V1_NextWorkRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_NextWorkReply> {
        let actor = context.actor()
        let role = try Self.department(request.role, of: actor)
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
        var seeker = WorkSeeker(
            me: context.principal, actor: actor, role: role, kinds: kinds,
            now: engine.clock.now(),
            leaseMilliseconds: request.leaseMs == 0 ? Self.leaseMillisecondsDefault : request.leaseMs,
            colleagues: principals.names(holding: role),
            queue: WorkQueue(store: engine.store(for: context), deadline: context.deadline, actor: actor))
        let found = try await seeker.take()
        let now = engine.clock.now()
        return RCPReply(
            .with {
                $0.nowMs = now.milliseconds
                $0.unreadableCaseIds = seeker.unread.damaged.sorted().map(\.description)
                $0.newerCaseIds = seeker.unread.newer.sorted().map(\.description)
                guard let item = found else {
                    $0.passedOver = UInt32(clamping: seeker.passedOver)
                    $0.forOthers = UInt32(clamping: seeker.barred)
                    $0.incomplete = seeker.isCutOff
                    return
                }
                $0.work = item.proto(worker: context.principal.name, RecordView(context.principal))
                $0.leasedUntilMs = now.adding(seeker.leaseMilliseconds).milliseconds
            }, outcome: found == nil ? .notApplied : .applied, readBytes: seeker.readBytes)
    }

    func releaseWork(
        _ request: Returns_V1_ReleaseWorkRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ReleaseWorkReply> {
        let id = try CaseService.caseID(request.caseID, "case_id")
        let isReleased = try await engine.store(for: context).releaseWork(
            on: id, by: context.principal.name, deadline: context.deadline)
        return RCPReply(
            .with { $0.released = isReleased }, outcome: isReleased ? .applied : .notApplied)
    }

    /// The department asked for, or the only one that the caller belongs to. Supervisors may look after any.
    private static func department(
        _ asked: Returns_V1_Role, of actor: Actor
    ) throws(CaseRejection) -> Role {
        let departments = Role.departments.map(\.description).joined(separator: ", ")
        let own = Role.departments.filter(actor.roles.contains)
        guard let role: Role = try asked.optional("role") else {
            guard own.count == 1 else {
                throw .invalid("FIELD_REQUIRED", "role", "say for which department: \(departments)")
            }
            return own[0]
        }
        guard Role.departments.contains(role) else {
            throw .invalid("ROLE_NOT_ASSIGNED", "role", "give one of \(departments)")
        }
        guard own.contains(role) || actor.roles.contains(.supervisor) else {
            throw .notPermitted("ROLE_REQUIRED", "work of \(role) needs the role \(role)")
        }
        return role
    }
}

/// Somebody who looks for the next case to work on.
private struct WorkSeeker {
    let me: RCPPrincipal
    let actor: Actor
    let role: Role
    let kinds: [ClockKind]
    let now: Instant
    let leaseMilliseconds: Int64
    /// Who has the department's role now: work of anybody else is nobody's.
    let colleagues: Set<String>
    let queue: WorkQueue
    /// About, so far.
    var readBytes = 0
    private(set) var passedOver = 0
    /// Free, but for others to do.
    private(set) var barred = 0
    /// Looked at, and not to be decided on.
    private(set) var unread = UnreadRecords<CaseID>()
    /// As many were looked at as one call may, and there are more behind.
    private(set) var isCutOff = false

    /// What the caller has taken already, while it is still theirs to do; else the most urgent that is free.
    mutating func take() async throws -> WorkQueue.Item? {
        if let own = try await own() { return own }
        var limit = ClockService.candidatesFirst
        var looked = 0
        var place: DuePlace?
        repeat {
            // Others' clocks before the caller's are passed over up to the end: work would be hidden behind them otherwise.
            let due = try await queue.store.running(
                kinds, after: place, limit: limit, lookedAtMax: .max, deadline: queue.deadline)
            readBytes += due.readBytes
            if let item = try await firstOpen(due.clocks) { return item }
            looked += due.clocks.count
            passedOver += due.clocks.count { !unread.contains($0.member.id) }
            place = due.next
            limit = ClockService.candidatesTogether
        } while place != nil && looked < ClockService.candidatesMax
        isCutOff = place != nil
        return nil
    }

    /// Takes the first of these that is free. No record is read of one that somebody works on, nor of more than one that is
    /// assigned to nobody, since that one is mostly taken.
    private mutating func firstOpen(_ due: [Deadline]) async throws -> WorkQueue.Item? {
        let leases = try await queue.store.workLeases(
            on: due.map { WorkPart(id: $0.member.id, role: role) }, deadline: queue.deadline)
        let free = zip(due, leases).filter { clock, lease in
            // A lease for another clock may be one for a clock that has ended, as only the case tells.
            guard let lease, lease.person != me.name else { return true }
            return !lease.isFor(clock.member.kind, clock.member.ordinal)
        }
        let outlines = Dictionary(
            try await queue.store.outlines(of: free.map(\.0.member.id), deadline: queue.deadline)
                .map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        readBytes += (due.count + free.count) * WorkQueue.outlineBytes
        var rest = free[...]
        while !rest.isEmpty {
            let end = rest.firstIndex { outlines[$0.0.member.id].map { !$0.isAssigned } ?? false }
            let some = rest[...(end ?? rest.endIndex - 1)]
            rest = rest.dropFirst(some.count)
            let ids = Set(some.map(\.0.member.id))
            let read = ids.compactMap { outlines[$0] }
            readBytes += read.reduce(0) { $0 + $1.recordBytes + WorkQueue.caseBytes }
            let leases = Dictionary(
                some.map { ($0.0.member.id, $0.1) }, uniquingKeysWith: { first, _ in first })
            let found = try await queue.items(some.map(\.0), read)
            unread.formUnion(found.unread)
            for item in found.items {
                let lease = leases[item.id] ?? nil
                let worker = item.worker(lease)
                guard worker == nil || worker == me.name, isOpen(item) else { continue }
                guard try await isPermitted(item) else {
                    if !unread.contains(item.id) { barred += 1 }
                    continue
                }
                if try await self.lease(item, over: lease) { return item }
            }
        }
        return nil
    }

    private mutating func own() async throws -> WorkQueue.Item? {
        guard let id = try await queue.store.workTaken(by: me.name, role: role, deadline: queue.deadline),
            let value = try await taken(id)
        else { return nil }
        let part = WorkPart(id: id, role: role)
        let lease = try await queue.store.workLeases(on: [part], deadline: queue.deadline)[0]
        guard let lease, lease.person == me.name,
            let clock = value.clocks.first(where: {
                $0.isRunning && lease.isFor($0.kind, $0.ordinal)
            })
        else { return nil }
        let item = WorkQueue.Item(value, clock, for: actor)
        var isTheirs = isOpen(item)
        if isTheirs { isTheirs = try await isPermitted(item) }
        guard isTheirs else {
            // It was given to somebody else meanwhile, or is for others to do now, who are not to wait for the lease to end. The
            // caller's other parts of the case stay theirs.
            _ = try await queue.store.releaseWork(on: part, lease, deadline: queue.deadline)
            return nil
        }
        guard kinds.contains(clock.kind) else { return nil }
        return try await self.lease(item, over: lease) ? item : nil
    }

    /// A case that cannot be read keeps nobody from other work.
    private mutating func taken(_ id: CaseID) async throws(StoreError) -> Case? {
        do throws(StoreError) {
            return try await queue.store.loadCase(id, deadline: queue.deadline)
        } catch {
            guard error.code == .corrupt else { throw error }
            unread.note(id, error)
            return nil
        }
    }

    private func lease(_ item: WorkQueue.Item, over found: WorkLease?) async throws -> Bool {
        try await queue.store.leaseWork(
            on: item.part, WorkLease(person: me.name, kind: item.clock.kind, ordinal: item.clock.ordinal),
            over: found, milliseconds: leaseMilliseconds, deadline: queue.deadline)
    }

    /// Whether the caller may do the work, for all they did before. The order is read only where it decides.
    private mutating func isPermitted(_ item: WorkQueue.Item) async throws -> Bool {
        guard let acts = item.priorActs else { return true }
        let kind = item.clock.kind
        guard !acts.bars(fromWorkOf: kind) else { return false }
        guard kind.dependsOnOrder else { return true }
        do throws(StoreError) {
            guard let found = try await queue.store.loadSizedOrder(item.order, deadline: queue.deadline)
            else { return true }
            readBytes += found.readBytes + WorkQueue.caseBytes
            let refusers = found.order.refusers(
                ofLines: item.lineIDs, submittedAt: item.submittedAt, besides: item.id, at: now)
            return !acts.adding(
                paymentsChangers: found.order.paymentsChangers, refusers: refusers, actor: actor
            ).bars(fromWorkOf: kind)
        } catch {
            guard error.code == .corrupt else { throw error }
            // No step of the case can be taken.
            unread.note(item.id, error)
            return false
        }
    }

    /// Whether the work is the caller's to take: theirs, their team's, or nobody's.
    private func isOpen(_ item: WorkQueue.Item) -> Bool {
        // What is held is late all the same, and nobody's to do now.
        if item.clock.isPaused { return false }
        guard let assignment = item.assignment else { return true }
        guard assignment.person.isEmpty || !colleagues.contains(assignment.person) else {
            return assignment.person == me.name
        }
        return assignment.team.isEmpty || assignment.team == me.team
    }
}

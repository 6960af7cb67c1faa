import NIOCore
import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// Running clocks as work: what is most urgent, whose it is, and who does it now.
struct WorkQueue {
    let store: ReturnsStore
    let deadline: NIODeadline

    /// A clock that is due, in its case.
    struct Item {
        var value: Case
        var clock: Clock

        var part: WorkPart { WorkPart(id: value.id, role: clock.kind.owner) }
        var assignment: Assignment? { value.assignment(clock.kind.owner) }

        /// A lease for a clock that has ended is none.
        func worker(_ lease: WorkLease?) -> String? {
            guard let lease,
                value.clocks.contains(where: {
                    $0.isRunning && $0.kind == lease.kind && $0.ordinal == lease.ordinal
                })
            else { return nil }
            return lease.person
        }
    }

    struct Page {
        var items: [Item]
        /// How many there are, listed or not.
        var total: UInt64
        /// More was not looked at, so that something more urgent can be missing.
        var isIncomplete = false
    }

    /// Somebody's own list looks at no more open cases than this.
    static let assignedCasesMax = 5_000

    /// What falls due first of these kinds.
    func mostUrgent(_ kinds: [ClockKind], before: Instant?, limit: Int) async throws(StoreError) -> Page {
        guard store.scope == .all else {
            return try await mostUrgentInScope(kinds, before: before, limit: limit)
        }
        let due = try await store.running(kinds, before: before, limit: limit, deadline: deadline)
        return Page(
            items: try await items(due),
            total: try await store.countRunning(kinds, before: before, deadline: deadline))
    }

    /// The same for somebody bound to sale channels: clocks are listed over all channels, so more and more of them are looked at
    /// until enough are in the scope.
    private func mostUrgentInScope(
        _ kinds: [ClockKind], before: Instant?, limit: Int
    ) async throws(StoreError) -> Page {
        var read = limit
        while true {
            let due = try await store.running(kinds, before: before, limit: read, deadline: deadline)
            let found = try await items(due)
            let isAll = due.count < read
            if isAll || found.count >= limit || read >= Self.scopedClocksReadMax {
                return Page(
                    items: Array(found.prefix(limit)), total: UInt64(found.count), isIncomplete: !isAll)
            }
            read = min(Self.scopedClocksReadMax, read * 4)
        }
    }

    /// A list of somebody bound to sale channels looks at no more clocks of all channels than this.
    static let scopedClocksReadMax = 4_000

    /// What is assigned to a person, or to a team.
    func assigned(
        _ kinds: [ClockKind], person: String, team: String, before: Instant?, limit: Int
    ) async throws(StoreError) -> Page {
        var page = Page(items: [], total: 0)
        var looked = 0
        var last: CaseID?
        repeat {
            let listed = try await store.list(
                person.isEmpty ? .team(team) : .person(person), after: last, limit: ReturnsStore.pageCasesMax,
                deadline: deadline)
            looked += listed.ids.count
            last = listed.hasMore ? listed.ids.last : nil
            let cases = try await store.loadReadableCases(listed.ids, deadline: deadline)
            let found = cases.flatMap { value in
                value.clocks.filter { clock in
                    clock.isRunning && !clock.isPaused && kinds.contains(clock.kind)
                        && before.map { clock.dueAt < $0 } ?? true
                }.map { Item(value: value, clock: $0) }
            }.filter { item in
                guard let assignment = item.assignment else { return false }
                return (person.isEmpty || assignment.person == person)
                    && (team.isEmpty || assignment.team == team)
            }
            page.total += UInt64(found.count)
            // No more is held than is listed.
            page.items = Array(
                (page.items + found).sorted { ($0.clock.dueAt, $0.value.id) < ($1.clock.dueAt, $1.value.id) }
                    .prefix(limit))
        } while last != nil && looked < Self.assignedCasesMax
        page.isIncomplete = last != nil
        return page
    }

    /// The clocks as they are now. Those that were answered between the two reads are left out, and cases that cannot be read,
    /// which the sweeper reports: one damaged case must not hide the others.
    func items(_ due: [Deadline]) async throws(StoreError) -> [Item] {
        let cases = Dictionary(
            try await store.loadReadableCases(Array(Set(due.map(\.member.id))), deadline: deadline)
                .map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        return due.compactMap { item in
            guard let value = cases[item.member.id],
                let clock = value.clocks.first(where: {
                    $0.kind == item.member.kind && $0.ordinal == item.member.ordinal && $0.isRunning
                })
            else { return nil }
            return Item(value: value, clock: clock)
        }
    }

    func show(_ items: [Item], _ view: CaseView) async throws(StoreError) -> [Returns_V1_DueClock] {
        guard view.seesInternalTexts else { return items.map { $0.proto(worker: nil, view) } }
        let leases = try await store.workLeases(on: items.map(\.part), deadline: deadline)
        return zip(items, leases).map { $0.proto(worker: $0.worker($1), view) }
    }
}

extension WorkQueue.Item {
    func proto(worker: String?, _ view: CaseView) -> Returns_V1_DueClock {
        .with {
            $0.caseID = value.id.description
            $0.order = value.order.proto
            $0.caseState = UInt32(value.state.rawValue)
            $0.clock = clock.proto(view)
            guard view.seesInternalTexts else { return }
            $0.person = assignment?.person ?? ""
            $0.team = assignment?.team ?? ""
            $0.worker = worker ?? ""
        }
    }
}

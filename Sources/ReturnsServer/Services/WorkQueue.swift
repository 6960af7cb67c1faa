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

        var assignment: Assignment? { value.assignment(clock.kind.owner) }
    }

    struct Page {
        var items: [Item]
        /// How many there are, listed or not.
        var total: UInt64
    }

    /// Somebody's own list looks at no more open cases than this.
    static let assignedCasesMax = 5_000

    /// What falls due first of these kinds.
    func mostUrgent(_ kinds: [ClockKind], before: Instant?, limit: Int) async throws(StoreError) -> Page {
        let due = try await store.running(kinds, before: before, limit: limit, deadline: deadline)
        return Page(
            items: try await items(due),
            total: try await store.countRunning(kinds, before: before, deadline: deadline))
    }

    /// What is assigned to a person, or to a team.
    func assigned(
        _ kinds: [ClockKind], person: String, team: String, before: Instant?, limit: Int
    ) async throws(StoreError) -> Page {
        var items: [Item] = []
        var looked = 0
        var last: IndexMember?
        repeat {
            let members = try await store.list(
                person.isEmpty ? .team(team) : .person(person), after: last, limit: ReturnsStore.pageCasesMax,
                deadline: deadline)
            looked += members.count
            last = members.count == ReturnsStore.pageCasesMax ? members.last : nil
            for value in try await store.loadCases(members.map(\.id), deadline: deadline) {
                for clock in value.clocks
                where clock.isRunning && !clock.isPaused && kinds.contains(clock.kind)
                    && before.map({ clock.dueAt < $0 }) ?? true
                {
                    let item = Item(value: value, clock: clock)
                    guard let assignment = item.assignment,
                        person.isEmpty || assignment.person == person,
                        team.isEmpty || assignment.team == team
                    else { continue }
                    items.append(item)
                }
            }
        } while last != nil && looked < Self.assignedCasesMax
        items.sort { ($0.clock.dueAt, $0.value.id) < ($1.clock.dueAt, $1.value.id) }
        return Page(items: Array(items.prefix(limit)), total: UInt64(items.count))
    }

    /// The clocks as they are now; those that were answered between the two reads are left out.
    func items(_ due: [Deadline]) async throws(StoreError) -> [Item] {
        let cases = Dictionary(
            try await store.loadCases(Array(Set(due.map(\.member.id))), deadline: deadline).map {
                ($0.id, $0)
            },
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

    func show(_ items: [Item]) async throws(StoreError) -> [Returns_V1_DueClock] {
        let workers = try await store.workers(on: items.map(\.value.id), deadline: deadline)
        return zip(items, workers).map { item, worker in item.proto(worker: worker ?? "") }
    }
}

extension WorkQueue.Item {
    func proto(worker: String) -> Returns_V1_DueClock {
        .with {
            $0.caseID = value.id.description
            $0.order = value.order.proto
            $0.caseState = UInt32(value.state.rawValue)
            $0.clock = clock.proto
            $0.person = assignment?.person ?? ""
            $0.team = assignment?.team ?? ""
            $0.worker = worker
        }
    }
}

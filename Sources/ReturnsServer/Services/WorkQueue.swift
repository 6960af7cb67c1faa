import NIOCore
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// Running clocks as work: what is most urgent, whose it is, and who does it now.
struct WorkQueue {
    let store: ReturnsStore
    let deadline: NIODeadline
    /// Who asks for work; nil for lists, which show everybody's.
    var actor: Actor?

    /// A clock that is due, with what a list shows of its case. Lists hold these and no cases, which can be large.
    struct Item {
        let id: CaseID
        let order: OrderKey
        let state: CaseState
        let clock: Clock
        /// Of the department that the clock is the work of.
        let assignment: Assignment?
        /// What bars who asks for work from steps of it, by the case alone.
        let priorActs: PriorActs?
        /// Its lines, where who may do the work can hang on them.
        let lineIDs: [String]
        let submittedAt: Instant
        private let running: [RunningClock]

        private struct RunningClock {
            let kind: ClockKind
            let ordinal: UInt32
        }

        init(_ value: Case, _ clock: Clock, for actor: Actor? = nil) {
            id = value.id
            order = value.order
            state = value.state
            self.clock = clock
            assignment = value.assignment(clock.kind.owner)
            priorActs = actor.map(value.priorActs)
            submittedAt = value.submittedAt
            lineIDs =
                actor != nil && clock.kind.dependsOnOrder ? value.lines.map(\.lineID) : []
            running = value.clocks.filter(\.isRunning).map {
                RunningClock(kind: $0.kind, ordinal: $0.ordinal)
            }
        }

        var part: WorkPart { WorkPart(id: id, role: clock.kind.owner) }
        var place: DuePlace { DuePlace(clock, of: id) }

        /// A lease for a clock that has ended is none.
        func worker(_ lease: WorkLease?) -> String? {
            guard let lease, running.contains(where: { lease.isFor($0.kind, $0.ordinal) }) else { return nil }
            return lease.person
        }
    }

    struct Page {
        var items: [Item] = []
        /// How many there are, listed or not; nil where nobody has counted them.
        var total: UInt64?
        /// Where the list goes on; nil at its end.
        var next: DuePlace?
        /// Cases whose clocks are missing, since they cannot be read.
        var unread = UnreadRecords<CaseID>()
        /// It ends where as much was looked at as one call may.
        var isCutOff = false
        /// Bytes that were read for it, about.
        var readBytes = 0
    }

    /// Whose clocks are listed: of this person, and of this team; empty means of any.
    struct Assignee {
        var person = ""
        var team = ""

        var isAnybody: Bool { person.isEmpty && team.isEmpty }
        /// Cases that some part of may be theirs.
        var listings: [CaseIndex] {
            (person.isEmpty ? [] : [.person(person)]) + (team.isEmpty ? [] : [.team(team)])
        }

        func has(_ item: Item) -> Bool {
            guard !isAnybody else { return true }
            guard let assignment = item.assignment else { return false }
            return (person.isEmpty || assignment.person == person)
                && (team.isEmpty || assignment.team == team)
        }
    }

    /// Which clocks are listed.
    struct Filter {
        var kinds: [ClockKind]
        /// Those that are paused instead of those that go on, or are late all the same.
        var isOfPaused = false
        var before: Instant?
        var assignee = Assignee()

        /// Late ones that are paused are on both lists.
        func isListed(_ clock: Clock) -> Bool {
            isOfPaused ? clock.isPaused : !clock.isPaused || clock.isLate
        }

        func holds(_ clock: Clock) -> Bool {
            clock.isRunning && isListed(clock) && kinds.contains(clock.kind)
                && before.map { clock.dueAt < $0 } ?? true
        }
    }

    /// All the open cases of a person or a team are looked at if they are no more than this, and no more than so many bytes together.
    static let assignedCasesMax = 5_000
    static let assignedBytesMax = 16 << 20
    /// What a case counts beside its record: finding, decoding and showing it takes about as long as so many bytes.
    static let caseBytes = 4_096
    /// What the facts of a case count.
    static let outlineBytes = 128

    /// What falls due first, behind a place.
    func list(_ filter: Filter, after place: DuePlace?, limit: Int) async throws(StoreError) -> Page {
        if !filter.assignee.isAnybody, let page = try await assigned(filter, after: place, limit: limit) {
            return page
        }
        let due = try await store.running(
            filter.kinds, paused: filter.isOfPaused, before: filter.before, after: place,
            within: filter.assignee.listings, limit: limit, deadline: deadline)
        var page = Page(
            next: due.next, isCutOff: due.isCutOff, readBytes: due.readBytes)
        let found = try await items(due.clocks)
        // A clock may have gone on, or have been held, between the two reads.
        page.items = found.items.filter {
            filter.isListed($0.clock) && filter.assignee.has($0)
        }
        page.unread = found.unread
        page.readBytes += found.readBytes
        if filter.assignee.isAnybody, store.scope == .all {
            page.total = try await store.countRunning(
                filter.kinds, paused: filter.isOfPaused, before: filter.before, deadline: deadline)
        } else if place == nil, due.next == nil, found.unread.isEmpty {
            page.total = UInt64(page.items.count)
        }
        return page
    }

    /// What is assigned, from the cases themselves; nil where those are too many.
    private func assigned(
        _ filter: Filter, after place: DuePlace?, limit: Int
    ) async throws(StoreError) -> Page? {
        var page = Page()
        var outlines: [CaseOutline] = []
        var bytes = 0
        var looked = 0
        var last: CaseID?
        repeat {
            let listed = try await store.list(
                filter.assignee.listings[0], after: last, limit: ReturnsStore.pageCasesMax, deadline: deadline
            )
            last = listed.hasMore ? listed.ids.last : nil
            looked += listed.ids.count
            let found = try await store.outlines(of: listed.ids, deadline: deadline).filter { outline in
                // The facts tell of those that go on alone.
                filter.isOfPaused || filter.before.map { outline.mayBeDue(before: $0) } ?? true
            }
            outlines += found
            bytes += found.reduce(0) { $0 + $1.recordBytes }
            guard looked < Self.assignedCasesMax || last == nil, bytes <= Self.assignedBytesMax else {
                return nil
            }
        } while last != nil
        page.readBytes = bytes + outlines.count * Self.caseBytes + looked * Self.outlineBytes
        var total: UInt64 = 0
        var left = 0
        var items: [Item] = []
        page.unread = try await store.readCases(outlines, isReadOnly: true, deadline: deadline) { value in
            for clock in value.clocks where filter.holds(clock) {
                let item = Item(value, clock)
                guard filter.assignee.has(item) else { continue }
                total += 1
                if let place, item.place <= place { continue }
                left += 1
                items.append(item)
            }
            // No more is held than twice what is listed, or a case.
            if items.count > 2 * limit { items = Self.first(items, limit) }
        }
        page.items = Self.first(items, limit)
        // What cannot be read may hold more.
        if page.unread.isEmpty { page.total = total }
        if left > limit { page.next = page.items.last?.place }
        return page
    }

    private static func first(_ items: [Item], _ limit: Int) -> [Item] {
        Array(items.sorted { $0.place < $1.place }.prefix(limit))
    }

    /// The clocks as they are now. Those that were answered between the two reads are left out; cases that cannot be read are
    /// named, since one damaged case must not hide the others.
    func items(
        _ due: [Deadline]
    ) async throws(StoreError) -> (items: [Item], unread: UnreadRecords<CaseID>, readBytes: Int) {
        var seen: Set<CaseID> = []
        let ids = due.map(\.member.id).filter { seen.insert($0).inserted }
        let outlines = try await store.outlines(of: ids, deadline: deadline)
        let found = try await items(due, outlines)
        return (
            found.items, found.unread,
            outlines.reduce(0) { $0 + $1.recordBytes + Self.caseBytes + Self.outlineBytes }
        )
    }

    func items(
        _ due: [Deadline], _ outlines: [CaseOutline]
    ) async throws(StoreError) -> (items: [Item], unread: UnreadRecords<CaseID>) {
        let places = Dictionary(grouping: due.indices) { due[$0].member.id }
        var items = [Item?](repeating: nil, count: due.count)
        // Work is for who can go on with it here; a list shows what there is.
        let unread = try await store.readCases(outlines, isReadOnly: actor == nil, deadline: deadline) {
            value in
            for index in places[value.id] ?? [] {
                let member = due[index].member
                items[index] = value.clocks.first {
                    $0.kind == member.kind && $0.ordinal == member.ordinal && $0.isRunning
                }.map { Item(value, $0, for: actor) }
            }
        }
        return (items.compactMap(\.self), unread)
    }

    func show(_ items: [Item], _ view: RecordView) async throws(StoreError) -> [Returns_V1_DueClock] {
        guard view.seesPeople else { return items.map { $0.proto(worker: nil, view) } }
        let leases = try await store.workLeases(on: items.map(\.part), deadline: deadline)
        return zip(items, leases).map { $0.proto(worker: $0.worker($1), view) }
    }
}

extension WorkQueue.Item {
    func proto(worker: String?, _ view: RecordView) -> Returns_V1_DueClock {
        .with {
            $0.caseID = id.description
            $0.order = order.message
            $0.caseState = state.message()
            $0.clock = clock.message
            guard view.seesPeople else { return }
            $0.person = assignment?.person ?? ""
            $0.team = assignment?.team ?? ""
            $0.worker = worker ?? ""
        }
    }
}

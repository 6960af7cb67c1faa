import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// The desk at a glance, and how well it kept its times.
extension ClockService {
    static let boardClocks = PageSize(standard: 20, max: 100)

    func getBoard(
        _ request: Returns_V1_GetBoardRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetBoardReply> {
        let kinds = try Self.kinds([], owner: try request.owner.optional("owner"))
        let limit = Self.boardClocks.items(request.limit)
        let store = engine.store(for: context)
        // The count may be another caller's of a moment ago.
        try store.requireEveryChannel()
        let count = try await board.count(store, deadline: context.deadline)
        let queue = WorkQueue(store: store, deadline: context.deadline)
        let due = try await store.running(kinds, limit: limit, deadline: context.deadline)
        let found = try await queue.items(due.clocks)
        let urgent = try await queue.show(found.items, RecordView(context.principal))
        return RCPReply(
            .with {
                $0.rows = count.rows.filter { kinds.contains($0.kind) }.map(\.proto)
                $0.mostUrgent = urgent
                $0.unreadableCaseIds = found.unread.damaged.map(\.description)
                $0.newerCaseIds = found.unread.newer.map(\.description)
                $0.nowMs = count.at.milliseconds
            }, readBytes: due.readBytes + found.readBytes)
    }

    func getAttainment(
        _ request: Returns_V1_GetAttainmentRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetAttainmentReply> {
        let first = try Self.day(request.fromDate, "from_date")
        let last = try Self.day(request.toDate, "to_date")
        guard first <= last, Int(last) - Int(first) < ReturnsStore.attainmentDaysMax else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "to_date",
                "give a range of 1 to \(ReturnsStore.attainmentDaysMax) days, the first one first")
        }
        let kind: ClockKind? = try request.kind.optional("kind")
        let store = engine.store(for: context)
        let figures = try await store.attainment(days: first...last, deadline: context.deadline)
        // Read behind the figures: none were taken away before it was raised.
        let keptFrom = try await store.attainmentKeptFrom(deadline: context.deadline)
        var rows: [String: Returns_V1_AttainmentRow] = [:]
        var total = Returns_V1_AttainmentRow()
        for sum in figures.sums where kind == nil || sum.kind == kind {
            let name =
                switch request.by {
                case .team: sum.team
                case .person: sum.person
                case .kind, .unspecified, .UNRECOGNIZED: sum.kind.description
                }
            rows[name, default: .with { $0.name = name }].add(sum)
            total.add(sum)
        }
        return RCPReply(
            .with {
                $0.rows = rows.values.sorted { $0.name < $1.name }
                $0.total = total
                $0.newerLeftOut = kind == nil && figures.leavesOutNewer
                if let keptFrom { $0.keptFromDate = WorkingCalendar.dateText(ofDay: keptFrom) }
            })
    }

    private static func day(_ text: String, _ field: String) throws(CaseRejection) -> Int32 {
        guard let day = WorkingCalendar.day(ofDate: text) else {
            throw .invalid("DATE_MALFORMED", field, "give a date as 2026-11-01")
        }
        return day
    }
}

extension BoardCount.Row {
    fileprivate var proto: Returns_V1_BoardRow {
        .with {
            $0.kind = kind.message()
            $0.owner = kind.owner.message()
            $0.running = running
            $0.late = late
            $0.dueWithinHour = dueWithinHour
            $0.dueWithinDay = dueWithinDay
        }
    }
}

extension Returns_V1_AttainmentRow {
    fileprivate mutating func add(_ sum: AttainmentSum) {
        // Sums of what the store has checked to be no less than nothing; they end at what a number holds.
        met += UInt64(sum.met)
        missed += UInt64(sum.missed)
        takenMs = takenMs.addingReportingOverflow(sum.takenMilliseconds).partialValue
        pausedMs = pausedMs.addingReportingOverflow(sum.pausedMilliseconds).partialValue
    }
}

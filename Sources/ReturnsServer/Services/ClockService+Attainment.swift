import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// How well the desk kept its times (R21).
extension ClockService {
    /// The last of them is today.
    static let attainmentDaysUnlessGiven: Int32 = 7
    /// Late clocks whose work is looked up, for whom it is assigned to, and bytes of cases that are read for it.
    static let lateClocksMax = 5_000
    static let lateBytesMax = 16 << 20

    func getAttainment(
        _ request: Returns_V1_GetAttainmentRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetAttainmentReply> {
        let now = engine.clock.now()
        // A report goes on without it, in a zone that it names.
        let zone =
            (try? engine.policies.currentSLA())?.plans.last?.calendar.zone ?? TimeZoneTable(name: "UTC")
        let today = zone.localDay(of: now)
        let last = try request.toDate.isEmpty ? today : Self.day(request.toDate, "to_date")
        let first =
            try request.fromDate.isEmpty
            ? last - (Self.attainmentDaysUnlessGiven - 1) : Self.day(request.fromDate, "from_date")
        guard first <= last, Int(last) - Int(first) < ReturnsStore.attainmentDaysMax else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "to_date",
                "give a range of 1 to \(ReturnsStore.attainmentDaysMax) days, the first one first; this one is from \(TimeZoneTable.dateText(ofDay: first)) to \(TimeZoneTable.dateText(ofDay: last))"
            )
        }
        let kind: ClockKind? = try request.kind.optional("kind")
        let store = engine.store(for: context)
        let figures = try await store.attainment(days: first...last, deadline: context.deadline)
        // Read behind the figures: none were taken away before it was raised.
        let keptFrom = try await store.attainmentKeptFrom(deadline: context.deadline)
        var table = AttainmentTable(by: request.by)
        for sum in figures.sums where kind == nil || sum.kind == kind { table.add(sum) }
        var late = LateWork()
        if last >= today {
            late = try await lateWork(
                ClockKind.allCases.filter {
                    Role.departments.contains($0.owner) && (kind == nil || $0 == kind)
                }, by: request.by, now: now, WorkQueue(store: store, deadline: context.deadline))
            table.add(late)
        }
        return RCPReply(
            .with {
                $0.rows = table.rows.values.sorted { $0.name < $1.name }
                $0.total = table.total
                $0.newerLeftOut = kind == nil && figures.leavesOutNewer
                if let keptFrom { $0.keptFromDate = TimeZoneTable.dateText(ofDay: keptFrom) }
                $0.fromDate = TimeZoneTable.dateText(ofDay: first)
                $0.toDate = TimeZoneTable.dateText(ofDay: last)
                $0.timeZone = zone.name
                $0.openLateLeftOut = late.isCutOff
            }, readBytes: late.readBytes)
    }

    /// The departments' running clocks that are late now. By kind they are counted; whose work one is, its case tells.
    private func lateWork(
        _ kinds: [ClockKind], by grouping: Returns_V1_AttainmentGrouping, now: Instant, _ queue: WorkQueue
    ) async throws -> LateWork {
        var late = LateWork()
        guard !kinds.isEmpty else { return late }
        guard [.team, .person].contains(grouping) else {
            for kind in kinds {
                let count = try await queue.store.countRunning(
                    [kind], before: now, deadline: queue.deadline)
                late.total += count
                if count > 0 { late.byName[kind.description] = count }
            }
            return late
        }
        late.total = try await queue.store.countRunning(kinds, before: now, deadline: queue.deadline)
        var place: DuePlace?
        var looked = 0
        repeat {
            let due = try await queue.store.running(
                kinds, before: now, after: place, limit: ReturnsStore.pageCasesMax, deadline: queue.deadline)
            let found = try await queue.items(due.clocks)
            for item in found.items {
                let name = grouping == .team ? item.assignment?.team : item.assignment?.person
                late.byName[name ?? "", default: 0] += 1
            }
            late.isCutOff = late.isCutOff || !found.unread.isEmpty
            late.readBytes += due.readBytes + found.readBytes
            looked += due.clocks.count
            place = due.next
        } while place != nil && looked < Self.lateClocksMax && late.readBytes < Self.lateBytesMax
        late.isCutOff = late.isCutOff || place != nil
        return late
    }

    private static func day(_ text: String, _ field: String) throws(CaseRejection) -> Int32 {
        guard let day = WorkingCalendar.day(ofDate: text) else {
            throw .invalid("DATE_MALFORMED", field, "give a date as 2026-11-01")
        }
        return day
    }
}

/// What is late now, and whose it is.
private struct LateWork {
    var total: UInt64 = 0
    var byName: [String: UInt64] = [:]
    /// Not all of them are among the names.
    var isCutOff = false
    var readBytes = 0
}

private struct AttainmentTable {
    let by: Returns_V1_AttainmentGrouping
    private(set) var rows: [String: Returns_V1_AttainmentRow] = [:]
    private(set) var total = Returns_V1_AttainmentRow()

    init(by: Returns_V1_AttainmentGrouping) { self.by = by }

    mutating func add(_ sum: AttainmentSum) {
        let name =
            switch by {
            case .team: sum.team
            case .person: sum.person
            case .kind, .unspecified, .UNRECOGNIZED: sum.kind.description
            }
        rows[name, default: .with { $0.name = name }].add(sum)
        total.add(sum)
    }

    mutating func add(_ late: LateWork) {
        for (name, count) in late.byName {
            rows[name, default: .with { $0.name = name }].openLate = count
        }
        for name in rows.keys where late.byName[name] == nil { rows[name]?.openLate = 0 }
        total.openLate = late.total
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

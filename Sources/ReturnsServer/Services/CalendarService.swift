import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct CalendarService: CalendarServiceProvider {
    let engine: CaseEngine

    func getCalendar(
        _ request: Returns_V1_GetCalendarRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetCalendarReply> {
        let store = engine.store(for: context)
        try await engine.policies.refresh(store, deadline: context.deadline)
        let known = engine.policies.currentCalendars
        guard let current = known.first(where: { $0.name == request.name }) else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "CALENDAR_UNKNOWN", field: "name",
                text: "no such calendar; there are: \(known.map(\.name).joined(separator: ", "))")
        }
        let reference = WorkingCalendar.Reference(
            name: request.name, version: request.version == 0 ? current.version : request.version)
        guard let calendar = engine.policies.calendar(reference) else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "CALENDAR_UNKNOWN", field: "version",
                text: "no such version of this calendar; the newest one is \(current.version)")
        }
        return RCPReply(
            .with {
                $0.calendar = calendar.message
                $0.currentVersion = current.version
            })
    }

    func listCalendars(
        _ request: Returns_V1_ListCalendarsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListCalendarsReply> {
        let store = engine.store(for: context)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        let after: String? = try cursor.place(request.cursor)
        try await engine.policies.refresh(store, deadline: context.deadline)
        let page = NamePage(
            engine.policies.currentCalendars, after: after, limit: request.pageItems, name: \.name)
        return RCPReply(
            .with {
                $0.calendars = page.items.map(\.message)
                $0.nextCursor = cursor.text(page.next)
            })
    }

    func putCalendar(
        _ request: Returns_V1_PutCalendarRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutCalendarReply> {
        let store = engine.store(for: context)
        try await engine.policies.reload(store, deadline: context.deadline)
        let current = engine.policies.currentCalendars.first { $0.name == request.calendar.name }
        let version = current?.version ?? 0
        var calendar = try WorkingCalendar(request.calendar, version: version + 1)
        calendar.createdAt = engine.clock.now()
        calendar.createdBy = context.principal.name
        let replacement = VersionReplacement(
            what: "calendar \(calendar.name)", replaces: request.replacesVersion, current: version,
            isSameContent: current.map { $0.isSameContent(as: calendar) } ?? false)
        let unchanged = Returns_V1_PutCalendarReply.with { $0.version = version }
        if let reply = try replacement.decide().reply(unchanged) { return reply }
        guard current != nil || engine.policies.currentCalendars.count < Self.calendarsMax else {
            throw CaseRejection.notAllowed(
                "CALENDARS_FULL",
                "there are \(Self.calendarsMax) calendars already; add a version to one of them")
        }
        guard try await store.add(calendar, deadline: context.deadline) else {
            throw RCPStatus.tooManyConflicts()
        }
        engine.policies.add(calendar)
        return RCPReply(.with { $0.version = calendar.version })
    }

    private static let calendarsMax = 100
}

extension WorkingCalendar {
    fileprivate func isSameContent(as other: WorkingCalendar) -> Bool {
        var copy = other
        copy.version = version
        copy.createdAt = createdAt
        copy.createdBy = createdBy
        return copy == self
    }
}

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
        let known = engine.policies.calendars
        guard let versions = known[request.name] else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "CALENDAR_UNKNOWN", field: "name",
                text: "no such calendar; there are: \(known.keys.sorted().joined(separator: ", "))")
        }
        let current = versions.highest
        guard let calendar = try versions.version(request.version == 0 ? current : request.version) else {
            try await store.confirmRun(deadline: context.deadline)
            throw CaseRejection(
                kind: .notFound, code: "CALENDAR_UNKNOWN", field: "version",
                text: "no such version of this calendar; the newest one is \(current)")
        }
        return RCPReply(
            .with {
                $0.calendar = calendar.message
                $0.currentVersion = current
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
            engine.policies.calendars.sorted { $0.key < $1.key }, after: after, limit: request.pageItems,
            name: \.key)
        var reply = Returns_V1_ListCalendarsReply()
        var unread = UnreadRecords<String>()
        for (name, versions) in page.items {
            do throws(StoreError) {
                if let calendar = try versions.current() { reply.calendars.append(calendar.message) }
            } catch {
                unread.note(name, error)
            }
        }
        (reply.unreadableNames, reply.newerNames) = (unread.damaged, unread.newer)
        reply.nextCursor = cursor.text(page.next)
        return RCPReply(reply)
    }

    func putCalendar(
        _ request: Returns_V1_PutCalendarRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutCalendarReply> {
        let store = engine.store(for: context)
        try await engine.policies.reload(store, deadline: context.deadline)
        let known = engine.policies.calendars
        let versions = known[request.calendar.name]
        let current = try versions?.replaced()
        let version = versions?.highest ?? 0
        var calendar = try WorkingCalendar(request.calendar, version: try versions?.next() ?? 1)
        calendar.createdAt = engine.clock.now()
        calendar.createdBy = context.principal.name
        let replacement = VersionReplacement(
            what: "calendar \(calendar.name)", replaces: request.replacesVersion, current: version,
            isSameContent: current.map { $0.isSameContent(as: calendar) } ?? false)
        let unchanged = Returns_V1_PutCalendarReply.with { $0.version = version }
        if let reply = try replacement.decide().reply(unchanged, isDryRun: request.dryRun) { return reply }
        guard versions != nil || known.count < Self.calendarsMax else {
            throw CaseRejection.notAllowed(
                "CALENDARS_FULL",
                "there are \(Self.calendarsMax) calendars already; add a version to one of them")
        }
        try store.checkLevel(of: calendar)
        let reply = Returns_V1_PutCalendarReply.with { $0.version = calendar.version }
        if request.dryRun { return RCPReply(reply, outcome: .notApplied) }
        guard try await store.add(calendar, deadline: context.deadline) else {
            throw RCPStatus.tooManyConflicts()
        }
        engine.policies.add(calendar)
        return RCPReply(reply)
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

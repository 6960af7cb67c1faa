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
        let now = engine.clock.now()
        var message = request.calendar
        let zone = try TimeZones.known(message.timeZone)
        if message.offsets.isEmpty { message.offsets = zone?.messages(around: now) ?? [] }
        var calendar = try WorkingCalendar(message, version: try versions?.next() ?? 1)
        calendar.createdAt = now
        if let zone { try calendar.zone.require(zone, at: now) }
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

extension TimeZones {
    /// - Returns: nil for no name, which tells nothing false.
    fileprivate static func known(_ name: String) throws(CaseRejection) -> TimeZoneTable? {
        guard !name.isEmpty else { return nil }
        let known = table(name)
        guard !known.offsets.isEmpty else {
            throw .invalid(
                "TIME_ZONE_UNKNOWN", "calendar.time_zone",
                "no time zone has the name \(name); write an IANA name such as Asia/Shanghai or Europe/London"
            )
        }
        return known
    }
}

extension TimeZoneTable {
    /// Windows and reports look back for so long, and no deadline is looked for further ahead than ten years.
    private static let (yearsBack, yearsAhead): (Int64, Int64) = (5, 20)

    /// Of a calendar that is put without any.
    fileprivate func messages(around now: Instant) -> [Returns_V1_UtcOffset] {
        let year = 366 * Milliseconds.day
        let zone = covering(
            from: max(Instant(milliseconds: 0), now.adding(-Self.yearsBack * year)),
            until: now.adding(Self.yearsAhead * year))
        return zone.offsets.map { offset in
            .with {
                $0.fromMs = offset.from.milliseconds
                $0.offsetSeconds = offset.seconds
            }
        }
    }

    /// Deadlines go by the offsets and screens name the zone, so a name that was changed alone would tell a false time. Only the year
    /// from now on is compared: machines know different pasts and futures of a zone.
    fileprivate func require(_ known: TimeZoneTable, at now: Instant) throws(CaseRejection) {
        for week in 0..<52 {
            let time = now.adding(Int64(week) * 7 * Milliseconds.day)
            guard offsetSeconds(at: time) != known.offsetSeconds(at: time) else { continue }
            throw .invalid(
                "ZONE_MISMATCH", "calendar.offsets",
                "these are not the offsets of \(name); leave offsets out, and the server takes those of the zone"
            )
        }
    }
}

extension WorkingCalendar {
    fileprivate func isSameContent(as other: WorkingCalendar) -> Bool {
        var copy = other
        // Which of a zone's offsets a version keeps follows from when it was put.
        if !copy.zone.name.isEmpty, copy.zone.name == zone.name { copy.zone = zone }
        copy.version = version
        copy.createdAt = createdAt
        copy.createdBy = createdBy
        return copy == self
    }
}

import CLibical

/// The events of an iCalendar file in their order, the newest version of each.
struct ICalendarEvents {
    private(set) var all: [ICalendarEvent] = []
    private(set) var notes: [String] = []
    /// UID → the events that take the place of one occurrence of it.
    private var replacements: [String: [ICalendarEvent]] = [:]

    /// - Parameter times: in the calendar's zone.
    init(_ root: OpaquePointer, times: TimeFormat) throws(ICalendarFile.Problem) {
        for calendar in try Self.calendars(root) { try read(calendar, times) }
        dropSuperseded()
        for event in all where event.replaces != nil {
            if let uid = event.uid { replacements[uid, default: []].append(event) }
        }
    }

    /// The occurrences of a series that events of their own take the place of, cancelled ones among them.
    func replaced(of event: ICalendarEvent) -> [icaltimetype] {
        guard event.replaces == nil, let uid = event.uid else { return [] }
        return (replacements[uid] ?? []).compactMap(\.replaces)
    }

    /// Several calendars in one file stand in a component around them.
    private static func calendars(_ root: OpaquePointer) throws(ICalendarFile.Problem) -> [OpaquePointer] {
        let calendars =
            icalcomponent_isa(root) == ICAL_XROOT_COMPONENT
            ? components(of: root, ICAL_VCALENDAR_COMPONENT) : [root]
        guard !calendars.isEmpty, calendars.allSatisfy({ icalcomponent_isa($0) == ICAL_VCALENDAR_COMPONENT })
        else { throw .notACalendar }
        return calendars
    }

    private static func components(
        of parent: OpaquePointer, _ kind: icalcomponent_kind
    ) -> [OpaquePointer] {
        var found: [OpaquePointer] = []
        var next = icalcomponent_get_first_component(parent, kind)
        while let component = next {
            found.append(component)
            next = icalcomponent_get_next_component(parent, kind)
        }
        return found
    }

    private mutating func read(
        _ calendar: OpaquePointer, _ times: TimeFormat
    ) throws(ICalendarFile.Problem) {
        guard icalcomponent_get_method(calendar) != ICAL_METHOD_CANCEL else { throw .cancellation }
        notes += ICalendarEvent.mistakes(in: calendar)
        for component in Self.components(of: calendar, ICAL_ANY_COMPONENT) {
            let kind = icalcomponent_isa(component)
            if kind == ICAL_VEVENT_COMPONENT {
                all.append(try ICalendarEvent(component, times: times, notes: &notes))
            } else if kind != ICAL_VTIMEZONE_COMPONENT {
                let name = icalcomponent_kind_to_string(kind).map { String(cString: $0) } ?? "component"
                notes.append("a \(name), which is no event")
            }
        }
    }

    /// Of two versions of one event that with the higher SEQUENCE counts (RFC 5545, 3.8.7.4). Those that are equal in it both
    /// do, since some programs give all events of a file one UID.
    private mutating func dropSuperseded() {
        var newest: [String: Int32] = [:]
        for event in all {
            if let key = event.versionKey { newest[key] = max(newest[key] ?? 0, event.sequence) }
        }
        for event in all where event.versionKey.flatMap({ newest[$0] }) ?? 0 > event.sequence {
            notes.append("'\(event.title)' of SEQUENCE \(event.sequence), which has a later version here")
        }
        all.removeAll { $0.versionKey.flatMap { newest[$0] } ?? 0 > $0.sequence }
    }
}

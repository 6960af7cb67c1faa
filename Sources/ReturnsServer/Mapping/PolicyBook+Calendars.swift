import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension PolicyBook {
    /// The calendars that a request's plans name, with the newest version where a plan names none.
    ///
    /// - Parameter body: What asks for them.
    /// - Throws: as `body` does, and where one that is named cannot be read.
    func namingCalendars<Value>(
        _ body: (SLAPolicy.Calendars) throws(CaseRejection) -> Value
    ) throws -> Value {
        let calendars = calendars
        var unreadable: StoreError?
        do {
            return try body { plan, field throws(CaseRejection) in
                do throws(StoreError) {
                    if let found = try Self.calendar(plan, among: calendars) { return found }
                } catch {
                    unreadable = error
                }
                throw Self.unknown(plan, field, calendars)
            }
        } catch {
            throw unreadable ?? error
        }
    }

    private static func calendar(
        _ plan: Returns_V1_SlaPlan, among calendars: [String: RuleVersions<WorkingCalendar>]
    ) throws(StoreError) -> WorkingCalendar? {
        guard let versions = calendars[plan.calendar] else { return nil }
        return plan.calendarVersion == 0 ? try versions.current() : try versions.version(plan.calendarVersion)
    }

    private static func unknown(
        _ plan: Returns_V1_SlaPlan, _ field: String, _ calendars: [String: RuleVersions<WorkingCalendar>]
    ) -> CaseRejection {
        guard let versions = calendars[plan.calendar] else {
            let known = calendars.keys.sorted().joined(separator: ", ")
            return .invalid("CALENDAR_UNKNOWN", "\(field).calendar", "name one of the calendars: \(known)")
        }
        return .invalid(
            "CALENDAR_UNKNOWN", "\(field).calendar_version",
            "calendar \(plan.calendar) has no such version; the newest one is \(versions.highest)")
    }
}

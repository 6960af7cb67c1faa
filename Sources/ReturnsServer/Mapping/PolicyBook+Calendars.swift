import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

extension PolicyBook {
    /// The calendar that a plan names; the newest version where it names none.
    func named(_ plan: Returns_V1_SlaPlan, _ field: String) throws(CaseRejection)
        -> WorkingCalendar
    {
        guard let newest = currentCalendars.first(where: { $0.name == plan.calendar }) else {
            let known = currentCalendars.map(\.name).joined(separator: ", ")
            throw .invalid("CALENDAR_UNKNOWN", "\(field).calendar", "name one of the calendars: \(known)")
        }
        if plan.calendarVersion == 0 { return newest }
        let reference = WorkingCalendar.Reference(name: plan.calendar, version: plan.calendarVersion)
        guard let calendar = calendar(reference) else {
            throw .invalid(
                "CALENDAR_UNKNOWN", "\(field).calendar_version",
                "calendar \(plan.calendar) has no such version; the newest one is \(newest.version)")
        }
        return calendar
    }
}

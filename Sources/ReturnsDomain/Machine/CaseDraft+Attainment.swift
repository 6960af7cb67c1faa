extension CaseDraft {
    /// What the end of a clock says of its department's work; the customer's own clocks measure nobody's.
    func attainment(of clock: Clock) -> Attainment? {
        let owner = clock.kind.owner
        guard let end = clock.end, let endedAt = clock.endedAt, end == .met || end == .missed,
            Role.departments.contains(owner)
        else { return nil }
        // Who merely happened to end it, such as a shop that cancels, has neither done nor missed it.
        let isDoers = by.role == owner || by.role == .supervisor
        let assignment = value.assignment(owner)
        var (person, team) = (assignment?.person ?? "", assignment?.team ?? "")
        if isDoers, end == .met || assignment == nil { (person, team) = (actor.name, actor.team) }
        let paused = clock.pausedMilliseconds(until: endedAt)
        return Attainment(
            kind: clock.kind, isMet: end == .met, day: plan.calendar.localDay(of: endedAt), person: person,
            team: team, takenMilliseconds: max(0, endedAt - clock.startedAt - paused),
            pausedMilliseconds: paused)
    }
}

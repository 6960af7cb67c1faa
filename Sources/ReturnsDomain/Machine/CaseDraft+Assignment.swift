extension CaseDraft {
    /// Gives a department's part of the case to a person, a team, or nobody in particular. Departments do so among themselves,
    /// supervisors everywhere.
    mutating func assign(_ role: Role, person: String, team: String) throws(CaseRejection) {
        guard Role.departments.contains(role) else {
            throw .invalid(
                "ROLE_NOT_ASSIGNED", "role",
                "give one of \(Role.departments.map(\.description).joined(separator: ", "))")
        }
        try Require.name(person, "person", optional: true)
        try Require.name(team, "team", optional: true)
        let clerk = try acting(
            as: [role, .supervisor], "work of \(role) is assigned by \(role) or by a supervisor",
            code: "OTHER_DEPARTMENT")
        let known = value.assignment(role)
        guard known?.person ?? "" != person || known?.team ?? "" != team else { return }
        value.assignments.removeAll { $0.role == role }
        if !person.isEmpty || !team.isEmpty {
            value.assignments.append(
                Assignment(role: role, person: person, team: team, at: now, by: clerk))
            // In one order, whatever came first: equal cases have equal records.
            value.assignments.sort { $0.role.rawValue < $1.role.rawValue }
        }
        let name = person.isEmpty ? team : team.isEmpty ? person : "\(person) (\(team))"
        record(
            .assigned, name.isEmpty ? "\(role) to nobody in particular" : "\(role) to \(name)",
            .assignment(role: role, person: person, team: team), by: clerk)
    }

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

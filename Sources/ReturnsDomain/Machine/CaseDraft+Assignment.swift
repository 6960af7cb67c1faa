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
            ["role": "\(role)", "person": person, "team": team], by: clerk)
    }

    /// What the end of a clock says of its department's work.
    func attainment(of clock: Clock) -> Attainment? {
        guard let end = clock.end, let endedAt = clock.endedAt, end == .met || end == .missed else {
            return nil
        }
        let assignment = value.assignment(clock.kind.owner)
        let isDone = by.role != .system
        var (person, team) = isDone ? (actor.name, actor.team) : ("", "")
        if let assignment, end == .missed || !isDone {
            (person, team) = (assignment.person, assignment.team)
        }
        let paused = clock.pausedMilliseconds(until: endedAt)
        return Attainment(
            kind: clock.kind, isMet: end == .met, day: plan.calendar.localDay(of: endedAt), person: person,
            team: team, takenMilliseconds: max(0, endedAt - clock.startedAt - paused),
            pausedMilliseconds: paused)
    }
}

extension CommandRule {
    /// A department's part of the case is given to a person, a team or nobody in particular (R21, R26).
    static let assign = CommandRule(in: .open, isOfGoodsThatWait: true)
}

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
}

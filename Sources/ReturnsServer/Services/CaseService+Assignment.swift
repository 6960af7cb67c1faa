import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// Who does which part of a case (R21, R26).
extension CaseService {
    /// What AssignCase may leave out, or say of people, only the list of principals tells.
    func take(_ request: Returns_V1_AssignCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            let assignment: (role: Role, person: String, team: String)
            do throws(CaseRejection) {
                assignment = try resolve(request)
            } catch {
                // Whom this server does not know may have been added or moved at another one since it looked last.
                try await principals.refresh()
                assignment = try resolve(request)
            }
            return .assign(assignment.role, person: assignment.person, team: assignment.team)
        }
    }

    /// Only who may log in and holds the role can be given work; a mistyped name would hide it from everybody.
    private func resolve(_ request: Returns_V1_AssignCaseRequest) throws(CaseRejection) -> (
        role: Role, person: String, team: String
    ) {
        var role: Role? = try request.role.optional("role")
        guard !request.person.isEmpty else {
            if !request.team.isEmpty { try requireTeam(request.team) }
            guard let role else {
                throw .invalid("FIELD_REQUIRED", "role", "say which department's part it is")
            }
            return (role, "", request.team)
        }
        guard let person = principals.registry.list().first(where: { $0.name == request.person }) else {
            throw .invalid(
                "PERSON_UNKNOWN", "person",
                "there is no principal of that name; write it as it is in a case's story, or ask an administrator (returnsctl principal list)"
            )
        }
        let departments = Role.departments.filter { person.roles.contains($0.description) }
        if role == nil, departments.count == 1 { role = departments[0] }
        guard let role else {
            throw .invalid(
                "FIELD_REQUIRED", "role",
                departments.isEmpty
                    ? "that person belongs to no department; give somebody else, or say which one"
                    : "that person has the roles \(departments.map(\.description).joined(separator: ", ")); say which part of the case it is"
            )
        }
        guard principals.registry.names(holding: role).contains(person.name) else {
            throw .invalid(
                "PERSON_WITHOUT_ROLE", "person",
                departments.contains(role)
                    ? "that person's token has expired; give somebody who works here now"
                    : "that person does not have the role \(role)")
        }
        if !request.team.isEmpty { try requireTeam(request.team) }
        return (role, person.name, request.team.isEmpty ? person.team ?? "" : request.team)
    }

    private func requireTeam(_ team: String) throws(CaseRejection) {
        let teams = Set(principals.registry.list().compactMap(\.team))
        guard teams.contains(team) else {
            throw .invalid(
                "TEAM_UNKNOWN", "team",
                teams.isEmpty
                    ? "nobody belongs to a team yet: principal set-team"
                    : "nobody belongs to that team; there are: \(teams.sorted().joined(separator: ", "))")
        }
    }
}

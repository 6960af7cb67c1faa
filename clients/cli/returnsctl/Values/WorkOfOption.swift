import ArgumentParser
import RCP

/// Whose work is listed.
struct WorkOfOption: ParsableArguments {
    @Option(help: "Only what is assigned to this person.") var person: String?
    @Option(help: "Only what is assigned to this team.") var team: String?
    @Flag(help: "Only what is assigned to you.") var mine = false

    func validate() throws {
        guard !mine || person == nil else { throw ValidationError("give --mine or --person, not both") }
    }

    func names(_ session: Session) async throws -> (person: String, team: String) {
        guard mine else { return (person ?? "", team ?? "") }
        // Who that is only the server knows: the token says nothing.
        let me = try await session.client.admin.getServerInfo(.init()).message.principal
        return (me, team ?? "")
    }
}

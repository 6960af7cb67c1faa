import ArgumentParser
import RCP
import ReturnsAPI

struct CaseAssign: CaseVerb {
    static let step = CaseStep(.assign, flags: "--to PERSON", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Give a department's part of the case to a person or team.",
        discussion: "Departments assign their own work, supervisors everybody's.")
    @OptionGroup var target: CaseVerbOptions
    @Option(name: .customLong("to"), help: ArgumentHelp("Who does it.", valueName: "person")) var person:
        String?
    @Option(help: "Which team; the person's own unless given.") var team: String?
    @Flag(help: "Let it be anybody's again.") var nobody = false
    @Option(help: "Which part, such as warehouse; the person's unless given.", transform: parseWord)
    var role: Returns_V1_Role?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard nobody != (person != nil || team != nil) else {
            throw ValidationError("give --to PERSON, --team TEAM or both; or --nobody")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_AssignCaseRequest.with {
            $0.target = change
            $0.person = person ?? ""
            $0.team = team ?? ""
        }
        if let role { request.role = role }
        return try await session.client.cases.assignCase(request, options: options)
    }
}

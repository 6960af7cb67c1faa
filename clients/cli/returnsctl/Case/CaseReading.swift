import ArgumentParser
import RCP
import ReturnsAPI

struct CaseGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a case.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.getCase(.with { $0.caseID = caseID }).message
            let notes = await session.latestNotes(of: reply.case)
            try session.output.show(reply) {
                CaseDetail(value: reply.case, nowMilliseconds: reply.nowMs, notes: notes).text($0)
            }
        }
    }
}

struct CaseAllowed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allowed", abstract: "Show what can be done with a case now, and by whom.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.allowedCommands(.with { $0.caseID = caseID }).message
            let value = session.output.isTable ? try? await session.getCase(caseID) : nil
            try session.output.show(reply, items: reply.commands) { style in
                var table = Table([.init("STEP"), .init("WHO"), .init("TYPE")])
                for entry in reply.commands {
                    let lines = CommandGuide.lines(entry, caseID: caseID, in: CaseSituation(value: value))
                    func who(_ roles: [Returns_V1_Role]) -> String {
                        roles.map { word($0) }.joined(separator: ", ") + (entry.forOthers ? "; not you" : "")
                    }
                    for (number, line) in lines.enumerated() {
                        let roles = line.way.roles.isEmpty ? entry.roles : line.way.roles
                        table.add([number == 0 ? word(entry.command) : "", who(roles), line.text])
                    }
                    // One that is newer than this program.
                    if lines.isEmpty { table.add([word(entry.command), who(entry.roles), ""]) }
                }
                return "case \(caseID) is \(style.bold(word(reply.state)))\n\(table.text(style))"
            }
        }
    }
}

import ArgumentParser
import Foundation
import ReturnsAPI

struct SlaPolicyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Which deadlines cases run under.",
        subcommands: [SlaPolicyGet.self, SlaPolicyList.self, SlaPolicyPut.self])
}

struct SlaPolicyGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a version of the SLA policy.",
        discussion: "To change it: sla policy get -o json > sla.json, edit, sla policy put -f sla.json")
    @Option(help: "Which version; the current one unless given.") var version: UInt64 = 0
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.slaPolicies.getSlaPolicy(.with { $0.version = version })
                .message
            try session.output.document(reply) { SlaPolicyDetail(reply: reply).text($0) }
        }
    }
}

struct SlaPolicyList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the versions of the SLA policy, the newest first, and what each changed.")
    @Option(help: "At most this many, or all.") var limit = ListLimit.of(20)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            try await RuleVersionList(Returns_V1_PutSlaPolicyRequest(), limit: limit.count, session).show(
                session)
        }
    }
}

struct SlaPolicyPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Add the next version of the SLA policy.",
        discussion:
            "The file holds what sla policy get -o json prints, edited; the version in it is the one replaced."
    )
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File, or - for standard input; the current policy where --newest-calendars is all that changes.",
            valueName: "file"))
    var file: String?
    @Flag(help: "Let every plan go by the newest version of its calendar.") var newestCalendars = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard file != nil || newestCalendars else {
            throw ValidationError("give -f FILE, or --newest-calendars")
        }
    }

    func run() async throws {
        var contents: Data?
        if let file { contents = try await InputFile.contents(file) }
        try await global.withSession { session in
            var request: Returns_V1_PutSlaPolicyRequest
            if let contents {
                request = try .read(contents)
            } else {
                request = .replacing(
                    try await session.client.slaPolicies.getSlaPolicy(.init()).message.policy)
            }
            if newestCalendars {
                for index in request.policy.plans.indices { request.policy.plans[index].calendarVersion = 0 }
            }
            if global.dryRun { request.dryRun = true }
            let changes = try await request.changes(session)
            if !request.dryRun, !changes.areNone {
                if Confirmation.isNeeded(global) {
                    // Nobody is asked about a version that is refused.
                    var trial = request
                    trial.dryRun = true
                    _ = try await session.client.slaPolicies.putSlaPolicy(trial)
                    Output.note(changes.text)
                }
                try await Confirmation.ask(
                    "This replaces SLA policy version \(request.replacesVersion); cases submitted from now on run under the new one.",
                    global)
            }
            let reply = try await session.client.slaPolicies.putSlaPolicy(
                request, options: session.changeOptions
            ).message
            guard !request.dryRun else {
                try session.output.preview(changes.text)
                return Output.note("dry run: SLA policy version \(reply.version) would be in force")
            }
            try session.output.show(reply) { _ in
                """
                SLA policy version \(reply.version) is in force; open cases keep the one they started with. \
                To take them over: \(NextLine.returnsctl("sla recompute --dry-run"))
                """
            }
        }
    }
}

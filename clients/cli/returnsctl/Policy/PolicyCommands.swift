import ArgumentParser
import Foundation
import ReturnsAPI

struct PolicyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What returns are judged by.",
        subcommands: [PolicyGet.self, PolicyList.self, PolicyPut.self])
}

struct PolicyGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a version of the policy.",
        discussion: "To change it: policy get -o json > policy.json, edit, policy put -f policy.json")
    @Option(help: "Which version; the current one unless given.") var version: UInt64 = 0
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.policies.getPolicy(.with { $0.version = version }).message
            try session.output.document(reply) { PolicyDetail(reply: reply).text($0) }
        }
    }
}

struct PolicyList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the versions of the policy, the newest first, and what each changed.")
    @Option(help: "At most this many, or all.") var limit = ListLimit.of(20)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            try await RuleVersionList(Returns_V1_PutPolicyRequest(), limit: limit.count, session).show(
                session)
        }
    }
}

struct PolicyPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Add the next version of the policy.",
        discussion:
            "The file holds what policy get -o json prints, edited; the version in it is the one replaced.")
    @Option(name: .shortAndLong, help: ArgumentHelp("File, or - for standard input.", valueName: "file"))
    var file: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = try Returns_V1_PutPolicyRequest.read(try await InputFile.contents(file))
        if global.dryRun { request.dryRun = true }
        let isDryRun = request.dryRun
        try await global.withSession { [request] session in
            let changes = try await request.changes(session)
            if !isDryRun, !changes.areNone {
                if Confirmation.isNeeded(global) {
                    // Nobody is asked about a version that is refused.
                    var trial = request
                    trial.dryRun = true
                    _ = try await session.client.policies.putPolicy(trial)
                    Output.note(changes.text)
                }
                try await Confirmation.ask(
                    "This replaces policy version \(request.replacesVersion); cases approved from now on go by the new one.",
                    global)
            }
            let reply = try await session.client.policies.putPolicy(
                request, options: session.changeOptions
            )
            .message
            guard !isDryRun else {
                try session.output.preview(changes.text)
                return Output.note("dry run: policy version \(reply.version) would be in force")
            }
            try session.output.show(reply) { _ in
                "policy version \(reply.version) is in force; open cases keep the one they were approved under"
            }
        }
    }
}

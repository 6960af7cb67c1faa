import ArgumentParser
import Foundation
import ReturnsAPI

struct PolicyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What returns are judged by.",
        subcommands: [PolicyGet.self, PolicyPut.self])
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
            try session.output.show(reply) { PolicyDetail(reply: reply).text($0) }
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
        let request = try Self.request(try await InputFile.contents(file))
        try await Confirmation.ask(
            "This replaces policy version \(request.replacesVersion); cases approved from now on go by the new one.",
            global)
        try await global.withSession { session in
            guard !global.dryRun else {
                return Output.note("dry run: would replace policy version \(request.replacesVersion)")
            }
            let reply = try await session.client.policies.putPolicy(
                request, options: session.changeOptions
            )
            .message
            try session.output.show(reply) { _ in
                "policy version \(reply.version) is in force; open cases keep the one they were approved under"
            }
        }
    }

    /// Reads a whole PutPolicyRequest, what `policy get -o json` prints, or the policy alone.
    static func request(_ contents: Data) throws -> Returns_V1_PutPolicyRequest {
        do throws(JSONFault) {
            let text = try JSONText(contents)
            guard text.key(of: "policy") != nil else {
                return replacing(try JSONMessage<Returns_V1_Policy>.read(text))
            }
            if text.key(of: "replaces_version") == nil {
                return replacing(try JSONMessage<Returns_V1_GetPolicyReply>.read(text).policy)
            }
            let request = try JSONMessage<Returns_V1_PutPolicyRequest>.read(text)
            return request.replacesVersion > 0 ? request : replacing(request.policy)
        } catch {
            throw CommandFailure(
                .failed, "the file holds no policy: \(error.sentence)",
                hints: ["begin with what returnsctl policy get -o json prints"])
        }
    }

    private static func replacing(_ policy: Returns_V1_Policy) -> Returns_V1_PutPolicyRequest {
        .with {
            $0.policy = policy
            $0.replacesVersion = policy.version
        }
    }
}

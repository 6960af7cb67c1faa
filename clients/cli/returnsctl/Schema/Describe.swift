import ArgumentParser
import RCPServices
import ReturnsAPI

struct Describe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show what the server speaks: its services, or one service, method, message or enum.")
    @Argument(
        help: "Such as CaseService, CaseService/GetCase, returns.v1.Case; a part that is unique will do.")
    var symbol: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.discovery.getSchema(Rcp_Discovery_V1_GetSchemaRequest())
                .message
            let schema = try ServerSchema(reply)
            let text: String
            if let symbol {
                switch schema.find(symbol) {
                case .one(let found):
                    text = schema.text(of: found, session.style)
                case .many(let names):
                    throw CommandFailure.usage(
                        "\(symbol) is not unique", hints: ["there are: \(names.joined(separator: ", "))"])
                case .none(let near):
                    throw CommandFailure(
                        .notFound, "the server's schema has no \(symbol)",
                        hints: near.isEmpty
                            ? ["see them all: \(NextLine.returnsctl("describe"))"]
                            : ["perhaps: \(near.joined(separator: ", "))"])
                }
            } else {
                text = schema.overview(session.style)
            }
            try session.output.show(schema.descriptors, items: schema.descriptors.file) { _ in text }
            SchemaDifference.note(serverHash: Array(reply.sha256))
        }
    }
}

/// Says that client and server were built with different schemas, which explains fields that one of them does not know.
enum SchemaDifference {
    static func note(serverHash: [UInt8]) {
        if let text = text(serverHash: serverHash) { Output.note(text) }
    }

    /// Nil if there is no difference, or the server has not said.
    static func text(serverHash: [UInt8], ownHash: [UInt8] = ReturnsSchema.sha256) -> String? {
        guard serverHash != ownHash, serverHash.contains(where: { $0 != 0 }) else { return nil }
        return
            "note: the server's schema is another than that of returnsctl \(ClientVersion.current); each may have methods and fields that the other does not know"
    }
}

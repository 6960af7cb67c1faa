import ArgumentParser
import ReturnsAPI

struct WebhookDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Show the latest attempts of a webhook, and what was set aside.")
    @Argument(help: "Which one.") var name: String
    @Option(
        name: [.customShort("n"), .customLong("limit")],
        help: ArgumentHelp("At most so many, the newest; 500 are kept.", valueName: "count"))
    var limit: UInt32 = 50
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.webhooks.listDeliveries(
                .with {
                    $0.name = name
                    $0.limit = limit
                }
            ).message
            try session.output.show(reply, items: reply.deliveries) { style in
                var text = WebhookTable.text(reply.deliveries, style)
                if !reply.setAside.isEmpty {
                    let ids = reply.setAside.map(TextWidth.safe).joined(separator: "\n  ")
                    text += "\nset aside (returnsctl webhook redeliver NAME --event ID):\n  \(ids)"
                }
                return text
            }
        }
    }
}

struct WebhookRedeliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeliver", abstract: "Post one event again now, or everything since a time.")
    @Argument(help: "Which webhook.") var name: String
    @Option(help: ArgumentHelp("The event's id.", valueName: "id")) var event: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Everything recorded since then, as far as it is kept.", valueName: "time"))
    var since: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (event == nil) != (since == nil) else { throw ValidationError("give --event or --since") }
    }

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_RedeliverRequest.with { $0.name = name }
            if let event { request.eventID = event }
            if let since {
                request.sinceMs = try TimeOption.parse(
                    since, "--since", await session.serverNowMilliseconds())
                session.repetition.pin(
                    ["--since", TimeOption.text(request.sinceMs)], replacedOptions: ["--since"])
            }
            guard !global.dryRun else {
                return Output.note("dry run: would deliver \(event ?? "everything since then") again")
            }
            let reply = try await session.client.webhooks.redeliver(request, options: session.changeOptions)
                .message
            try session.output.show(reply) { style in
                reply.hasDelivery
                    ? WebhookTable.text([reply.delivery], style) : "everything since then is delivered again"
            }
            if reply.hasDelivery { try WebhookTable.check(reply.delivery) }
        }
    }
}

struct WebhookTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Post a signed event of the type ping, and show what the receiver says.")
    @Argument(help: "Which webhook.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would post a ping to \(name)") }
            let reply = try await session.client.webhooks.testWebhook(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { WebhookTable.text([reply.delivery], $0) }
            try WebhookTable.check(reply.delivery)
        }
    }
}

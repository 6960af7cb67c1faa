import ArgumentParser
import RCP
import ReturnsAPI

struct WebhookDeliveries: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Show the latest attempts of a webhook, and what was set aside.")
    @Argument(help: "Which one.") var name: String
    @Option(
        name: [.customShort("n"), .customLong("limit")],
        help: ArgumentHelp("At most so many, the newest, or all; 500 are kept.", valueName: "count"))
    var limit = ListLimit.of(50)
    @Option(help: "Go on after a page, as its end says.") var cursor = ""
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let request = Returns_V1_ListDeliveriesRequest.with {
                $0.name = name
                $0.limit = UInt32(clamping: limit.count)
                $0.cursor = cursor
            }
            var reply = Returns_V1_ListDeliveriesReply()
            for try await page in RCPPages(request, of: session.client.webhooks.listDeliveries) {
                reply.deliveries += page.deliveries
                reply.setAside += page.setAside
                reply.nextCursor = page.nextCursor
                if limit.count != .max { break }
            }
            let rows = { WebhookTable.table(reply.deliveries).csv }
            try session.output.show(reply, items: reply.deliveries, rows: rows) { style in
                var text = WebhookTable.table(reply.deliveries).text(style)
                if !reply.setAside.isEmpty {
                    let ids = reply.setAside.map(TextWidth.safe).joined(separator: "\n  ")
                    let line = NextLine.returnsctl("webhook redeliver NAME --event ID")
                    text += "\nset aside (\(line)):\n  \(ids)"
                }
                return text
            }
            if !reply.nextCursor.isEmpty, session.output.format != .json {
                Output.note("more with: --cursor \(reply.nextCursor), or with: --limit all")
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
                    ? WebhookTable.table([reply.delivery]).text(style)
                    : "everything since then is delivered again"
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
            try session.output.show(reply) { WebhookTable.table([reply.delivery]).text($0) }
            try WebhookTable.check(reply.delivery)
        }
    }
}

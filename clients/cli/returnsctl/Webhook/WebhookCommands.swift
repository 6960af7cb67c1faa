import ArgumentParser
import RCP
import ReturnsAPI

struct WebhookCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Addresses that events are posted to, signed.",
        subcommands: [
            WebhookCreate.self, WebhookList.self, WebhookUpdate.self, WebhookRotateSecret.self,
            WebhookEnable.self, WebhookDisable.self, WebhookResynced.self, WebhookDelete.self,
            WebhookDeliveries.self, WebhookRedeliver.self,
            WebhookTest.self,
        ])
}

struct WebhookCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a webhook; its secret is shown this once.",
        discussion: """
            Each event is one POST of its JSON with the headers webhook-id, webhook-timestamp and webhook-signature of \
            Standard Webhooks. Whatever answers 2xx has taken it; anything else is tried again, so that every event comes at \
            least once. With --save the secret goes into a file that only you can read, and is not shown.
            """)
    @Argument(help: "Lower-case letters, digits, '-', '_' and '.'.") var name: String
    @Option(
        help: ArgumentHelp(
            "Where to post to: https://…, or http:// to the server's own machine.", valueName: "url"))
    var url: String
    @OptionGroup var filter: EventFilterOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where it begins: now, beginning (the oldest event kept), or a time.", valueName: "place"))
    var from = "now"
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Disabled after so long without any success: 1s to 30d.", valueName: "duration"))
    var giveUpAfter = "24h"
    @Option(
        help: ArgumentHelp(
            "An event that has failed so often, while others were taken, is set aside.", valueName: "count"))
    var attemptsMax: UInt32 = 20
    @Option(help: ArgumentHelp("File for the secret.", valueName: "file")) var save: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_CreateWebhookRequest.with {
                $0.name = name
                $0.url = url
                $0.filter = filter.filter
                $0.attemptsMax = attemptsMax
            }
            request.giveUpAfterMs = try TimeOption.duration(giveUpAfter, "--give-up-after")
            if from != "now" {
                switch try await EventStart(from, now: session.serverNowMilliseconds) {
                case .now: break
                case .beginning: request.beginning = true
                case .since(let milliseconds):
                    request.sinceMs = milliseconds
                    session.repetition.pin(
                        ["--from", TimeOption.text(milliseconds)], replacedOptions: ["--from"])
                }
            }
            guard !global.dryRun else { return Output.note("dry run: would add the webhook \(name)") }
            let (_, file) = try await SecretFile.handOver(
                save, session, of: "the webhook was added", secret: \.secret
            ) {
                try await session.client.webhooks.createWebhook(request, options: session.changeOptions)
                    .message
            }
            Output.note(
                "added the webhook \(name); \(file.map { "its secret is in \($0)" } ?? "this secret is not shown again")"
            )
        }
    }
}

struct WebhookList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the webhooks, what they have not got yet or have lost, and why one is disabled.")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var reply = Returns_V1_ListWebhooksReply()
            for try await page in RCPPages(.init(), of: session.client.webhooks.listWebhooks) {
                reply.webhooks += page.webhooks
                reply.unreadableNames += page.unreadableNames
                reply.newerNames += page.newerNames
                reply.unreadablePartitions = union(reply.unreadablePartitions, page.unreadablePartitions)
            }
            let rows = { WebhookTable.table(reply.webhooks).csv }
            try session.output.show(reply, items: reply.webhooks, rows: rows) {
                WebhookTable.text(reply.webhooks, $0)
            }
            guard session.output.format != .json else { return }
            Output.noteUnreadable(reply.unreadableNames, deleteWith: "webhook delete")
            Output.noteNewer(reply.newerNames)
            Output.noteUnreadable(partitions: reply.unreadablePartitions)
        }
    }
}

struct WebhookEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Go on with a disabled webhook where it stopped.")
    @Argument(help: "Which one.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would enable the webhook \(name)") }
            let reply = try await session.client.webhooks.enableWebhook(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { WebhookTable.text([reply.webhook], $0) }
            if let text = Self.lossText(reply) { Output.note(text) }
        }
    }

    static func lossText(_ reply: Returns_V1_EnableWebhookReply) -> String? {
        guard reply.lost else { return nil }
        let events = reply.hasLostEvents ? counted(reply.lostEvents, "event") : "events"
        return
            "\(events) lost, since they are no longer kept; its receiver is told. \(WebhookTable.resyncAdvice(reply.webhook))"
    }
}

struct WebhookDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Stop a webhook; events are not kept for it any longer than for others.")
    @Argument(help: "Which one.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would disable the webhook \(name)") }
            let reply = try await session.client.webhooks.disableWebhook(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { WebhookTable.text([reply.webhook], $0) }
        }
    }
}

struct WebhookResynced: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resynced",
        abstract: "Say that what a webhook has lost was read again.",
        discussion: """
            The log keeps events for a webhook up to a limit; where its receiver is away for longer, the webhook is behind. The \
            receiver gets a notice of what it has lost, and everything that is still kept. The same holds where the store itself was \
            set back (returnsd --accept-loss). Let it read again the cases \
            changed since the time that 'webhook list' names, then type the line that it prints. What is lost meanwhile stays.
            """)
    @Argument(help: "Which one.") var name: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What was lost by then, as 'webhook list' and the notices tell it.", valueName: "time"))
    var through: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_ConfirmResyncRequest.with { $0.name = name }
            request.throughMs = try TimeOption.parse(
                through, "--through", await session.serverNowMilliseconds())
            session.repetition.pin(
                ["--through", TimeOption.text(request.throughMs)], replacedOptions: ["--through"])
            guard !global.dryRun else {
                return Output.note(
                    "dry run: would confirm what was lost through \(TimeOption.text(request.throughMs))")
            }
            let reply = try await session.client.webhooks.confirmResync(
                request, options: session.changeOptions
            ).message
            try session.output.show(reply) { WebhookTable.text([reply.webhook], $0) }
            guard let text = Self.remainder(reply.webhook) else { return }
            // Scripts notice that there is more to read.
            Output.note(text)
            throw QuietExit(exit: .conflict)
        }
    }

    /// Nil when everything is confirmed.
    static func remainder(_ webhook: Returns_V1_Webhook) -> String? {
        guard webhook.hasLoss else { return nil }
        return
            "the webhook \(TextWidth.safe(webhook.name)) has lost more; \(WebhookTable.resyncAdvice(webhook))"
    }
}

struct WebhookDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Forget a webhook, its secret and its place.")
    @Argument(help: "Which one.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Confirmation.ask(
            "This forgets the webhook \(name), its secret and how far it has come.", global)
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would delete the webhook \(name)") }
            let reply = try await session.client.webhooks.deleteWebhook(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in "the webhook \(TextWidth.safe(name)) is gone" }
        }
    }
}

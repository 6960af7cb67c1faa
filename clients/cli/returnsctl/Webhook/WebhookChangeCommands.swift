import ArgumentParser
import RCP
import ReturnsAPI

struct WebhookUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a webhook in place: its address, its filter, its limits.",
        discussion: """
            What is not given stays as it is; so do its place, its secret and its deliveries. --type, --state and --channel take \
            the place of the whole filter, and --every-event takes it away. Events that it has passed over are not posted for it; \
            to post them, put it back: webhook redeliver NAME --since TIME.
            """)
    @Argument(help: "Which one.") var name: String
    @Option(
        help: ArgumentHelp(
            "Where to post to: https://…, or http:// to the server's own machine.", valueName: "url"))
    var url: String?
    @OptionGroup var filter: EventFilterOptions
    @Flag(help: "Post every event.") var everyEvent = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Disabled after so long without any success: 1s to 30d.", valueName: "duration"))
    var giveUpAfter: String?
    @Option(
        help: ArgumentHelp(
            "An event that has failed so often, while others were taken, is set aside.", valueName: "count"))
    var attemptsMax: UInt32?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !everyEvent || filter.isEmpty else {
            throw ValidationError("--every-event is no filter: leave out --type, --state and --channel")
        }
        guard url != nil || everyEvent || !filter.isEmpty || giveUpAfter != nil || attemptsMax != nil else {
            throw ValidationError(
                "say what to change: --url, --type, --state, --channel, --every-event, --give-up-after or --attempts-max"
            )
        }
        guard attemptsMax != 0 else { throw ValidationError("--attempts-max is 1 to 1000") }
    }

    func run() async throws {
        var request = Returns_V1_UpdateWebhookRequest.with { $0.name = name }
        if let url { request.url = url }
        if everyEvent || !filter.isEmpty { request.filter = filter.filter }
        if let giveUpAfter {
            request.giveUpAfterMs = try TimeOption.duration(giveUpAfter, "--give-up-after")
        }
        if let attemptsMax { request.attemptsMax = attemptsMax }
        try await global.withSession { [request] session in
            guard !global.dryRun else { return Output.note("dry run: would change the webhook \(name)") }
            let reply = try await session.client.webhooks.updateWebhook(
                request, options: session.changeOptions
            ).message
            try session.output.show(reply) { WebhookTable.text([reply.webhook], $0) }
            if reply.webhook.state == .disabled {
                Output.note("it is disabled; type: \(NextLine.returnsctl("webhook enable \(name)"))")
            }
        }
    }
}

struct WebhookRotateSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-secret", abstract: "Give a webhook another secret; it is shown this once.",
        discussion: """
            For the overlap each post is signed with both secrets, so that its receiver can take the new one over at any time of \
            it. With --save the secret goes into a file that only you can read, and is not shown.
            """)
    @Argument(help: "Which one.") var name: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "For how long the secret before counts as well, at most 30d; 24h unless given.",
            valueName: "duration"))
    var overlap: String?
    @Flag(help: "The secret before counts no more: for one that somebody else has seen.") var atOnce = false
    @Option(help: ArgumentHelp("File for the secret.", valueName: "file")) var save: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !atOnce || overlap == nil else {
            throw ValidationError("--at-once has no overlap: leave out --overlap")
        }
    }

    func run() async throws {
        var request = Returns_V1_RotateWebhookSecretRequest.with { $0.name = name }
        if let overlap { request.overlapMs = try TimeOption.duration(overlap, "--overlap") }
        if atOnce {
            request.overlapMs = 0
            try await Confirmation.ask(
                "From now on posts of the webhook \(name) are signed with a secret that its receiver does not have yet.",
                global)
        }
        try await global.withSession { [request] session in
            guard !global.dryRun else {
                return Output.note("dry run: would rotate the secret of the webhook \(name)")
            }
            let (reply, file) = try await SecretFile.handOver(
                save, session, of: "the secret was rotated", secret: \.secret
            ) {
                try await session.client.webhooks.rotateWebhookSecret(
                    request, options: session.changeOptions
                ).message
            }
            Output.note(
                "the webhook \(name) has another secret, \(file.map { "in \($0)" } ?? "which is not shown again")\(Self.text(reply))"
            )
        }
    }

    /// Until when the receiver has time.
    static func text(_ reply: Returns_V1_RotateWebhookSecretReply) -> String {
        let until = reply.webhook.oldSecretUntilMs
        return until == 0
            ? "; the one before counts no more"
            : "; the one before counts as well until \(TimeFormat.screen.text(milliseconds: until))"
    }
}

import ReturnsAPI

enum WebhookTable {
    static func text(_ webhooks: [Returns_V1_Webhook], _ style: Style) -> String {
        let behind = webhooks.filter(\.hasLoss).map { "\n\($0.name): \(resyncAdvice($0))" }
        let rotating = webhooks.filter { $0.oldSecretUntilMs > 0 }.map {
            "\n\($0.name): signed with the secret before as well until \(TimeFormat.screen.text(milliseconds: $0.oldSecretUntilMs))"
        }
        let filtered = webhooks.filter { $0.filter != .init() }.map {
            "\n\($0.name): events of \(TextWidth.safe($0.filter.words)) alone"
        }
        return table(webhooks).text(style) + (behind + rotating + filtered).joined()
    }

    static func table(_ webhooks: [Returns_V1_Webhook]) -> Table {
        var table = Table([
            .init("NAME"), .init("STATE"), .init("LAG", .right), .init("OLDEST", .right),
            .init("HELD", .right), .init("LOST", .right), .init("FAILURES", .right),
            .init("ASIDE", .right), .init("LAST SUCCESS"), .init("URL"),
        ])
        for webhook in webhooks {
            let isAlarm =
                webhook.state == .disabled || webhook.state == .behind
                || webhook.heldPercent >= heldPercentUrgent
            table.add(
                [
                    webhook.name,
                    word(webhook.state)
                        + (webhook.reason == .unspecified
                            ? "" : " (\(word(webhook.reason).replacing("_", with: " ")))"),
                    webhook.hasLag ? "\(webhook.lag)" : "?",
                    webhook.oldestAgeMs == 0 ? "-" : DurationFormat.text(milliseconds: webhook.oldestAgeMs),
                    held(webhook), lost(webhook), "\(webhook.consecutiveFailures)",
                    webhook.setAsideForgotten == 0
                        ? "\(webhook.setAside)" : "\(webhook.setAside) (+\(webhook.setAsideForgotten))",
                    webhook.lastSuccessMs == 0
                        ? "-" : TimeFormat.screen.text(milliseconds: webhook.lastSuccessMs),
                    webhook.url,
                ],
                tone: isAlarm
                    ? .alarm
                    : webhook.consecutiveFailures > 0 || webhook.heldPercent >= heldPercentWarned
                        ? .warning : .plain)
        }
        return table
    }

    /// As the server warns.
    private static let heldPercentWarned: UInt32 = 50
    private static let heldPercentUrgent: UInt32 = 80

    /// How much is used of what the log holds for it, and how long the rest lasts.
    private static func held(_ webhook: Returns_V1_Webhook) -> String {
        guard webhook.state != .disabled else { return "-" }
        let left =
            webhook.hasHeldLeftMs && webhook.heldPercent >= heldPercentWarned
            ? ", \(DurationFormat.text(milliseconds: webhook.heldLeftMs)) left" : ""
        return "\(webhook.heldPercent)%\(left)"
    }

    private static func lost(_ webhook: Returns_V1_Webhook) -> String {
        guard webhook.hasLoss else { return "-" }
        return webhook.loss.hasEvents ? "\(webhook.loss.events)" : "?"
    }

    static func resyncAdvice(_ webhook: Returns_V1_Webhook) -> String {
        let since =
            webhook.hasLoss ? TimeOption.text(webhook.loss.changedSinceMs) : "TIME"
        let seen =
            webhook.loss.storeSetBack
            ? "the store was set back: let its receiver read again every case that it was told of since \(since), and"
            : "let its receiver read again"
        let name = TextWidth.safe(webhook.name)
        return
            "\(seen) what '\(NextLine.returnsctl("case list --changed-since \(since)"))' lists\(confirmation(webhook, name))"
    }

    /// The time of a loss stands in the line, so that what is lost between reading and typing stays.
    private static func confirmation(_ webhook: Returns_V1_Webhook, _ name: String) -> String {
        if webhook.loss.lastMs > 0 {
            return
                ", then type: "
                + NextLine.returnsctl(
                    "webhook resynced \(name) --through \(TimeOption.text(webhook.loss.lastMs))")
        }
        // What a disabled one loses is noted by enabling it alone.
        return webhook.state == .disabled
            ? "; type first: \(NextLine.returnsctl("webhook enable \(name)")); it says what to type then"
            : "; '\(NextLine.returnsctl("webhook list"))' says in some minutes what to type then"
    }

    static func table(_ deliveries: [Returns_V1_WebhookDelivery]) -> Table {
        var table = Table([
            .init("TIME"), .init("EVENT"), .init("TYPE"), .init("ATTEMPT", .right), .init("ANSWER"),
            .init("TOOK", .right), .init("RESULT"),
        ])
        for delivery in deliveries {
            let result = delivery.delivered ? "delivered" : delivery.setAside ? "set aside" : "failed"
            table.add(
                [
                    TimeFormat.screen.text(milliseconds: delivery.atMs), delivery.eventID,
                    word(delivery.type),
                    delivery.attempt == 0 ? "asked" : "\(delivery.attempt)", answer(delivery),
                    "\(delivery.durationMs) ms", result,
                ], tone: delivery.delivered ? .plain : delivery.setAside ? .alarm : .warning)
        }
        return table
    }

    /// - Throws: when the receiver has not taken it, so that scripts notice.
    static func check(_ delivery: Returns_V1_WebhookDelivery) throws {
        guard !delivery.delivered else { return }
        Output.note("the receiver has not taken it: \(sentence(delivery))")
        throw QuietExit(exit: .failed)
    }

    /// For those who have just asked for a post, and can do something about it.
    private static func sentence(_ delivery: Returns_V1_WebhookDelivery) -> String {
        switch (delivery.httpStatus, delivery.error) {
        case (300..<400, _):
            "it answered \(delivery.httpStatus); redirects are not followed, so give the address that it names"
        case (1..., _): "it answered \(delivery.httpStatus)"
        case (_, .resolve): "the server finds no address for its host name"
        case (_, .connect): "nobody listens there, or something in between lets nothing through"
        case (_, .tls):
            """
            its certificate is for another name, has expired, or is of an authority that the server does not know \
            (returnsd --webhook-ca)
            """
        case (_, .timeout): "it did not answer in time"
        case (_, .closed): "it closed the connection without an answer"
        case (_, .stopped): "the server is being stopped; try again"
        case (_, .failed): "the post could not be made"
        default: "the server does not say why (\(word(delivery.error)))"
        }
    }

    private static func answer(_ delivery: Returns_V1_WebhookDelivery) -> String {
        delivery.httpStatus == 0 ? word(delivery.error) : "\(delivery.httpStatus)"
    }
}

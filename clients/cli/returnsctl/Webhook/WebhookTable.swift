import ReturnsWire

enum WebhookTable {
    static func text(_ webhooks: [Returns_V1_Webhook], _ style: Style) -> String {
        var table = Table([
            .init("NAME"), .init("STATE"), .init("LAG", .right), .init("BEHIND", .right),
            .init("FAILURES", .right), .init("ASIDE", .right), .init("LAST SUCCESS"), .init("URL"),
        ])
        for webhook in webhooks {
            let isDisabled = webhook.state == .disabled
            table.add(
                [
                    webhook.name,
                    word(webhook.state)
                        + (webhook.reason.isEmpty
                            ? "" : " (\(webhook.reason.replacing("_", with: " ")))"),
                    webhook.hasLag ? "\(webhook.lag)" : "?",
                    webhook.oldestAgeMs == 0 ? "-" : DurationFormat.text(milliseconds: webhook.oldestAgeMs),
                    "\(webhook.consecutiveFailures)", "\(webhook.setAside)",
                    webhook.lastSuccessMs == 0
                        ? "-" : TimeFormat.local.text(milliseconds: webhook.lastSuccessMs),
                    webhook.url,
                ],
                tone: isDisabled ? .alarm : webhook.consecutiveFailures > 0 ? .warning : .plain)
        }
        return table.text(style)
    }

    static func text(_ deliveries: [Returns_V1_WebhookDelivery], _ style: Style) -> String {
        var table = Table([
            .init("TIME"), .init("EVENT"), .init("TYPE"), .init("ATTEMPT", .right), .init("ANSWER"),
            .init("TOOK", .right), .init("RESULT"),
        ])
        for delivery in deliveries {
            let result = delivery.delivered ? "delivered" : delivery.setAside ? "set aside" : "failed"
            table.add(
                [
                    TimeFormat.local.text(milliseconds: delivery.atMs), delivery.eventID, delivery.type,
                    delivery.attempt == 0 ? "asked" : "\(delivery.attempt)", answer(delivery),
                    "\(delivery.durationMs) ms", result,
                ], tone: delivery.delivered ? .plain : delivery.setAside ? .alarm : .warning)
        }
        return table.text(style)
    }

    /// - Throws: when the receiver has not taken it, so that scripts notice.
    static func check(_ delivery: Returns_V1_WebhookDelivery) throws {
        guard !delivery.delivered else { return }
        Output.note("the receiver has not taken it: \(TextWidth.safe(answer(delivery)))")
        throw QuietExit(exit: .failed)
    }

    private static func answer(_ delivery: Returns_V1_WebhookDelivery) -> String {
        delivery.httpStatus == 0 ? delivery.error : "\(delivery.httpStatus)"
    }
}

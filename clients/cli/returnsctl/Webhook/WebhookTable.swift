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
        Output.note("the receiver has not taken it: \(sentence(delivery))")
        throw QuietExit(exit: .failed)
    }

    /// For those who have just asked for a post, and can do something about it.
    private static func sentence(_ delivery: Returns_V1_WebhookDelivery) -> String {
        switch (delivery.httpStatus, delivery.error) {
        case (300..<400, _):
            "it answered \(delivery.httpStatus); redirects are not followed, so give the address that it names"
        case (1..., _): "it answered \(delivery.httpStatus)"
        case (_, "resolve"): "the server finds no address for its host name"
        case (_, "connect"): "nobody listens there, or something in between lets nothing through"
        case (_, "tls"):
            """
            its certificate is for another name, has expired, or is of an authority that the server does not know \
            (returnsd --webhook-ca)
            """
        case (_, "timeout"): "it did not answer in time"
        case (_, "closed"): "it closed the connection without an answer"
        case (_, "stopped"): "the server is being stopped; try again"
        case (_, "failed"): "the post could not be made"
        default: TextWidth.safe(delivery.error)
        }
    }

    private static func answer(_ delivery: Returns_V1_WebhookDelivery) -> String {
        delivery.httpStatus == 0 ? delivery.error : "\(delivery.httpStatus)"
    }
}

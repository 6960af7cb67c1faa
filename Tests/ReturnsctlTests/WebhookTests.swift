import ArgumentParser
import ReturnsAPI
import Testing

@testable import returnsctl

@Suite("Webhook commands")
struct WebhookCommandTests {
    private func parse<Command>(_ line: String, as type: Command.Type = Command.self) throws -> Command {
        let command = try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
        return try #require(command as? Command)
    }

    @Test("what a webhook is created with")
    func create() throws {
        let command: WebhookCreate = try parse(
            "webhook create erp --url https://e.example/in --type Refund-Succeeded --channel shop --from -2h --give-up-after 3d --attempts-max 7 --save f"
        )
        #expect(command.name == "erp" && command.url == "https://e.example/in" && command.save == "f")
        #expect(command.filter.filter.types == [.refundSucceeded] && command.from == "-2h")
        #expect(command.giveUpAfter == "3d" && command.attemptsMax == 7)
        #expect(throws: (any Error).self) { try parse("webhook create erp", as: WebhookCreate.self) }
    }

    @Test("one event or all since a time, not both and not none")
    func redeliver() throws {
        #expect(
            try parse("webhook redeliver erp --event p03-1-0", as: WebhookRedeliver.self).event == "p03-1-0")
        #expect(try parse("webhook redeliver erp --since -2h", as: WebhookRedeliver.self).since == "-2h")
        for line in ["webhook redeliver erp", "webhook redeliver erp --event p03-1-0 --since -2h"] {
            #expect(throws: (any Error).self) { try parse(line, as: WebhookRedeliver.self) }
        }
    }

    @Test("how webhooks fare, in a table that no terminal obeys")
    func table() {
        let text = WebhookTable.text(
            [
                .with {
                    $0.name = "erp"
                    $0.url = "https://e.example/\u{1B}[31m"
                    $0.state = .disabled
                    $0.reason = .noSuccess
                    $0.lag = 12
                    $0.oldestAgeMs = 90_000
                    $0.consecutiveFailures = 7
                },
                .with {
                    $0.name = "crm"
                    $0.state = .enabled
                },
            ], .plain)
        #expect(text.contains("disabled (no success)") && text.contains("1m 30s") && text.contains("12"))
        #expect(text.contains("?") && !text.contains("\u{1B}"))
        #expect(!text.contains("events of"))
    }

    @Test("what a filter lets through is shown, so that a typing error is seen")
    func filtered() {
        let webhook = Returns_V1_Webhook.with {
            $0.name = "erp"
            $0.filter.types = [.refundSucceeded]
            $0.filter.saleChannels = ["onlien"]
        }
        #expect(
            WebhookTable.text([webhook], .plain).hasSuffix("erp: events of refund_succeeded, onlien alone"))
    }

    @Test("a webhook that is behind, and one that is about to be")
    func behind() {
        let text = WebhookTable.text(
            [
                .with {
                    $0.name = "erp"
                    $0.state = .behind
                    $0.loss = .with {
                        $0.events = 4_711
                        $0.lastMs = 1_764_073_200_456
                        $0.changedSinceMs = 1_764_073_190_123
                    }
                    $0.setAside = 1_000
                    $0.setAsideForgotten = 12
                },
                .with {
                    $0.name = "crm"
                    $0.state = .enabled
                    $0.heldPercent = 62
                    $0.heldLeftMs = 5_400_000
                },
            ], .plain)
        let line = "webhook resynced erp --through 2025-11-25T12:20:00.456Z"
        for word in ["behind", "4711", "62%, 1h 30m left", "1000 (+12)", line] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(text.contains("--changed-since 2025-11-25T12:19:50.123Z"))
        #expect(!text.contains("resynced crm"))
    }

    @Test("what is confirmed as read again")
    func resynced() throws {
        let command: WebhookResynced = try parse("webhook resynced erp --through -2h")
        #expect(command.name == "erp" && command.through == "-2h")
        // Without a time it would confirm what nobody has read about.
        #expect(throws: (any Error).self) {
            try parse("webhook resynced erp", as: WebhookResynced.self)
        }
        let lossOf: (Int64) -> Returns_V1_Webhook = { milliseconds in
            .with {
                $0.name = "erp"
                $0.loss.lastMs = milliseconds
            }
        }
        let text = try #require(WebhookResynced.remainder(lossOf(1_764_073_200_456)))
        #expect(text.hasSuffix("returnsctl webhook resynced erp --through 2025-11-25T12:20:00.456Z"))
        #expect(WebhookResynced.remainder(Returns_V1_Webhook()) == nil)
    }

    @Test("what a disabled webhook has lost is noted by enabling it, so that comes first")
    func enabledFirst() {
        var webhook = Returns_V1_Webhook.with {
            $0.name = "erp"
            $0.state = .disabled
            $0.loss.storeSetBack = true
        }
        let first = "type first: returnsctl webhook enable erp;"
        #expect(WebhookTable.text([webhook], .plain).contains(first))
        webhook.loss.lastMs = 1
        let then = "then type: returnsctl webhook resynced erp --through 1970-01-01T00:00:00.001Z"
        #expect(WebhookTable.resyncAdvice(webhook).hasSuffix(then))
        webhook.loss.lastMs = 0
        webhook.state = .behind
        #expect(WebhookTable.resyncAdvice(webhook).contains("says in some minutes"))
    }

    @Test("what an attempt came to")
    func deliveries() throws {
        let taken = Returns_V1_WebhookDelivery.with {
            $0.eventID = "p03-1-0"
            $0.type = .noted
            $0.attempt = 2
            $0.httpStatus = 204
            $0.durationMs = 12
            $0.delivered = true
        }
        let failed = Returns_V1_WebhookDelivery.with {
            $0.eventID = "ping-1"
            $0.type = .ping
            $0.error = .timeout
        }
        let text = WebhookTable.table([taken, failed]).text(.plain)
        for word in ["204", "12 ms", "delivered", "asked", "timeout", "failed"] {
            #expect(text.contains(word))
        }
        try WebhookTable.check(taken)
        #expect(throws: QuietExit.self) { try WebhookTable.check(failed) }
    }

    @Test("what was lost while a webhook was disabled")
    func loss() {
        var reply = Returns_V1_EnableWebhookReply()
        #expect(WebhookEnable.lossText(reply) == nil)
        reply.lost = true
        #expect(WebhookEnable.lossText(reply)?.hasPrefix("events lost") == true)
        reply.lostEvents = 1
        #expect(WebhookEnable.lossText(reply)?.hasPrefix("1 event lost") == true)
    }
}

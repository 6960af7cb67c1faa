import ArgumentParser
import MoneyFormat
import ReturnsAPI

struct OrderPayments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payments", abstract: "The payments that refunds of an order go to.",
        subcommands: [OrderPaymentsChange.self])
}

struct OrderPaymentsChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Give an order with cases another set of payments; a supervisor's.",
        discussion: """
            Name all payments as they are to be, in the order in which refunds go to them; together they are what lines \
            and shipping cost. A known payment keeps its method unless one is given. A payment that a refund was started \
            to stays, with at least what went to it. Example: \
            --payment card-1=20.00 --payment card-2=card:40.00 --reason "card closed"
            """)
    @Argument(help: ArgumentHelp("Order, as CHANNEL/NUMBER or by its number.", valueName: "order"))
    var orderNo: String
    @OptionGroup var channel: ChannelOption
    @Option(
        name: .customLong("payment"),
        help: ArgumentHelp(
            "A payment: card, bank_transfer, wallet, gift_card, cash or other, and its amount; repeatable.",
            valueName: "reference=method:amount"))
    var payments: [String]
    @Option(help: "Why. The order and each of its cases tell it.") var reason: String
    @Option(help: ArgumentHelp("Refuse unless the order is at this version.", valueName: "version"))
    var expectedVersion: UInt64 = 0
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let key = OrderName.key(orderNo, channel: channel.given)
            // Only the order knows its currency, and how its payments are made.
            let current = try await session.client.orders.getOrder(.with { $0.key = key }).message
            var request = Returns_V1_ChangePaymentsRequest.with {
                $0.key = key
                $0.expectedVersion = expectedVersion
                $0.reason = reason
                $0.dryRun = global.dryRun
            }
            request.payments = try payments.map {
                try PaymentSpec.parse($0, currency: current.order.currency, known: current.order.payments)
            }
            if Confirmation.isNeeded(global) {
                // The answer is given to what was seen: another version is another question.
                if request.expectedVersion == 0 {
                    request.expectedVersion = current.order.version
                    session.repetition.pin(["--expected-version", "\(current.order.version)"])
                }
                // Nobody is asked about a change that is refused.
                if session.options.requestID == nil {
                    var trial = request
                    trial.dryRun = true
                    _ = try await session.client.orders.changePayments(trial)
                }
                try await Confirmation.ask(Self.question(request, current), global)
            }
            let reply = try await session.client.orders.changePayments(
                request, options: session.changeOptions)
            try session.output.show(reply.message) { style in
                PaymentsReport(
                    reply: reply.message, replayed: reply.replayed, isDryRun: global.dryRun
                ).text(style)
            }
        }
    }

    static func question(
        _ request: Returns_V1_ChangePaymentsRequest, _ current: Returns_V1_GetOrderReply
    ) -> String {
        func list(_ payments: [Returns_V1_Payment]) -> String {
            payments.map {
                "\($0.reference) \(word($0.method)) \(MoneyFormat.text($0.amountMinor, current.order.currency))"
            }.joined(separator: ", ")
        }
        let name = "\(request.key.saleChannel)/\(request.key.orderNo)"
        return
            "This changes where refunds of order \(name) go, from \(list(current.order.payments)) "
            + "to \(list(request.payments)); the order and \(current.caseIds.count) of its cases tell it."
    }
}

/// "card-2=card:40.00", or "card-1=20.00" for a payment that is known.
enum PaymentSpec {
    static func parse(
        _ text: String, currency: String, known: [Returns_V1_Payment]
    ) throws -> Returns_V1_Payment {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
            throw CommandFailure.usage("--payment \(text) lacks '=': write REFERENCE=METHOD:12.34")
        }
        let reference = String(text[..<equals])
        let parts = text[text.index(after: equals)...].split(separator: ":", maxSplits: 1).map(String.init)
        guard let amount = parts.last else {
            throw CommandFailure.usage("--payment \(text) lacks an amount: write REFERENCE=METHOD:12.34")
        }
        var payment = Returns_V1_Payment()
        payment.reference = reference
        payment.amountMinor = try MoneyFormat.parse(amount, currency)
        if parts.count == 2 {
            guard let method = value(ofWord: parts[0], as: Returns_V1_PaymentMethod.self),
                method != .unspecified
            else {
                throw CommandFailure.usage(
                    "--payment \(text): '\(parts[0])' is not one of card, bank_transfer, wallet, gift_card, cash, other"
                )
            }
            payment.method = method
        } else if let found = known.first(where: { $0.reference == reference }) {
            payment.method = found.method
        } else {
            throw CommandFailure.usage(
                "--payment \(text): the order has no payment \(reference) yet, so say how it is made: \(reference)=card:\(amount)"
            )
        }
        return payment
    }
}

/// What a change of payments did.
struct PaymentsReport {
    var reply: Returns_V1_ChangePaymentsReply
    var replayed: Bool
    var isDryRun: Bool

    func text(_ style: Style) -> String {
        let order = reply.order
        var lines: [String] = []
        if isDryRun { lines.append(style.yellow("dry run: nothing was changed; this is what would be")) }
        if replayed {
            lines.append(style.yellow("done already: before, or by this line if its first answer was lost"))
        }
        lines.append(
            "\(style.bold("order \(order.key.saleChannel)/\(order.key.orderNo)"))  version \(order.version)")
        lines.append(
            "  \(word(reply.entry.kind).replacing("_", with: " ")): \(TextWidth.safe(TimeFormat.screen.restated(reply.entry.text)))"
        )
        lines.append(OrderDetail.paymentsTable(order, style))
        if !isDryRun, !reply.untoldCaseIds.isEmpty {
            lines.append(
                "\(reply.untoldCaseIds.count) cases tell it as soon as the server has come to them: "
                    + TextWidth.safe(reply.untoldCaseIds.prefix(10).joined(separator: ", ")))
        }
        return lines.joined(separator: "\n")
    }
}

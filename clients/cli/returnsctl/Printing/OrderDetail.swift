import MoneyFormat
import ReturnsAPI

/// An order with its ledgers. "Granted" are units that money is owed for or was refunded for; "in refund" is what was refunded,
/// or is on its way.
struct OrderDetail {
    var reply: Returns_V1_GetOrderReply
    var times = TimeFormat.screen

    func text(_ style: Style) -> String {
        let order = reply.order
        var lines = [
            "\(style.bold("order \(order.key.saleChannel)/\(order.key.orderNo)"))  \(word(order.status))"
                + "  version \(order.version)",
            "  placed \(times.text(milliseconds: order.placedAtMs))"
                + (order.hasDeliveredAtMs
                    ? ", delivered \(times.text(milliseconds: order.deliveredAtMs))" : ", not delivered yet")
                + ", customer \(TextWidth.safe(order.customerID)), \(TextWidth.safe(order.country))",
        ]
        if !order.timeZone.isEmpty {
            lines.append("  return windows in days of \(TextWidth.safe(order.timeZone))")
        }
        if order.shippingPaidMinor > 0 {
            lines.append(
                "  shipping \(MoneyFormat.text(order.shippingPaidMinor, order.currency)), in refund "
                    + MoneyFormat.text(order.shippingCommittedMinor, order.currency)
                    + (order.shippingDueMinor > 0
                        ? ", due again " + MoneyFormat.text(order.shippingDueMinor, order.currency) : ""))
        }
        lines += ["", linesTable(order, style)] + promisedLines(order)
        lines += ["", Self.paymentsTable(order, style), ""]
        if order.outstandingMinor > 0 {
            lines.append(
                "outstanding: \(MoneyFormat.text(order.outstandingMinor, order.currency)), paid in part")
        }
        if order.otherMethodCommittedMinor > 0 {
            lines.append(
                "in refund by another method: "
                    + MoneyFormat.text(order.otherMethodCommittedMinor, order.currency))
        }
        if order.overpaidMinor > 0 {
            lines.append(
                style.red(
                    "overpaid: \(MoneyFormat.text(order.overpaidMinor, order.currency)) more than was owed went out; recover it"
                ))
        }
        for line in order.lines where line.exchangeDifferencesMinor != 0 {
            let paid = line.exchangeDifferencesMinor
            let amount = MoneyFormat.text(paid > 0 ? paid : 0 &- paid, order.currency)
            let how = paid > 0 ? "paid by customers" : "paid back"
            lines.append(
                "line \(TextWidth.safe(line.lineID)): \(amount) \(how) outside the payments, as price differences of exchanges"
            )
        }
        for entry in reply.timeline { lines += entryLines(entry, style) }
        lines.append(
            reply.caseIds.isEmpty
                ? "no return case"
                    + (order.hasExpiresAtMs
                        ? "; kept until \(times.text(milliseconds: order.expiresAtMs)) unless pushed again"
                        : "") : "return cases: \(TextWidth.safe(reply.caseIds.joined(separator: ", ")))")
        return lines.joined(separator: "\n")
    }

    private func linesTable(_ order: Returns_V1_Order, _ style: Style) -> String {
        var table = Table([
            .init("LINE", .right), .init("SKU"), .init("NAME"), .init("BOUGHT", .right),
            .init("UNIT PRICE", .right),
            .init("PAID", .right), .init("IN RETURN", .right), .init("GRANTED", .right),
            .init("IN REFUND", .right),
        ])
        for line in order.lines {
            let (product, overflows) = line.quantity.multipliedReportingOverflow(by: line.unitPriceMinor)
            let paid = line.hasPaidMinor ? line.paidMinor : overflows ? 0 : product
            table.add([
                line.lineID, line.sku, line.name, "\(line.quantity)",
                MoneyFormat.number(line.unitPriceMinor, order.currency),
                MoneyFormat.number(paid, order.currency),
                "\(line.reservedUnits)", "\(line.refundableUnits)",
                MoneyFormat.number(line.committedMinor, order.currency),
            ])
        }
        return table.text(style)
    }

    /// What is known of lines beside their amounts.
    private func promisedLines(_ order: Returns_V1_Order) -> [String] {
        order.lines.filter { !$0.category.isEmpty || $0.hasReturnDays }.map { line in
            let category = line.category.isEmpty ? [] : ["category \(line.category)"]
            let promise =
                !line.hasReturnDays
                ? []
                : [
                    line.returnDays == 0
                        ? "promised as not returnable" : "promised as returnable for \(line.returnDays) days"
                ]
            return "  line \(TextWidth.safe(line.lineID)): "
                + TextWidth.safe((category + promise).joined(separator: ", "))
        }
    }

    private func entryLines(_ entry: Returns_V1_OrderTimelineEntry, _ style: Style) -> [String] {
        let quotes = entry.reason.isEmpty ? [] : ["“\(TextWidth.safe(entry.reason))”"]
        return [
            "\(times.text(milliseconds: entry.atMs))  \(entry.actor.text): \(word(entry.kind).replacing("_", with: " "))"
                + "  version \(entry.orderVersion)",
            "  \(TextWidth.safe(times.restated(entry.text)))",
        ] + (quotes + entry.withheld.map { "(\($0.text))" }).map { style.dim("  \($0)") }
    }

    static func paymentsTable(_ order: Returns_V1_Order, _ style: Style) -> String {
        var table = Table([
            .init("PAYMENT"), .init("METHOD"), .init("AMOUNT", .right), .init("IN REFUND", .right),
        ])
        for payment in order.payments {
            table.add([
                payment.reference, word(payment.method),
                MoneyFormat.text(payment.amountMinor, order.currency),
                MoneyFormat.text(payment.committedMinor, order.currency)
                    + (payment.overpaidMinor > 0
                        ? " and \(MoneyFormat.text(payment.overpaidMinor, order.currency)) beyond" : ""),
            ])
        }
        return table.text(style)
    }
}

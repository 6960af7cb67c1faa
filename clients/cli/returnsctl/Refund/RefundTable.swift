import MoneyFormat
import ReturnsAPI

/// Refunds in rows, and what they come to.
enum RefundTable {
    static func text(
        _ reply: Returns_V1_ListRefundsReply, times: TimeFormat = .screen, _ style: Style
    ) -> String {
        guard !reply.refunds.isEmpty || !reply.totals.isEmpty else {
            let isAll = reply.unreadableCaseIds.isEmpty && reply.newerCaseIds.isEmpty
            return isAll ? style.green("no refund is due") : "nothing can be shown"
        }
        var table = Table([
            .init("DUE AT"), .init("STANDING"), .init("AMOUNT", .right), .init("CASE"), .init("ORDER"),
            .init("REFUND"), .init("TO"), .init("STATE"),
        ])
        for refund in reply.refunds {
            let isLate = refund.hasDueAtMs && !refund.paused && refund.dueAtMs <= reply.nowMs
            table.add(
                [
                    dueText(refund, times), word(refund.standing),
                    MoneyFormat.text(refund.amountMinor, refund.currency), refund.caseID,
                    "\(refund.order.saleChannel)/\(refund.order.orderNo)",
                    refund.refundID.isEmpty ? "-" : refund.refundID, target(refund), word(refund.state),
                ],
                tone: isLate
                    ? .alarm
                    : refund.standing == .failed || refund.standing == .unknown
                        ? .warning : .plain)
        }
        var sums = Table([
            .init("CURRENCY"), .init("STANDING"), .init("REFUNDS", .right), .init("AMOUNT", .right),
        ])
        for total in reply.totals {
            sums.add([
                total.currency, word(total.standing), "\(total.refunds)",
                MoneyFormat.number(total.amountMinor, total.currency),
            ])
        }
        let all = reply.totals.reduce(0) { $0 + $1.refunds }
        let shown =
            all > UInt64(reply.refunds.count)
            ? "\(reply.refunds.count) of \(counted(all, "refund")) shown; the sums are of all of them"
            : counted(all, "refund")
        let cut =
            reply.incomplete
            ? [style.red("there are more: list them by channel, currency or time, to have true sums")] : []
        return ([table.text(style), "", sums.text(style), shown] + cut).joined(separator: "\n")
    }

    static func csv(_ reply: Returns_V1_ListRefundsReply, times: TimeFormat = .screen) -> CSVRows {
        var rows = CSVRows([
            "due_at", "standing", "amount", "currency", "shipping", "case", "order", "refund", "payments",
            "other_method", "not_placed", "started_at", "attempts", "paused", "state",
        ])
        for refund in reply.refunds {
            rows.add([
                .time(refund.dueAtMs, times), .text(word(refund.standing)),
                .money(refund.amountMinor, refund.currency), .text(refund.currency),
                .money(refund.shippingMinor, refund.currency), .text(refund.caseID),
                .text("\(refund.order.saleChannel)/\(refund.order.orderNo)"), .text(refund.refundID),
                .text(
                    refund.payments.map {
                        "\($0.reference)=\(MoneyFormat.number($0.amountMinor, refund.currency))"
                    }.joined(separator: " ")),
                .text(refund.otherMethod), .money(refund.unplacedMinor, refund.currency),
                .time(refund.startedAtMs, times), .count(refund.attempts),
                .text(refund.paused ? "yes" : ""), .text(word(refund.state)),
            ])
        }
        return rows
    }

    private static func dueText(_ refund: Returns_V1_DueRefund, _ times: TimeFormat) -> String {
        guard refund.hasDueAtMs else { return "-" }
        return times.text(milliseconds: refund.dueAtMs) + (refund.paused ? " (paused)" : "")
    }

    private static func target(_ refund: Returns_V1_DueRefund) -> String {
        var parts = refund.payments.map { share in
            refund.payments.count == 1 && refund.unplacedMinor == 0
                ? share.reference
                : "\(share.reference) \(MoneyFormat.number(share.amountMinor, refund.currency))"
        }
        if !refund.otherMethod.isEmpty { parts.append(refund.otherMethod) }
        if refund.unplacedMinor > 0 {
            parts.append("another method \(MoneyFormat.number(refund.unplacedMinor, refund.currency))")
        }
        return parts.isEmpty ? "-" : parts.joined(separator: " + ")
    }
}

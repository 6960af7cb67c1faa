import ArgumentParser
import Foundation
import MoneyFormat
import ReturnsAPI

struct AdminVerifyMoney: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "verify-money",
        abstract:
            "Prove for each order and payment that paid = kept + refunded + in flight; exit status 1 if anything differs.",
        discussion:
            "What the orders' ledgers say is compared with what the cases' lines and refunds come to, order by order, over the whole store. Nothing is changed. It may run while the server works, and leaves other calls the first place."
    )
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let whole = try await session.client.admin.verifyMoney(.init()) { replies in
                var whole = Returns_V1_VerifyMoneyReply()
                for try await reply in replies {
                    whole.add(reply)
                    Self.show(whole.donePermille)
                }
                return whole
            }.message
            Output.note(ImportProgress.clearLine, newline: false)
            guard whole.done else {
                throw CommandFailure(
                    .failed, "the server ended before all was looked at; type the same line again")
            }
            try session.output.show(
                whole, items: whole.findings, rows: { Self.rows(whole.findings) }
            ) { Self.text(whole, $0) }
            if whole.problems > 0 { throw QuietExit(exit: .failed) }
        }
    }

    private static func show(_ permille: UInt32) {
        guard ImportProgress.isShown else { return }
        Output.note("\(ImportProgress.clearLine)\(permille / 10) % looked at", newline: false)
    }
}

extension Returns_V1_VerifyMoneyReply {
    /// The counts of the last message, and the findings of all.
    mutating func add(_ more: Returns_V1_VerifyMoneyReply) {
        let known = findings
        self = more
        findings = known + more.findings
    }
}

extension AdminVerifyMoney {
    static func text(_ reply: Returns_V1_VerifyMoneyReply, _ style: Style) -> String {
        var lines: [String] = []
        if !reply.findings.isEmpty {
            var table = Table([
                .init("PROBLEM"), .init("ORDER"), .init("CASE"), .init("OF"), .init("RECORDED", .right),
                .init("PROVED", .right), .init("WHAT"),
            ])
            for finding in reply.findings {
                table.add([
                    word(finding.problem), order(finding), finding.caseID.isEmpty ? "-" : finding.caseID,
                    finding.subject.isEmpty ? "-" : finding.subject,
                    finding.hasRecorded ? amount(finding.recorded, finding) : "-",
                    finding.hasProved ? amount(finding.proved, finding) : "-", finding.text,
                ])
            }
            lines.append(table.text(style))
            let rest = reply.problems - min(reply.problems, UInt64(reply.findings.count))
            if rest > 0 { lines.append("… and \(rest) more") }
        }
        if !reply.totals.isEmpty {
            var table = Table([
                .init("CURRENCY"), .init("ORDERS", .right), .init("PAID", .right), .init("KEPT", .right),
                .init("REFUNDED", .right), .init("IN FLIGHT", .right), .init("BEYOND", .right),
            ])
            for total in reply.totals {
                table.add(
                    [total.currency, "\(total.orders)"]
                        + total.figures.map { MoneyFormat.number($0, total.currency) })
            }
            lines.append(table.text(style))
        }
        lines += overpaid(reply, style)
        let looked =
            "\(counted(reply.orders, "order")), \(counted(reply.cases, "case")), \(counted(reply.payments, "payment")), \(counted(reply.refunds, "refund"))"
        guard reply.problems > 0 else {
            return (lines + ["\(looked): \(style.green("paid = kept + refunded + in flight"))"]).joined(
                separator: "\n")
        }
        lines.append("\(looked): \(style.red(counted(reply.problems, "difference")))")
        if reply.findings.contains(where: { $0.problem == .newer }) {
            lines.append("records of a newer returnsd were not looked at: ask a server of that build")
        }
        lines.append("nothing was changed: see RUNBOOK.md, \"Money that does not add up\"")
        return lines.joined(separator: "\n")
    }

    /// Whose money is beyond what was owed: it adds up, and somebody has to recover it.
    private static func overpaid(_ reply: Returns_V1_VerifyMoneyReply, _ style: Style) -> [String] {
        guard !reply.overpaid.isEmpty else { return [] }
        var table = Table([.init("ORDER"), .init("BEYOND", .right), .init("CASES")])
        for order in reply.overpaid {
            table.add(
                [
                    "\(order.order.saleChannel)/\(order.order.orderNo)",
                    MoneyFormat.text(order.overpaidMinor, order.currency),
                    order.caseIds.joined(separator: ", "),
                ], tone: .warning)
        }
        let rest = reply.overpaidOrders - min(reply.overpaidOrders, UInt64(reply.overpaid.count))
        return ["went out beyond what was owed, and is to be recovered:", table.text(style)]
            + (rest > 0 ? ["… and \(counted(rest, "more order"))"] : [])
    }

    static func rows(_ findings: [Returns_V1_MoneyFinding]) -> CSVRows {
        var rows = CSVRows([
            "problem", "order", "case", "of", "recorded", "proved", "currency", "what",
        ])
        for finding in findings {
            rows.add([
                .text(word(finding.problem)), .text(finding.hasOrder ? order(finding) : ""),
                .text(finding.caseID), .text(finding.subject),
                finding.hasRecorded ? cell(finding.recorded, finding) : "",
                finding.hasProved ? cell(finding.proved, finding) : "",
                .text(isMoney(finding) ? finding.currency : ""), .text(finding.text),
            ])
        }
        return rows
    }

    private static func order(_ finding: Returns_V1_MoneyFinding) -> String {
        finding.hasOrder ? "\(finding.order.saleChannel)/\(finding.order.orderNo)" : "-"
    }

    /// Units are no money.
    private static func isMoney(_ finding: Returns_V1_MoneyFinding) -> Bool {
        !finding.currency.isEmpty && finding.problem != .lineUnits
    }

    private static func amount(_ number: Int64, _ finding: Returns_V1_MoneyFinding) -> String {
        isMoney(finding) ? MoneyFormat.text(number, finding.currency) : "\(number)"
    }

    private static func cell(_ number: Int64, _ finding: Returns_V1_MoneyFinding) -> CSVRows.Cell {
        isMoney(finding) ? .money(number, finding.currency) : .count(number)
    }
}

extension Returns_V1_MoneyTotal {
    fileprivate var figures: [Int64] { [paidMinor, keptMinor, refundedMinor, inFlightMinor, overpaidMinor] }
}

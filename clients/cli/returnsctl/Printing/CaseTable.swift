import MoneyFormat
import ReturnsAPI

/// Cases in rows.
enum CaseTable {
    static func text(_ cases: [Returns_V1_Case], now: Int64, times: TimeFormat = .screen, _ style: Style)
        -> String
    {
        if cases.isEmpty { return "no case" }
        var table = Table([
            .init("CASE"), .init("ORDER"), .init("CUSTOMER"), .init("GOODS"), .init("STATE"), .init("OWED"),
            .init("AMOUNT DUE", .right), .init("DUE"), .init("NOTES", .right), .init("CHANGED"),
        ])
        for value in cases {
            let clock = value.mostUrgentClock
            let isLate = clock?.isLate(now: now) ?? false
            table.add(
                [
                    value.id, value.orderName, value.customerID, goods(value), word(value.state),
                    value.tracksText,
                    value.dueMinor > 0 ? MoneyFormat.text(value.dueMinor, value.currency) : "",
                    clock.map { "\($0.name) \($0.dueText(now: now))" } ?? "",
                    value.notes > 0 ? "\(value.notes)" : "",
                    times.text(milliseconds: value.updatedAtMs),
                ],
                tone: isLate ? .alarm : .plain)
        }
        return table.text(style)
    }

    private static let goodsShownMax = 2

    /// "MUG-1 ×2, CUP, 3 more"
    private static func goods(_ value: Returns_V1_Case) -> String {
        var parts = value.lines.prefix(goodsShownMax).map { line in
            line.units.requested == 1 ? line.sku : "\(line.sku) ×\(line.units.requested)"
        }
        let more = value.lines.count - parts.count
        if more > 0 { parts.append("\(more) more") }
        return parts.joined(separator: ", ")
    }

    static func csv(_ cases: [Returns_V1_Case], times: TimeFormat = .screen) -> CSVRows {
        var rows = CSVRows([
            "case", "order", "reference", "customer", "state", "skus", "units", "amount_due", "currency",
            "owed", "clock", "due_at", "notes", "submitted_at", "changed_at",
        ])
        for value in cases {
            let clock = value.mostUrgentClock
            rows.add([
                .text(value.id), .text(value.orderName), .text(value.channelRef), .text(value.customerID),
                .text(word(value.state)), .text(value.lines.map(\.sku).joined(separator: "; ")),
                .count(value.lines.reduce(0) { $0 + $1.units.requested }),
                .money(value.dueMinor, value.currency), .text(value.currency), .text(value.tracksText),
                .text(clock?.name ?? ""), .time(clock?.dueAtMs ?? 0, times),
                value.hasNotes ? .count(value.notes) : "", .time(value.submittedAtMs, times),
                .time(value.updatedAtMs, times),
            ])
        }
        return rows
    }
}

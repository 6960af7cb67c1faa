import ReturnsAPI

/// Cases in rows.
enum CaseTable {
    static func text(_ cases: [Returns_V1_Case], now: Int64, times: TimeFormat = .local, _ style: Style)
        -> String
    {
        if cases.isEmpty { return "no case" }
        var table = Table([
            .init("CASE"), .init("ORDER"), .init("STATE"), .init("OWED"), .init("DUE"), .init("CHANGED"),
        ])
        for value in cases {
            let clock = value.mostUrgentClock
            let isLate = clock?.isLate(now: now) ?? false
            table.add(
                [
                    value.id, value.orderName, word(value.state), value.tracksText,
                    clock.map { "\($0.name) \($0.dueText(now: now))" } ?? "",
                    times.text(milliseconds: value.updatedAtMs),
                ],
                tone: isLate ? .alarm : .plain)
        }
        return table.text(style)
    }
}

import ReturnsAPI

/// All clocks of a case, the running ones and how the others ended.
enum ClockTable {
    static func table(_ clocks: [Returns_V1_Clock], now: Int64, times: TimeFormat = .screen) -> Table {
        var table = Table([
            .init("CLOCK"), .init("OWNER"), .init("STATUS"), .init("STARTED"), .init("DUE AT"),
            .init("PAUSED"), .init("FIRED"),
        ])
        for clock in clocks.sorted(by: { $0.startedAtMs < $1.startedAtMs }) {
            let isLate = clock.isRunning && clock.isLate(now: now)
            table.add(
                [
                    clock.name, word(clock.owner), status(clock, now: now),
                    times.text(milliseconds: clock.startedAtMs),
                    times.text(milliseconds: clock.dueAtMs)
                        + (clock.dueAtMs == clock.rawDueAtMs ? "" : " (moved)"),
                    paused(clock, now: now), fired(clock, times),
                ],
                tone: isLate || clock.hasBreachedAtMs ? .alarm : .plain)
        }
        return table
    }

    static func status(_ clock: Returns_V1_Clock, now: Int64) -> String {
        guard clock.isRunning else { return word(clock.end) }
        return clock.dueText(now: now)
    }

    /// How long the clock was held, to the second, a pause that lasts among it.
    private static func paused(_ clock: Returns_V1_Clock, now: Int64) -> String {
        var total = clock.pausedMs
        if let last = clock.pauses.last, !last.hasUntilMs, clock.isRunning {
            total += max(0, now - last.fromMs)
        }
        return total > 0 ? DurationFormat.text(milliseconds: total) : ""
    }

    private static func fired(_ clock: Returns_V1_Clock, _ times: TimeFormat) -> String {
        var parts: [String] = []
        if let last = clock.warnedAtMs.last {
            let count = clock.warnedAtMs.count
            parts.append(
                "warned \(count > 1 ? "\(count) times, last " : "")\(times.text(milliseconds: last))")
        }
        if clock.hasBreachedAtMs { parts.append("breached \(times.text(milliseconds: clock.breachedAtMs))") }
        if !clock.escalatedAtMs.isEmpty { parts.append("level \(clock.escalatedAtMs.count)") }
        return parts.joined(separator: ", ")
    }
}

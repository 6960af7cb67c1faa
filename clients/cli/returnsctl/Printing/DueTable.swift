import ReturnsAPI

/// Deadlines in rows: what is late first, and red.
enum DueTable {
    /// - Parameters:
    ///   - isContinued: It goes on where another list ended.
    ///   - isOfPaused: When each goes on is shown, instead of how late it is.
    static func text(
        _ reply: Returns_V1_ListDueReply, limit: Int, isContinued: Bool = false, isOfPaused: Bool = false,
        times: TimeFormat = .screen, _ style: Style
    ) -> String {
        let now = reply.nowMs
        let what = isOfPaused ? "paused" : "due"
        if reply.clocks.isEmpty {
            if isContinued { return "nothing more is \(what)" }
            let isAll = reply.unreadableCaseIds.isEmpty && reply.newerCaseIds.isEmpty
            return isAll ? style.green("nothing is \(what)") : "nothing can be shown"
        }
        var table = Table([
            .init(isOfPaused ? "GOES ON" : "DUE"), .init("CLOCK"), .init("OWNER"), .init("CASE"),
            .init("ORDER"), .init("STATE"), .init("DUE AT"), .init("ASSIGNED TO"),
        ])
        let rows = sorted(reply.clocks, now: now)
        for row in rows {
            table.add(
                [
                    isOfPaused ? row.goesOn(times) : row.clock.dueText(now: now), row.clock.name,
                    word(row.clock.owner), row.caseID, "\(row.order.saleChannel)/\(row.order.orderNo)",
                    word(row.caseState), times.text(milliseconds: row.clock.dueAtMs), row.assignee,
                ],
                tone: row.clock.isLate(now: now) ? .alarm : row.clock.isSoon(now: now) ? .warning : .plain)
        }
        return table.text(style) + "\n" + totals(rows, reply, limit, style)
    }

    static func csv(_ reply: Returns_V1_ListDueReply, times: TimeFormat = .screen) -> CSVRows {
        var rows = CSVRows([
            "due_at", "status", "clock", "owner", "case", "order", "state", "person", "team", "pause_ends_at",
        ])
        for row in reply.clocks {
            rows.add([
                .time(row.clock.dueAtMs, times), .text(row.clock.dueText(now: reply.nowMs)),
                .text(row.clock.name), .text(word(row.clock.owner)), .text(row.caseID),
                .text("\(row.order.saleChannel)/\(row.order.orderNo)"), .text(word(row.caseState)),
                .text(row.person), .text(row.team),
                row.clock.pauseEndsAtMs.map { .time($0, times) } ?? .text(""),
            ])
        }
        return rows
    }

    /// The latest first; then what is due soonest.
    static func sorted(_ clocks: [Returns_V1_DueClock], now: Int64) -> [Returns_V1_DueClock] {
        clocks.sorted { left, right in
            (left.isHeldInTime ? 1 : 0, left.clock.dueAtMs, left.caseID)
                < (right.isHeldInTime ? 1 : 0, right.clock.dueAtMs, right.caseID)
        }
    }

    private static func totals(
        _ rows: [Returns_V1_DueClock], _ reply: Returns_V1_ListDueReply, _ limit: Int, _ style: Style
    ) -> String {
        let late = rows.count { $0.clock.isLate(now: reply.nowMs) }
        let lateText = late > 0 ? style.boldRed("\(late) late") : "none late"
        // The server's total may count clocks that a filter left out, so it only counts where the limit has cut.
        let more =
            rows.count >= limit && reply.hasTotal && reply.total > UInt64(rows.count)
            ? ", \(rows.count) of \(reply.total) shown (--limit)" : ""
        return "\(counted(rows.count, "deadline")), \(lateText)\(more)"
    }
}

extension Returns_V1_DueClock {
    /// Paused before it was late.
    fileprivate var isHeldInTime: Bool { clock.isPaused && !clock.hasBreachedAtMs }

    /// When a clock that is paused goes on: at a time, or with what its case's state waits for.
    fileprivate func goesOn(_ times: TimeFormat) -> String {
        if let ends = clock.pauseEndsAtMs { return times.text(milliseconds: ends) }
        return clock.kind.stateThatHolds == caseState ? "after \(word(caseState))" : "when it is resumed"
    }
}

extension Returns_V1_Clock {
    /// When the pause that lasts ends by itself; nil where none lasts, and where none ends by itself.
    fileprivate var pauseEndsAtMs: Int64? {
        guard isPaused, let pause = pauses.last, pause.hasEndsAtMs else { return nil }
        return pause.endsAtMs
    }
}

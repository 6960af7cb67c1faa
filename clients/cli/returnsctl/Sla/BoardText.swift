import ReturnsAPI

/// The board: a line for each department's kinds of clock, then what is most urgent.
struct BoardText {
    var reply: Returns_V1_GetBoardReply
    var times: TimeFormat

    /// Title, headings, blank lines and totals, with every kind shown.
    static let linesAround = 9 + 12

    func lines(_ style: Style) -> [String] {
        let now = reply.nowMs
        let late = reply.rows.reduce(0) { $0 + $1.late }
        let running = reply.rows.reduce(0) { $0 + $1.running }
        let paused = reply.rows.reduce(0) { $0 + $1.paused }
        let pausedText = paused > 0 ? ", \(paused) paused" : ""
        let lateText = late > 0 ? style.boldRed("\(late) late") : style.green("none late")
        var lines = [
            "\(style.bold("returns desk"))  \(times.text(milliseconds: now))  \(running) running, \(lateText)\(pausedText)",
            "",
        ]
        lines += counts.text(style).split(separator: "\n").map(String.init)
        if paused > 0 { lines.append("what is paused, and until when: returnsctl sla due --paused") }
        if !reply.unreadableCaseIds.isEmpty {
            let cases = counted(reply.unreadableCaseIds.count, "case")
            lines += ["", style.boldRed("\(cases) not shown, since damaged: sla due names them")]
        }
        if !reply.newerCaseIds.isEmpty {
            let cases = counted(reply.newerCaseIds.count, "case")
            lines += ["", "\(cases) not shown, since written by a newer returnsd: sla due names them"]
        }
        guard !reply.mostUrgent.isEmpty else {
            let isAll = reply.unreadableCaseIds.isEmpty && reply.newerCaseIds.isEmpty
            return isAll ? lines + ["", style.green("nothing is due")] : lines
        }
        lines.append("")
        lines += urgent.text(style).split(separator: "\n").map(String.init)
        return lines
    }

    private var counts: Table {
        var table = Table([
            .init("OWNER"), .init("CLOCK"), .init("LATE", .right), .init("IN 1H", .right),
            .init("IN 24H", .right),
            .init("RUNNING", .right), .init("PAUSED", .right),
        ])
        let rows = reply.rows.filter { $0.running + $0.paused > 0 }
            .sorted { ($0.owner.rawValue, $0.kind.rawValue) < ($1.owner.rawValue, $1.kind.rawValue) }
        for row in rows {
            table.add(
                [
                    word(row.owner), word(row.kind), "\(row.late)", "\(row.dueWithinHour)",
                    "\(row.dueWithinDay)", "\(row.running)", "\(row.paused)",
                ], tone: row.late > 0 ? .alarm : row.dueWithinHour > 0 ? .warning : .plain)
        }
        return table
    }

    private var urgent: Table {
        var table = Table([
            .init("DUE"), .init("CLOCK"), .init("OWNER"), .init("CASE"), .init("ASSIGNED TO"),
            .init("WORKED ON BY"),
        ])
        for row in reply.mostUrgent {
            let isLate = row.clock.isLate(now: reply.nowMs)
            table.add(
                [
                    row.clock.dueText(now: reply.nowMs), row.clock.name, word(row.clock.owner), row.caseID,
                    row.assignee, row.worker,
                ], tone: isLate ? .alarm : row.clock.isSoon(now: reply.nowMs) ? .warning : .plain)
        }
        return table
    }
}

extension Returns_V1_DueClock {
    /// "anna (returns-a)", or the team alone.
    var assignee: String {
        person.isEmpty ? team : team.isEmpty ? person : "\(person) (\(team))"
    }
}

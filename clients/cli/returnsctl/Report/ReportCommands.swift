import ArgumentParser
import ReturnsAPI

struct ReportCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "How the desk did.", subcommands: [ReportSla.self])
}

struct ReportSla: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "sla", abstract: "How many deadlines were met, by kind, team or person.",
        discussion: """
            Each clock counts on the day on which it ended, with whoever did the work in time; one that was missed counts with \
            whom it was assigned to. Voided and superseded clocks measure nobody's work. Clocks that are open and late now \
            count beside the missed ones, where the period holds today. Days are those of the working calendar, whatever the \
            screen's zone.
            """)
    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case kind, team, person
    }

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "First day, as 2026-11-01; six days before the last unless given.", valueName: "date"))
    var first: String?
    @Option(name: .customLong("to"), help: ArgumentHelp("Last day; today unless given.", valueName: "date"))
    var last: String?
    @Option(help: "One line for each of these.") var by: Grouping = .kind
    @Option(help: "Only clocks of this kind.", transform: parseWord) var kind: Returns_V1_ClockKind?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_GetAttainmentRequest.with {
                // Which day it is the calendar tells, not this machine.
                $0.toDate = last ?? ""
                $0.fromDate = first ?? ""
                switch by {
                case .kind: $0.by = .kind
                case .team: $0.by = .team
                case .person: $0.by = .person
                }
            }
            if let kind { request.kind = kind }
            let reply = try await session.client.clocks.getAttainment(request).message
            let rows = { Self.table(reply, by: by).csv }
            try session.output.show(reply, items: reply.rows, rows: rows) {
                Self.text(reply, by: by, $0)
            }
        }
    }

    static func text(
        _ reply: Returns_V1_GetAttainmentReply, by: Grouping, _ style: Style
    ) -> String {
        let period =
            "from \(reply.fromDate) to \(reply.toDate), days of \(TextWidth.safe(reply.timeZone))"
        // Dates of one form sort as text.
        var missing =
            reply.fromDate < reply.keptFromDate
            ? "\nnot all of it: figures of before \(reply.keptFromDate) were kept long enough and are gone"
            : ""
        if reply.newerLeftOut {
            missing +=
                "\nnot all of it: figures of kinds of deadlines that a newer returnsd brought are left out; ask a server of that build (--server)"
        }
        if reply.openLateLeftOut {
            missing +=
                "\nnot all of it: not every deadline that is late now was looked at for whose it is; --by kind counts all"
        }
        if reply.rows.isEmpty { return "no deadline ended \(period)\(missing)" }
        return "\(table(reply, by: by).text(style))\n\(period)\(missing)"
    }

    private static func table(_ reply: Returns_V1_GetAttainmentReply, by: Grouping) -> Table {
        var table = Table([
            .init(by.rawValue.uppercased()), .init("MET", .right), .init("MISSED", .right),
            .init("OPEN LATE", .right), .init("ATTAINED", .right),
            .init("MEAN TIME", .right), .init("MEAN PAUSE", .right),
        ])
        for row in reply.rows { table.add(cells(row, row.name.isEmpty ? "(nobody)" : row.name)) }
        if reply.rows.count > 1 { table.add(cells(reply.total, "all")) }
        return table
    }

    private static func cells(_ row: Returns_V1_AttainmentRow, _ name: String) -> [String] {
        let ended = row.met + row.missed
        let count = ended + row.openLate
        // Rounded down: 99.96 % is not all.
        let tenths = count > 0 ? row.met * 1_000 / count : 0
        let mean = { (sum: Int64) in
            ended > 0 && sum > 0 ? DurationFormat.text(milliseconds: sum / Int64(ended)) : ""
        }
        return [
            name, "\(row.met)", "\(row.missed)", row.hasOpenLate ? "\(row.openLate)" : "",
            count > 0 ? "\(tenths / 10).\(tenths % 10) %" : "", mean(row.takenMs), mean(row.pausedMs),
        ]
    }
}

import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

struct CalendarCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "When business is done: hours, holidays and make-up working days.",
        subcommands: [CalendarList.self, CalendarGet.self, CalendarPut.self, CalendarImport.self])
}

struct CalendarList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the newest version of each calendar, or the versions of one and what each changed.")
    @Argument(help: "Whose versions.") var name: String?
    @Option(help: "With a name: at most this many versions, or all.") var limit = ListLimit.of(20)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            if let name {
                let request = Returns_V1_PutCalendarRequest.with { $0.calendar.name = name }
                return try await RuleVersionList(request, limit: limit.count, session).show(session)
            }
            var reply = Returns_V1_ListCalendarsReply()
            for try await page in RCPPages(.init(), of: session.client.calendars.listCalendars) {
                reply.calendars += page.calendars
                reply.unreadableNames += page.unreadableNames
                reply.newerNames += page.newerNames
            }
            let rows = { CalendarDetail.table(reply.calendars).csv }
            try session.output.show(reply, items: reply.calendars, rows: rows) {
                CalendarDetail.table(reply.calendars).text($0)
            }
            guard session.output.format != .json else { return }
            Output.noteUnreadable(reply.unreadableNames)
            Output.noteNewer(reply.newerNames)
        }
    }
}

struct CalendarGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a version of a calendar.",
        discussion:
            "To change it: calendar get NAME -o json > calendar.json, edit, calendar put -f calendar.json")
    @Argument(help: "Which calendar.") var name: String
    @Option(help: "Which version; the newest one unless given.") var version: UInt64 = 0
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let request = Returns_V1_GetCalendarRequest.with {
                $0.name = name
                $0.version = version
            }
            let reply = try await session.client.calendars.getCalendar(request).message
            try session.output.document(reply) { CalendarDetail(reply: reply).text($0) }
        }
    }
}

struct CalendarPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Add a calendar, or the next version of one.",
        discussion:
            "The file holds what calendar get -o json prints, edited; the version in it is the one replaced, 0 for a new calendar."
    )
    @Option(name: .shortAndLong, help: ArgumentHelp("File, or - for standard input.", valueName: "file"))
    var file: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let request = try Returns_V1_PutCalendarRequest.read(try await InputFile.contents(file))
        try await global.withSession { try await Self.send(request, $0) }
    }

    static func send(_ request: Returns_V1_PutCalendarRequest, _ session: Session) async throws {
        var request = request
        if session.options.dryRun { request.dryRun = true }
        let changes = try await request.changes(session)
        let reply = try await session.client.calendars.putCalendar(request, options: session.changeOptions)
            .message
        let calendar = request.calendar
        let summary =
            "calendar \(TextWidth.safe(calendar.name)) version \(reply.version): \(CalendarDetail.summary(calendar))"
        guard !request.dryRun else {
            try session.output.preview(changes.text)
            return Output.note("dry run: this would be \(summary)")
        }
        try session.output.show(reply) { _ in
            """
            \(summary)
            No deadline has moved: SLA plans go by the version they name. Next:
              \(NextLine.returnsctl("sla policy put --newest-calendars"))
              \(NextLine.returnsctl("sla recompute --dry-run"))
            """
        }
    }
}

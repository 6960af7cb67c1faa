import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

struct CalendarCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "When business is done: hours, holidays and make-up working days.",
        subcommands: [CalendarList.self, CalendarGet.self, CalendarPut.self, CalendarImport.self])
}

struct CalendarList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the newest version of each calendar.")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var reply = Returns_V1_ListCalendarsReply()
            for try await page in RCPPages(.init(), of: session.client.calendars.listCalendars) {
                reply.calendars += page.calendars
                reply.unreadableNames += page.unreadableNames
                reply.newerNames += page.newerNames
            }
            try session.output.show(reply, items: reply.calendars) {
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
            try session.output.show(reply) { CalendarDetail(reply: reply).text($0) }
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
        let request = try Self.request(try await InputFile.contents(file))
        try await global.withSession { try await Self.send(request, $0) }
    }

    static func send(_ request: Returns_V1_PutCalendarRequest, _ session: Session) async throws {
        let calendar = request.calendar
        guard !session.options.dryRun else {
            return Output.note(
                "dry run: would add version \(request.replacesVersion + 1) of calendar \(TextWidth.safe(calendar.name)): "
                    + CalendarDetail.summary(calendar))
        }
        let reply = try await session.client.calendars.putCalendar(request, options: session.changeOptions)
            .message
        try session.output.show(reply) { _ in
            """
            calendar \(TextWidth.safe(calendar.name)) version \(reply.version): \(CalendarDetail.summary(calendar))
            No deadline has moved: SLA plans go by the version they name. Next:
              \(NextLine.returnsctl("sla policy put --newest-calendars"))
              \(NextLine.returnsctl("sla recompute --dry-run"))
            """
        }
    }

    /// Reads a whole PutCalendarRequest, what `calendar get -o json` prints, or the calendar alone.
    static func request(_ contents: Data) throws -> Returns_V1_PutCalendarRequest {
        if let request = try? Returns_V1_PutCalendarRequest(jsonUTF8Data: contents), request.hasCalendar {
            return request.replacesVersion > 0 ? request : replacing(request.calendar)
        }
        if let reply = try? Returns_V1_GetCalendarReply(jsonUTF8Data: contents), reply.hasCalendar {
            return replacing(reply.calendar)
        }
        do {
            return replacing(try Returns_V1_WorkingCalendar(jsonUTF8Data: contents))
        } catch {
            throw CommandFailure(
                .failed, "the file holds no calendar: \(error)",
                hints: ["begin with what returnsctl calendar get NAME -o json prints"])
        }
    }

    private static func replacing(_ calendar: Returns_V1_WorkingCalendar) -> Returns_V1_PutCalendarRequest {
        .with {
            $0.calendar = calendar
            $0.replacesVersion = calendar.version
        }
    }
}

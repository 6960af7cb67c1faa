import ArgumentParser
import RCP

struct EventTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show events as they happen, or since some time.",
        discussion: """
            Goes on by itself when the server restarts. Every event comes at least once; who sees one twice knows it by its \
            id. With --cursor-file the place is kept in a file, and the same command goes on there, whatever ended it. \
            With --group several consumers share the events, and what one does not print goes to another.

            With --forward-to each event is posted, too, as a webhook posts it: to a receiver on this machine that somebody is \
            writing, for instance. One that the receiver does not take is posted again; after 5 attempts the command ends. With \
            --cursor-file, or --group and --consumer, the same line goes on there, and some events before it may come again.

            json and jsonl both print one event a line.
            """)
    @OptionGroup var filter: EventFilterOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to begin: now, beginning (the oldest event kept), or a time. (default: now)",
            valueName: "place"))
    var from: String?
    @Option(help: ArgumentHelp("Go on behind this place, as an earlier end told it.", valueName: "cursor"))
    var cursor: String?
    @Option(
        help: ArgumentHelp(
            "Keep the place in this file, and go on from there if it exists.", valueName: "file"))
    var cursorFile: String?
    @Option(
        name: [.customShort("n"), .customLong("count")],
        help: ArgumentHelp("End after so many events.", valueName: "count"))
    var count: UInt64?
    @Flag(name: .customLong("no-follow"), help: "End where the log ends, instead of waiting for more.")
    var endsAtLogEnd = false
    @Option(help: ArgumentHelp("Consume in this group, acknowledging what was printed.", valueName: "name"))
    var group: String?
    @Option(
        help: ArgumentHelp(
            "This consumer's name in the group: by it, it gets again at once what it has not acknowledged.",
            valueName: "name"))
    var consumer: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Say that the group's consumers have read again what the store had lost by then, and go on. 'event group list' shows the time; a later loss stays.",
            valueName: "time"))
    var resyncedThrough: String?
    @Option(
        help: ArgumentHelp(
            "Post each event to this address as well: http:// on this machine, or https://.", valueName: "url"
        ))
    var forwardTo: String?
    @Option(
        help: ArgumentHelp(
            "File with the secret that posts are signed with; one is made and told unless given.",
            valueName: "file"))
    var forwardSecret: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if forwardSecret != nil, forwardTo == nil {
            throw ValidationError("--forward-secret belongs to --forward-to")
        }
        if count == 0 { throw ValidationError("-n is 1 or more") }
        if group != nil {
            guard from == nil, cursor == nil, cursorFile == nil, filter.isEmpty else {
                throw ValidationError(
                    "a group has its own place and filter: leave --from, --cursor, --cursor-file, --type, --state and --channel out"
                )
            }
        } else if consumer != nil {
            throw ValidationError("--consumer belongs to --group")
        } else if resyncedThrough != nil {
            throw ValidationError("--resynced-through belongs to --group")
        }
        if cursor != nil, from != nil || cursorFile != nil {
            throw ValidationError("give one of --cursor, --cursor-file and --from")
        }
    }

    func run() async throws {
        try await global.withSession { session in
            let printer = EventPrinter(output: session.output)
            let forwarder = try forwardTo.map { try EventForwarder(to: $0, secretFile: forwardSecret) }
            defer { forwarder?.stop() }
            if let group {
                var consumption = EventConsumption(
                    session: session, printer: printer, forwarder: forwarder, group: group,
                    consumer: consumer ?? "", left: count,
                    endsAtLogEnd: endsAtLogEnd)
                if let resyncedThrough {
                    consumption.resyncedThroughMs = try TimeOption.parse(
                        resyncedThrough, "--resynced-through", await session.serverNowMilliseconds())
                }
                return try await EventRetry(session.output, group: { await session.eventGroup(group) }).run {
                    try await consumption.run($0)
                }
            }
            let file = cursorFile.map(CursorFile.init)
            var follower = EventFollower(
                session: session, printer: printer, forwarder: forwarder, filter: filter.filter,
                cursorFile: file, left: count,
                endsAtLogEnd: endsAtLogEnd)
            if let place = try file?.read() ?? cursor {
                follower.cursor = place
            } else if let from, from != "now" {
                follower.start = try await EventStart(from, now: session.serverNowMilliseconds)
            }
            do {
                try await EventRetry(session.output).run { try await follower.run($0) }
            } catch {
                tell(follower, session.output)
                throw file?.explained(error) ?? error
            }
            tell(follower, session.output)
        }
    }

    /// How to go on, for people; programs keep the place in a file.
    private func tell(_ follower: EventFollower, _ output: Output) {
        guard cursorFile == nil, output.isTable, let cursor = follower.cursor, follower.hasBegun else {
            return
        }
        Output.note("go on with: --cursor \(cursor)")
    }
}

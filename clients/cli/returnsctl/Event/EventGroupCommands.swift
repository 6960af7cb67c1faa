import ArgumentParser
import RCP
import ReturnsAPI

struct EventGroupCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Consumers that share events, each event going to one of them.",
        subcommands: [EventGroupList.self, EventGroupCreate.self, EventGroupDelete.self])
}

struct EventGroupList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the groups, and how far behind they are.")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var reply = Returns_V1_ListEventGroupsReply()
            for try await page in RCPPages(.init(), of: session.client.events.listEventGroups) {
                reply.groups += page.groups
                reply.unreadableNames += page.unreadableNames
                reply.newerNames += page.newerNames
                reply.unreadablePartitions = union(reply.unreadablePartitions, page.unreadablePartitions)
            }
            let rows = { EventGroupTable.table(reply.groups).csv }
            try session.output.show(reply, items: reply.groups, rows: rows) {
                EventGroupTable.text(reply.groups, $0)
            }
            guard session.output.format != .json else { return }
            Output.noteUnreadable(reply.unreadableNames, deleteWith: "event group delete")
            Output.noteNewer(reply.newerNames)
            Output.noteUnreadable(partitions: reply.unreadablePartitions)
        }
    }
}

struct EventGroupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a group; creating the same one again changes nothing.",
        discussion: "Consume in it with: returnsctl event tail --group NAME")
    @Argument(help: "Lower-case letters, digits, '-', '_' and '.'.") var name: String
    @OptionGroup var filter: EventFilterOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where it begins: now, beginning (the oldest event kept), or a time.", valueName: "place"))
    var from = "now"
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long a consumer may take until its events go to another one: 1s to 1h.",
            valueName: "duration"))
    var acknowledgeWithin = "60s"
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_CreateEventGroupRequest.with {
                $0.name = name
                $0.filter = filter.filter
            }
            request.acknowledgeMs = try TimeOption.duration(acknowledgeWithin, "--acknowledge-within")
            if from != "now" {
                switch try await EventStart(from, now: session.serverNowMilliseconds) {
                case .now: break
                case .beginning: request.beginning = true
                case .since(let milliseconds):
                    request.sinceMs = milliseconds
                    session.repetition.pin(
                        ["--from", TimeOption.text(milliseconds)], replacedOptions: ["--from"])
                }
            }
            guard !global.dryRun else { return Output.note("dry run: would add the group \(name)") }
            let reply = try await session.client.events.createEventGroup(
                request, options: session.changeOptions
            ).message
            try session.output.show(reply) { EventGroupTable.text([reply.group], $0) }
        }
    }
}

extension EventGroupCreate {
    /// The line that makes such a group anew.
    static func line(_ group: Returns_V1_EventGroup) -> String {
        var words = ["event group create", ShellWord.quoted(TextWidth.safe(group.name))]
        words += group.filter.types.map { "--type \(word($0))" }
        words += group.filter.states.map { "--state \(word($0))" }
        words += group.filter.saleChannels.map { "--channel \(ShellWord.quoted(TextWidth.safe($0)))" }
        words.append("--acknowledge-within \(DurationFormat.exact(milliseconds: group.acknowledgeMs))")
        return NextLine.returnsctl(words.joined(separator: " "))
    }
}

extension Session {
    /// A group with what it was created with, as far as that can be asked.
    func eventGroup(_ name: String) async -> EventRetry.Group {
        var group = EventRetry.Group(name: name)
        do {
            for try await page in RCPPages(.init(), of: client.events.listEventGroups) {
                if let found = page.groups.first(where: { $0.name == name }) { group.record = found }
            }
        } catch {}
        return group
    }
}

struct EventGroupDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Forget a group and its place; its consumers end.")
    @Argument(help: "Which one.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Confirmation.ask("This forgets how far the group \(name) has come.", global)
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would delete the group \(name)") }
            let reply = try await session.client.events.deleteEventGroup(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in "the group \(TextWidth.safe(name)) is gone" }
        }
    }
}

enum EventGroupTable {
    static func text(_ groups: [Returns_V1_EventGroup], _ style: Style) -> String {
        table(groups).text(style)
            + groups.filter { $0.hasLoss || $0.behindLog }.map { group in
                "\n\(group.name): \(group.hasLoss ? resyncAdvice(group) : behindAdvice(group))"
            }.joined()
    }

    /// Its place is gone, so it is made anew; since when its consumers lack events, they alone know.
    static func behindAdvice(_ group: Returns_V1_EventGroup) -> String {
        let name = ShellWord.quoted(TextWidth.safe(group.name))
        let lines = [
            NextLine.returnsctl("event group delete \(name)"), EventGroupCreate.line(group),
            NextLine.returnsctl("case list --changed-since TIME"),
        ]
        return
            "events that its consumers had not read are no longer kept; make it anew, and read again what has changed since the last event that they had:"
            + lines.map { "\n  \($0)" }.joined()
    }

    static func table(_ groups: [Returns_V1_EventGroup]) -> Table {
        var table = Table([
            .init("NAME"), .init("LAG", .right), .init("PENDING", .right), .init("CONSUMERS", .right),
            .init("WITHIN", .right), .init("EVENTS"), .init("SINCE"),
        ])
        for group in groups {
            table.add(
                [
                    group.name,
                    group.behindLog || group.hasLoss ? "lost" : group.hasLag ? "\(group.lag)" : "?",
                    "\(group.pending)",
                    "\(group.consumers.count)", DurationFormat.text(milliseconds: group.acknowledgeMs),
                    group.filter.words, TimeFormat.screen.text(milliseconds: group.createdAtMs),
                ], tone: group.behindLog || group.hasLoss ? .alarm : .plain)
        }
        return table
    }

    static func resyncAdvice(_ group: Returns_V1_EventGroup) -> String {
        let since = TimeOption.text(group.loss.changedSinceMs)
        return
            "the store was set back: let its consumers read again every case that they were given events of since \(since), and what '\(NextLine.returnsctl("case list --changed-since \(since)"))' lists; then type: "
            + NextLine.returnsctl(
                "event tail --group \(TextWidth.safe(group.name)) --resynced-through \(TimeOption.text(group.loss.lastMs))"
            )
    }
}

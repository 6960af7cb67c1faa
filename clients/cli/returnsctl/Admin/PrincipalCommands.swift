import ArgumentParser
import RCP
import ReturnsAPI

struct PrincipalCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "principal", abstract: "Who may log in, and in which roles.",
        subcommands: [
            PrincipalCreate.self, PrincipalList.self, PrincipalSetTeam.self, PrincipalSetChannels.self,
            PrincipalRevoke.self,
        ])
}

struct PrincipalCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a principal; its token is shown this once.",
        discussion: "With --save the token goes into a file that only you can read, and is not shown.")
    @Argument(help: "Lower-case letters, digits, '-', '_', '.' and '@'.") var name: String
    @Option(
        name: .customLong("role"), help: "channel, service, logistics, warehouse, finance, …; repeatable.",
        transform: parseWord)
    var roles: [Returns_V1_Role]
    @Option(
        name: .customLong("expires-at"), parsing: .unconditional,
        help: ArgumentHelp("From then on the token is no longer good: +90d, or a date.", valueName: "time"))
    var expiry: String?
    @Option(help: "The team that its work counts for.") var team: String?
    @OptionGroup var channels: SaleChannelsOption
    @Option(help: ArgumentHelp("File for the token.", valueName: "file")) var save: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard roles != [.channel] || !channels.words.isEmpty else {
            throw ValidationError(
                "a channel's system is bound to sale channels: give --sale-channel, or --all-sale-channels")
        }
    }

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_CreatePrincipalRequest.with {
                $0.name = name
                $0.roles = roles
                $0.team = team ?? ""
                $0.saleChannels = channels.words
            }
            if let expiry {
                request.expiresAtMs = try TimeOption.parse(
                    expiry, "--expires-at", session.machineNowMilliseconds())
                session.repetition.pin(
                    ["--expires-at", TimeOption.text(request.expiresAtMs)], replacedOptions: ["--expires-at"])
            }
            let person = "\(name) as \(roleText)\(channels.text)\(Self.expiryText(request.expiresAtMs))"
            guard !global.dryRun else { return Output.note("dry run: would add \(person)") }
            let (_, file) = try await SecretFile.handOver(
                save, session, of: "the principal was added", secret: \.token
            ) {
                try await session.client.admin.createPrincipal(request, options: session.changeOptions)
                    .message
            }
            Output.note(
                "added \(person); \(file.map { "the token is in \($0)" } ?? "this token is not shown again")")
        }
    }

    private var roleText: String { roles.map { word($0) }.joined(separator: ", ") }

    private static func expiryText(_ milliseconds: Int64) -> String {
        milliseconds == 0 ? "" : " until \(TimeFormat.screen.text(milliseconds: milliseconds))"
    }
}

struct PrincipalList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show who may log in.")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            var reply = Returns_V1_ListPrincipalsReply()
            for try await page in RCPPages(.init(), of: session.client.admin.listPrincipals) {
                reply.principals += page.principals
                reply.lastKnown = page.lastKnown
            }
            let table = Self.table(reply.principals)
            try session.output.show(reply, items: reply.principals, rows: { table.csv }) { table.text($0) }
            let held = reply.principals.filter { !$0.unknownKeys.isEmpty }.map(\.name)
            if !held.isEmpty {
                Output.note(
                    "this server does not know all that a newer returnsd keeps of these, and lets none of them in but the first administrator: \(held.joined(separator: ", ")); upgrade it"
                )
            }
            if reply.lastKnown {
                Output.note("the store could not be asked: this is what this server knew last")
            }
        }
    }
}

extension PrincipalList {
    fileprivate static func table(_ principals: [Returns_V1_Principal]) -> Table {
        var table = Table([
            .init("NAME"), .init("ROLES"), .init("CHANNELS"), .init("TEAM"), .init("SINCE"), .init("UNTIL"),
        ])
        for principal in principals {
            let unknown = principal.unknownRoles.map { "\($0) (unknown here)" }
            table.add([
                principal.name, (principal.roles.map { word($0) } + unknown).joined(separator: ", "),
                principal.saleChannels == ["*"] ? "all" : principal.saleChannels.joined(separator: ", "),
                principal.team, TimeFormat.screen.text(milliseconds: principal.createdAtMs),
                principal.expiresAtMs == 0
                    ? "-" : TimeFormat.screen.text(milliseconds: principal.expiresAtMs),
            ])
        }
        return table
    }
}

struct PrincipalSetTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-team", abstract: "Move a principal to a team, or with --none out of its team.",
        discussion: "What it did and what was assigned to it before still counts for the team it was in then."
    )
    @Argument(help: "Who moves.") var name: String
    @Argument(help: "The team that its work counts for from now on.") var team: String?
    @Flag(help: "No team.") var none = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (team == nil) == none else { throw ValidationError("give a team, or --none") }
    }

    func run() async throws {
        try await global.withSession { session in
            let move =
                "\(TextWidth.safe(name)) to \(team.map { "the team \(TextWidth.safe($0))" } ?? "no team")"
            guard !global.dryRun else { return Output.note("dry run: would move \(move)") }
            let reply = try await session.client.admin.setPrincipalTeam(
                .with {
                    $0.name = name
                    $0.team = team ?? ""
                }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in "moved \(move)" }
        }
    }
}

/// Which sale channels a principal is bound to.
struct SaleChannelsOption: ParsableArguments {
    @Option(
        name: .customLong("sale-channel"),
        help: ArgumentHelp(
            "A sale channel whose orders, cases and events it may see and change, and no others; repeatable.",
            valueName: "name"))
    var saleChannels: [String] = []
    @Flag(help: "All sale channels; without either, so are all but those whose only role is channel.")
    var allSaleChannels = false

    func validate() throws {
        guard saleChannels.isEmpty || !allSaleChannels else {
            throw ValidationError("give --sale-channel or --all-sale-channels, not both")
        }
    }

    /// As the protocol has them.
    var words: [String] { allSaleChannels ? ["*"] : saleChannels }

    var text: String {
        if words.isEmpty { return "" }
        return
            " for \(allSaleChannels ? "all sale channels" : words.map(TextWidth.safe).joined(separator: ", "))"
    }
}

struct PrincipalSetChannels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-channels", abstract: "Bind a principal to other sale channels.",
        discussion: "It sees and changes the orders, cases and events of these from now on, and of no others."
    )
    @Argument(help: "Who is bound.") var name: String
    @OptionGroup var channels: SaleChannelsOption
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !channels.words.isEmpty else {
            throw ValidationError("give --sale-channel, or --all-sale-channels")
        }
    }

    func run() async throws {
        try await global.withSession { session in
            let binding = "\(TextWidth.safe(name)) now acts\(channels.text)"
            guard !global.dryRun else { return Output.note("dry run: would have it that \(binding)") }
            let reply = try await session.client.admin.setPrincipalChannels(
                .with {
                    $0.name = name
                    $0.saleChannels = channels.words
                }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in binding }
        }
    }
}

struct PrincipalRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a principal; its open connections end too.")
    @Argument(help: "Whose access ends.") var name: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Confirmation.ask("This ends the access of \(name); its token never works again.", global)
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: would end the access of \(name)") }
            let reply = try await session.client.admin.revokePrincipal(
                .with { $0.name = name }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in Self.text(reply, name) }
        }
    }

    static func text(_ reply: Returns_V1_RevokePrincipalReply, _ name: String) -> String {
        guard reply.onThisServerAlone else { return "\(TextWidth.safe(name)) may not log in any more" }
        return
            "\(TextWidth.safe(name)) may not log in at this server any more; the store is away, so other servers still let it in: send the same command to each of them, and keep this server running until the store is back"
    }
}

import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

struct SlaBoard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board", abstract: "Watch what is due, late, and by whom.",
        discussion:
            "On a terminal it is drawn anew every --every until Ctrl-C; elsewhere, or with --once, printed once."
    )
    @Option(help: "Only this department's.", transform: parseWord) var owner: Returns_V1_Role?
    @Option(help: ArgumentHelp("How often it is drawn: 1s, 5s.", valueName: "time")) var every = "2s"
    @Flag(help: "Print it once.") var once = false
    @OptionGroup var global: GlobalOptions

    private static let everyMillisecondsMin: Int64 = 500
    private static let rowsWithoutTerminal = 20

    func run() async throws {
        guard let milliseconds = DurationFormat.parse(every), milliseconds >= Self.everyMillisecondsMin else {
            throw CommandFailure.usage(
                "--every \(every) is no duration of half a second or more", hints: ["write 2s"])
        }
        try await global.withSession { session in
            guard session.output.isTable, !once, isatty(STDOUT_FILENO) == 1 else {
                let reply = try await board(session, limit: Self.rowsWithoutTerminal)
                return try session.output.show(reply, items: reply.mostUrgent) {
                    BoardText(reply: reply, times: .screen).lines($0).joined(separator: "\n")
                }
            }
            try await watch(session, every: milliseconds)
        }
    }

    private func board(_ session: Session, limit: Int) async throws -> Returns_V1_GetBoardReply {
        var request = Returns_V1_GetBoardRequest.with { $0.limit = UInt32(min(limit, 100)) }
        if let owner { request.owner = owner }
        return try await session.client.clocks.getBoard(request).message
    }

    /// Draws until the user ends it. A server that is away for a while is waited for, and said to be.
    private func watch(_ session: Session, every milliseconds: Int64) async throws {
        let screen = FullScreen()
        try screen.begin()
        defer { FullScreen.end() }
        var last: [String] = []
        while !Task.isCancelled {
            let size = screen.size
            do {
                let reply = try await board(session, limit: max(1, size.rows - BoardText.linesAround))
                last = BoardText(reply: reply, times: .screen).lines(session.style)
                try screen.draw(last)
            } catch let status as RCPStatus
                where status.code == .unavailable || status.code == .deadlineExceeded
            {
                try screen.draw([session.style.boldRed("the server does not answer; trying again")] + last)
            }
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }
}

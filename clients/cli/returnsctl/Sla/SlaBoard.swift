import ArgumentParser
import Foundation
import ReturnsWire

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
                    BoardText(reply: reply, times: .local).lines($0).joined(separator: "\n")
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
        screen.begin()
        defer { screen.end() }
        var last: [String] = []
        while !Task.isCancelled {
            let size = screen.size
            do {
                let reply = try await board(session, limit: max(1, size.rows - BoardText.linesAround))
                last = BoardText(reply: reply, times: .local).lines(session.style)
                screen.draw(last)
            } catch let status as RCPStatus
                where status.code == .unavailable || status.code == .deadlineExceeded
            {
                screen.draw([session.style.boldRed("the server does not answer; trying again")] + last)
            }
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }
}

/// The terminal as a canvas, given back as it was.
struct FullScreen {
    /// The alternate screen, without a cursor; long lines are cut, not wrapped.
    func begin() { Output.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l", to: STDOUT_FILENO) }

    func end() { Output.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO) }

    /// Written over what was there, in one piece, so that nothing flickers.
    func draw(_ lines: [String]) {
        let shown = lines.prefix(max(1, size.rows - 1))
        let body = shown.map { "\($0)\u{1B}[K\r\n" }.joined()
        Output.write("\u{1B}[H\(body)\u{1B}[J", to: STDOUT_FILENO)
    }

    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}

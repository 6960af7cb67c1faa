import Foundation
import SwiftProtobuf
import Synchronization

/// Where data (stdout) and words beside it (stderr) go.
struct Output: Sendable {
    let format: OutputFormat
    let style: Style

    init(format: OutputFormat, style: Style = .of(descriptor: STDOUT_FILENO)) {
        self.format = format
        self.style = style
    }

    var isTable: Bool { format == .table }

    /// Prints a reply: as its canonical JSON, or in words.
    ///
    /// - Parameter items: what `jsonl` prints one to a line; the whole reply where there are none to tell apart.
    /// - Parameter rows: what `csv` prints; nil where that is refused before (`ListsRows`).
    /// - Throws: `OutputFailure`.
    func show(
        _ reply: some Message, items: [any Message]? = nil, rows: (() -> CSVRows)? = nil,
        table: (Style) -> String
    ) throws {
        switch format {
        case .csv:
            if let rows { try csv(rows()) }
        case .table:
            try data(table(style))
        case .json:
            try json(reply)
        case .jsonl:
            for item in items ?? [reply] { try json(item) }
        }
    }

    /// Prints a reply that is edited and put back: in words, or as JSON with all its fields, also those that are false or zero.
    func document(_ reply: some Message, table: (Style) -> String) throws {
        switch format {
        case .table, .csv: try data(table(style))
        case .json, .jsonl:
            try data(try WholeJSON(reply).text(isIndented: format == .json))
            Self.noteLeftOut(reply)
        }
    }

    /// - Parameter isContinued: It follows a page that had the headings.
    func csv(_ rows: CSVRows, isContinued: Bool = false) throws(OutputFailure) {
        let text = rows.text(withHeadings: !isContinued)
        if !text.isEmpty { try Self.write(text, to: STDOUT_FILENO) }
    }

    /// Prints a message as its canonical JSON, on one line.
    ///
    /// Not made anew for each type and put into each command: Swift 6.3's optimiser crashes over it there.
    @inline(never) func json(_ message: any Message) throws {
        try data(try message.jsonString())
        Self.noteLeftOut(message)
    }

    private static let notedFields = Mutex<Set<String>>([])

    /// Of fields that the JSON form is without, since this build does not know them. Each is told once.
    static func noteLeftOut(_ message: any Message) {
        let names = UnknownFields(of: message).names
        let new = notedFields.withLock { noted in names.filter { noted.insert($0).inserted } }
        guard !new.isEmpty else { return }
        note(
            "left out, since returnsctl \(ClientVersion.current) does not know it: \(new.joined(separator: ", ")); take a returnsctl of the server's build before you put this back"
        )
    }

    /// A line of data on stdout.
    ///
    /// - Parameter text: JSON, unless the format is a table.
    /// - Throws: `OutputFailure`: who acknowledges or keeps a place must not do so for what nobody has got.
    func data(_ text: String) throws(OutputFailure) {
        try Self.write((isTable ? text : TextWidth.safeJSON(text)) + "\n", to: STDOUT_FILENO)
    }

    /// What a rehearsal or a question tells: data where somebody reads the output, else words beside it.
    func preview(_ text: String) throws(OutputFailure) {
        if isTable { try data(text) } else { Self.note(text) }
    }

    /// Words that are no data, on stderr. If they cannot be written the command goes on: nobody reads them.
    static func note(_ text: String, newline: Bool = true) {
        try? write(newline ? text + "\n" : text, to: STDERR_FILENO)
    }

    /// Cases, or what goes by a name, that a list leaves out because they cannot be read.
    static func noteUnreadable(_ names: [String]) {
        guard !names.isEmpty else { return }
        let text = names.map { TextWidth.safe($0) }.joined(separator: ", ")
        note(
            "not shown, since damaged: \(text); the administrator can restore \(names.count == 1 ? "it" : "them") from a backup"
        )
    }

    /// Cases, or what goes by a name, that a list leaves out, since the server does not know all of what a newer one wrote.
    static func noteNewer(_ names: [String]) {
        guard !names.isEmpty else { return }
        let text = names.map { TextWidth.safe($0) }.joined(separator: ", ")
        note("not shown, since written by a newer returnsd: \(text); ask a server of that build")
    }

    /// The same of entries of a timeline, by their numbers.
    ///
    /// - Parameter what: Whose timeline it is, as one word.
    static func noteUnreadable(entries numbers: [UInt64], of what: String) {
        guard !numbers.isEmpty else { return }
        let text = numbers.map(String.init).joined(separator: ", ")
        note(
            "not shown, since damaged: \(numbers.count == 1 ? "entry" : "entries") \(text) of the timeline; the administrator can restore the \(what) from a backup"
        )
    }

    /// Cases of which each alone is above the limit of a message.
    static func noteTooLarge(_ caseIDs: [String]) {
        guard !caseIDs.isEmpty else { return }
        let ids = caseIDs.map { TextWidth.safe($0) }.joined(separator: ", ")
        note(
            "not shown, since too large for one message: \(ids); a client with a higher message limit can read them"
        )
    }

    /// The same of what goes by a name, is made anew rather than restored, and can be deleted.
    static func noteUnreadable(_ names: [String], deleteWith command: String) {
        guard !names.isEmpty else { return }
        let text = names.map { TextWidth.safe($0) }.joined(separator: ", ")
        note("not shown, since damaged: \(text); delete each with: \(NextLine.returnsctl("\(command) NAME"))")
    }

    /// The same of partitions of the events' log.
    static func noteUnreadable(partitions: [UInt32]) {
        guard !partitions.isEmpty else { return }
        let numbers = partitions.map { "\($0)" }.joined(separator: ", ")
        note(
            "\(partitions.count == 1 ? "partition" : "partitions") \(numbers) of the events' log cannot be read, since damaged: its events come once it is mended"
        )
    }

    static func write(_ text: String, to descriptor: Int32) throws(OutputFailure) {
        var bytes = Array(TextWidth.safeLines(text).utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno == EAGAIN {
                // Whoever shares the descriptor has made it one that does not wait.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&room, 1, -1)
            } else if errno != EINTR {
                throw OutputFailure(code: errno)
            }
        }
    }

    /// Puts something that cannot be written in place of a standard stream that is closed. Otherwise the next file or
    /// connection would get its number, and what is printed would go there.
    static func reserveClosedStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// What a command has to print cannot be written.
struct OutputFailure: Error, Equatable {
    /// As errno says it.
    var code: Int32
    /// What the user has to know beside it: that a change was made, and how to see what it came to.
    var hints: [String] = []

    var text: String { "cannot write the output: \(String(cString: strerror(code)))" }
}

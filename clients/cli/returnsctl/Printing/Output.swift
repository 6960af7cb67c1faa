import Foundation
import SwiftProtobuf

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
    func show(_ reply: some Message, items: [any Message]? = nil, table: (Style) -> String) throws {
        switch format {
        case .table:
            data(table(style))
        case .json:
            data(try reply.jsonString())
        case .jsonl:
            for item in items ?? [reply] { data(try item.jsonString()) }
        }
    }

    /// A line of data on stdout.
    func data(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }

    /// Words that are no data, on stderr.
    static func note(_ text: String, newline: Bool = true) {
        write(newline ? text + "\n" : text, to: STDERR_FILENO)
    }

    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR, errno != EAGAIN {
                // The reader has gone (`| head`): there is nobody left to tell.
                exit(ExitStatus.failed.rawValue)
            }
        }
    }
}

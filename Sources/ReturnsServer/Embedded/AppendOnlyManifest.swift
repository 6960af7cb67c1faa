/// The list of the files that Redis loads: a base file, and files of changes (increments) in the order in which they were written.
///
/// Invariant: only a prefix of the list is a state that the store ever had. Changes are good for nothing without those before
/// them.
struct AppendOnlyManifest: Equatable {
    struct File: Equatable, Sendable {
        enum Kind: Character {
            case base = "b"
            case increment = "i"
            /// Of before the base; Redis removes it, and it may be gone.
            case history = "h"
        }

        let name: String
        /// Redis counts bases and increments, each by one.
        let number: Int
        let kind: Kind

        /// As Redis writes it.
        var line: String { "file \(name) seq \(number) type \(kind.rawValue)" }
    }

    private struct Line: Equatable {
        /// As it is in the file.
        let text: String
        /// nil in a comment, and in a line that Redis does not take: it ends then.
        let file: File?

        init(_ text: String) {
            self.text = text
            file = text.hasPrefix("#") ? nil : Self.file(text)
        }

        /// A line is pairs of a key and a value, of which Redis reads those that it knows, in any order.
        private static func file(_ text: String) -> File? {
            let words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map(String.init)
            guard words.count.isMultiple(of: 2) else { return nil }
            var name: String?
            var number: Int?
            var kind: File.Kind?
            for place in stride(from: 0, to: words.count, by: 2) {
                let value = words[place + 1]
                switch words[place].lowercased() {
                case "file": name = value
                case "seq": number = Int(value)
                case "type": kind = value.first.flatMap(File.Kind.init)
                default: break
                }
            }
            guard let name, let number, number > 0, let kind, !name.contains("/") else { return nil }
            return File(name: name, number: number, kind: kind)
        }
    }

    private var lines: [Line]

    init(_ text: String) {
        // Not by characters, of which "\r\n" is one.
        lines = text.unicodeScalars.split(separator: "\n").map { Line(String($0)) }
    }

    /// In their order.
    var files: [File] { lines.compactMap(\.file) }

    var text: String { lines.map { "\($0.text)\n" }.joined() }

    /// - Returns: the first file that is missing of those that hold the store, or the first line.
    func gap(isThere: (String) -> Bool) -> AppendOnlyFolder.Gap? {
        let increments = files.filter { $0.kind == .increment }
        guard var last = files.first(where: { $0.kind == .base }) else {
            return increments.isEmpty ? nil : .baseLine
        }
        guard isThere(last.name) else { return .base(last.name) }
        for file in increments {
            if last.kind == .increment, file.number - 1 > last.number {
                return .incrementLine(Self.incrementName(last.number + 1), after: last.name)
            }
            guard isThere(file.name) else { return .increment(file.name, after: last.name) }
            last = file
        }
        return nil
    }

    /// Takes away what lies behind the gap. The increment that is missing has a line, so that its number is not used a second time.
    ///
    /// - Returns: the increments that are left out, in their order.
    mutating func cut(atIncrement name: String, after last: String) -> [String] {
        guard let place = lines.firstIndex(where: { $0.file?.name == last }) else { return [] }
        if !lines.contains(where: { $0.file?.name == name }), let number = lines[place].file?.number {
            lines.insert(Line("file \(name) seq \(number + 1) type i"), at: place + 1)
        }
        let behind = lines[(place + 1)...].compactMap(\.file).filter {
            $0.kind == .increment && $0.name != name
        }
        .map(\.name)
        lines.removeAll { line in line.file.map { behind.contains($0.name) } ?? false }
        return behind
    }

    private static func incrementName(_ number: Int) -> String { "appendonly.aof.\(number).incr.aof" }
}

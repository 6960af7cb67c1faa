import Foundation

/// One line of an import file.
struct ImportLine: Sendable, Equatable {
    /// From 1, as editors count.
    var number: Int
    /// Without its line end.
    var bytes: Data
    /// The line was longer than `LineSplitter.lineBytesMax`; `bytes` holds its beginning.
    var isTooLong = false
}

/// Cuts chunks into lines, whatever the chunks' borders.
struct LineSplitter {
    /// Above the largest message a server takes by default, with room for JSON's verbosity.
    static let lineBytesMax = 16 * 1_024 * 1_024
    /// What is kept of a longer line, for the report.
    static let longLineBytesKept = 1_024

    private var number = 0
    private var rest = Data()
    private var isSkipping = false

    private static let lineFeed = UInt8(ascii: "\n")

    mutating func append(_ chunk: Data) -> [ImportLine] {
        var lines: [ImportLine] = []
        var begin = chunk.startIndex
        while let end = chunk[begin...].firstIndex(of: Self.lineFeed) {
            take(chunk[begin..<end])
            lines.append(line())
            begin = chunk.index(after: end)
        }
        take(chunk[begin...])
        return lines
    }

    /// The last line, if it has no line end.
    mutating func finish() -> ImportLine? { rest.isEmpty ? nil : line() }

    private mutating func take(_ bytes: Data) {
        if isSkipping { return }
        rest.append(bytes)
        guard rest.count > Self.lineBytesMax else { return }
        rest = Data(rest.prefix(Self.longLineBytesKept))
        isSkipping = true
    }

    private mutating func line() -> ImportLine {
        number += 1
        defer {
            rest = Data()
            isSkipping = false
        }
        if !isSkipping, rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        if number == 1 { rest = rest.withoutByteOrderMark }
        return ImportLine(number: number, bytes: rest, isTooLong: isSkipping)
    }
}

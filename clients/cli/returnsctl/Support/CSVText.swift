import Foundation

/// Reads comma-separated values as RFC 4180 has them: quotes around what holds commas, quotes or line ends.
struct CSVText {
    struct Row: Equatable {
        /// Of its first line, from 1.
        var line: Int
        var cells: [String]
    }

    enum Fault: Error, Equatable {
        case unfinishedQuote(line: Int)
        case textBehindQuote(line: Int)
    }

    /// Rows without anything in them are passed over.
    static func rows(_ text: String) throws(Fault) -> [Row] {
        var rows: [Row] = []
        var (cells, cell): ([String], String) = ([], "")
        var (line, begin) = (1, 1)
        var state = State.start
        func isEmpty(_ cells: [String]) -> Bool { cells.allSatisfy(\.isEmpty) }
        // By scalars: "\r\n" is one character.
        for scalar in text.unicodeScalars {
            if scalar == "\n" { line += 1 }
            switch (state, scalar) {
            case (.quoted, "\""): state = .quoteInQuoted
            case (.quoted, _): cell.unicodeScalars.append(scalar)
            case (.start, "\""): state = .quoted
            case (.quoteInQuoted, "\""):
                cell.unicodeScalars.append(scalar)
                state = .quoted
            case (_, ","):
                cells.append(cell)
                cell = ""
                state = .start
            case (_, "\r"): continue
            case (_, "\n"):
                cells.append(cell)
                if !isEmpty(cells) { rows.append(Row(line: begin, cells: cells)) }
                (cells, cell, state, begin) = ([], "", .start, line)
            case (.quoteInQuoted, _): throw .textBehindQuote(line: line)
            case (_, _):
                cell.unicodeScalars.append(scalar)
                state = .plain
            }
        }
        if state == .quoted { throw .unfinishedQuote(line: begin) }
        cells.append(cell)
        if !isEmpty(cells) { rows.append(Row(line: begin, cells: cells)) }
        return rows
    }

    private enum State {
        case start
        case plain
        case quoted
        case quoteInQuoted
    }
}

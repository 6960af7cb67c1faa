import MoneyFormat

/// A command whose output is a list, and so can be had as CSV.
protocol ListsRows {}

/// A list as CSV (RFC 4180): a line of headings, then a line for each row, in UTF-8.
struct CSVRows {
    enum Cell: Equatable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        /// Words from anywhere.
        case text(String)
        /// What this program has written: digits, a sign, a point.
        case number(String)

        init(stringLiteral value: String) { self = .text(value) }

        static func count(_ count: some BinaryInteger) -> Cell { .number("\(count)") }
        /// In major units, without the currency: that stands in a column of its own.
        static func money(_ minor: Int64, _ currency: String) -> Cell {
            .number(MoneyFormat.number(minor, currency))
        }
        /// "2026-11-23T13:56:02+08:00" in the screen's zone; empty for 0.
        static func time(_ milliseconds: Int64, _ times: TimeFormat = .screen) -> Cell {
            guard milliseconds != 0 else { return .text("") }
            let fields = times.fields(milliseconds: milliseconds)
            return .text("\(fields.date)T\(fields.time)\(fields.offset)")
        }
    }

    let headings: [String]
    private(set) var rows: [[Cell]] = []

    init(_ headings: [String]) { self.headings = headings }

    mutating func add(_ cells: [Cell]) {
        precondition(
            cells.count == headings.count, "a row of \(cells.count) cells under \(headings.count) headings")
        rows.append(cells)
    }

    /// - Parameter withHeadings: Not on a page that follows another one.
    func text(withHeadings: Bool = true) -> String {
        let lines = (withHeadings ? [headings.map { Cell.text($0) }] : []) + rows
        return lines.map { $0.map(Self.field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ cell: Cell) -> String {
        let text: String
        switch cell {
        case .number(let number): return number
        case .text(let words): text = guarded(TextWidth.safe(words))
        }
        // By scalars, as whoever reads it splits it: a mark behind a quote makes another character of it, and no other quote.
        let scalars = text.unicodeScalars
        guard
            // Spreadsheets of some countries split at semicolons.
            scalars.contains(where: { $0 == "," || $0 == ";" || $0 == "\"" }) || scalars.first == " "
                || scalars.last == " "
        else { return text }
        var quoted = String.UnicodeScalarView()
        for scalar in scalars {
            quoted.append(scalar)
            if scalar == "\"" { quoted.append(scalar) }
        }
        return "\"\(String(quoted))\""
    }

    /// A spreadsheet takes what begins so for a formula, and carries it out. An apostrophe in front makes it a text.
    private static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first(where: { $0 != " " }), formulaBeginnings.contains(first)
        else { return text }
        return "'\(text)"
    }

    private static let formulaBeginnings: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
}

extension Table {
    /// The same in the words of the table, for lists without columns of their own.
    var csv: CSVRows {
        var list = CSVRows(
            columns.enumerated().map { index, column in
                column.heading.isEmpty
                    ? "column_\(index + 1)" : column.heading.lowercased().replacing(" ", with: "_")
            })
        for row in rows { list.add(row.cells.map { .text($0 == "-" ? "" : $0) }) }
        return list
    }
}

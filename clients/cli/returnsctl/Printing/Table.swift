/// Columns under headings, padded by what a terminal shows.
struct Table {
    enum Alignment {
        case left
        case right
    }

    struct Column {
        var heading: String
        var alignment: Alignment

        init(_ heading: String, _ alignment: Alignment = .left) {
            self.heading = heading
            self.alignment = alignment
        }
    }

    /// Colours the whole line.
    enum Tone {
        case plain
        case warning
        case alarm
    }

    struct Row {
        var cells: [String]
        var tone: Tone
    }

    let columns: [Column]
    private(set) var rows: [Row] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [String], tone: Tone = .plain) {
        precondition(
            cells.count == columns.count, "a row of \(cells.count) cells in \(columns.count) columns")
        rows.append(Row(cells: cells.map(TextWidth.safe), tone: tone))
    }

    func text(_ style: Style) -> String {
        var widths = columns.map { TextWidth.columns($0.heading) }
        for row in rows {
            for (index, cell) in row.cells.enumerated() {
                widths[index] = max(widths[index], TextWidth.columns(cell))
            }
        }
        var lines = [style.dim(line(columns.map(\.heading), widths))]
        for row in rows {
            let text = line(row.cells, widths)
            switch row.tone {
            case .plain: lines.append(text)
            case .warning: lines.append(style.yellow(text))
            case .alarm: lines.append(style.red(text))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var parts: [String] = []
        for (index, cell) in cells.enumerated() {
            parts.append(TextWidth.padded(cell, to: widths[index], alignment: columns[index].alignment))
        }
        var line = Substring(parts.joined(separator: "  "))
        // Blanks at a line's end would only be copied along.
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

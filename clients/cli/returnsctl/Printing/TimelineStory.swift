import ReturnsAPI

/// A case's timeline as a story: by day, who did what in which role, and how long nothing happened.
struct TimelineStory {
    var reply: Returns_V1_GetTimelineReply
    var times = TimeFormat.screen
    /// A pause this long between two entries is worth a line.
    var pauseMilliseconds: Int64 = 3_600_000
    var width = TextWidth.ofProse

    private static let indent = String(repeating: " ", count: 12)

    func text(_ style: Style) -> String {
        var lines = [style.bold("Case \(reply.case.id)") + ", order \(reply.case.orderName), \(beginning)"]
        var day = ""
        var previousMs: Int64?
        for entry in reply.entries {
            let fields = times.fields(milliseconds: entry.atMs)
            // The offset stands with the day, and anew where clocks change on it.
            if "\(fields.date) \(fields.offset)" != day {
                day = "\(fields.date) \(fields.offset)"
                lines += [
                    "", style.bold("\(fields.weekday) \(fields.date)") + style.dim(" (\(fields.offset))"),
                ]
            }
            if let previousMs, entry.atMs - previousMs >= pauseMilliseconds {
                lines.append(
                    style.dim(
                        "\(Self.indent)… \(DurationFormat.text(milliseconds: entry.atMs - previousMs)) later")
                )
            }
            previousMs = entry.atMs
            lines += entryLines(entry, time: fields.time, style)
        }
        lines += ["", ending(style)]
        return lines.joined(separator: "\n")
    }

    var csv: CSVRows {
        var rows = CSVRows([
            "number", "at", "actor", "role", "for", "what", "state_before", "state_after", "text", "quotes",
        ])
        for entry in reply.entries {
            rows.add([
                .count(entry.number), .time(entry.atMs, times), .text(entry.actor.name),
                .text(word(entry.actor.role)), .text(entry.actor.onBehalfOf), .text(word(entry.kind)),
                .text(entry.stateBefore == .unspecified ? "" : word(entry.stateBefore)),
                .text(word(entry.stateAfter)), .text(times.restated(entry.words)),
                .text(entry.quotes.joined(separator: " / ")),
            ])
        }
        return rows
    }

    private var beginning: String {
        let value = reply.case
        let units = value.lines.reduce(0) { $0 + $1.units.requested }
        return "\(counted(units, "unit")) for reason \(value.reasonCode)"
    }

    private func entryLines(_ entry: Returns_V1_TimelineEntry, time: String, _ style: Style) -> [String] {
        // The story begins with the application: what it comes from would be nothing.
        let isMove = entry.stateBefore != .unspecified && entry.stateBefore != entry.stateAfter
        let move = isMove ? "  \(word(entry.stateBefore)) → \(word(entry.stateAfter))" : ""
        let what = word(entry.kind).replacing("_", with: " ")
        var first = "  \(time)  \(entry.actor.text): \(what)\(move)"
        if entry.isAlarm {
            first = style.boldRed(first)
        } else if entry.isWarning {
            first = style.yellow(first)
        }
        var lines = [first]
        for text in TextWidth.wrapped(
            TextWidth.safe(times.restated(entry.words)), width: width - Self.indent.count)
        {
            lines.append(Self.indent + (entry.isAlarm ? style.red(text) : text))
        }
        for quote in entry.quotes.map({ "“\(TextWidth.safe($0))”" }) + entry.withheld.map({ "(\($0.text))" })
        {
            for text in TextWidth.wrapped(quote, width: width - Self.indent.count) {
                lines.append(Self.indent + style.dim(text))
            }
        }
        return lines
    }

    private func ending(_ style: Style) -> String {
        let value = reply.case
        let owed = value.tracksText.isEmpty ? "" : "; still owed: \(value.tracksText)"
        // A clock that runs can be late before a sweeper says so.
        let missed = value.clocks.count {
            $0.hasBreachedAtMs || ($0.isRunning && $0.isLate(now: reply.nowMs))
        }
        let late = missed == 0 ? "no deadline was missed" : style.red("\(counted(missed, "deadline")) missed")
        return "Now \(style.bold(word(value.state)))\(owed); \(late)."
    }
}

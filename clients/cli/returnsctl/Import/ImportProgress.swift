import Foundation

/// The progress bar on stderr, when that is a terminal; otherwise a word when nothing goes on.
struct ImportProgress: Sendable {
    /// Goes back to the line's begin and clears it; nothing where there is no bar.
    static let clearLine = isShown ? "\r\u{1B}[K" : ""
    static let isShown = isatty(STDERR_FILENO) == 1
    private static let intervalMilliseconds = 200
    private static let barColumns = 24
    /// A silence this long is worth telling: the server may be gone.
    private static let idleSecondsMin = 3.0

    let report: ImportReport
    let source: ImportSource
    let start = ContinuousClock.now

    /// Draws until the task is cancelled, then clears the line.
    func draw() async {
        guard Self.isShown else { return await tellSilences() }
        var last = (finished: 0, at: start)
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let totals = report.totals
            if totals.finished != last.finished { last = (totals.finished, now) }
            let line = Self.line(
                totals, fraction: source.fractionRead, seconds: Self.seconds(now - start),
                idleSeconds: Self.seconds(now - last.at))
            Output.note("\(Self.clearLine)\(line)", newline: false)
            try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
        }
        Output.note(Self.clearLine, newline: false)
    }

    /// Says once of each silence of the server that it is waited for. Where no line is sent, it is the input that is waited for.
    private func tellSilences() async {
        var last = (finished: 0, at: start)
        var isTold = false
        while !Task.isCancelled {
            let finished = report.totals.finished
            if finished != last.finished || report.inFlight == 0 {
                last = (finished, ContinuousClock.now)
                isTold = false
            } else if !isTold, Self.seconds(ContinuousClock.now - last.at) >= Self.idleSecondsMin {
                Output.note(Self.silence)
                isTold = true
            }
            try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
        }
    }

    static let silence =
        "no answer for 3s; the import waits for the server and goes on by itself (--timeout says how long); after an interrupt the same command goes on"

    private static func seconds(_ time: Duration) -> Double {
        Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }

    static func line(
        _ totals: ImportReport.Totals, fraction: Double?, seconds: Double, idleSeconds: Double = 0
    ) -> String {
        let rate = seconds > 0 ? Double(totals.finished) / seconds : 0
        var parts: [String] = []
        if let fraction {
            let filled = Int((fraction * Double(barColumns)).rounded(.down))
            let bar =
                String(repeating: "█", count: filled) + String(repeating: "░", count: barColumns - filled)
            parts.append("\(bar) \(Int(fraction * 100)) %")
        }
        parts.append("\(totals.accepted) accepted")
        if totals.refused > 0 { parts.append("\(totals.refused) refused") }
        parts.append("\(Int(rate.rounded()))/s")
        if idleSeconds >= idleSecondsMin {
            let idle = DurationFormat.text(milliseconds: Int64(idleSeconds * 1_000))
            return (parts + ["no answer for \(idle)"]).joined(separator: "  ")
        }
        // Before a twentieth is read the estimate would jump about.
        if let fraction, fraction >= 0.05, fraction < 1 {
            let left = seconds / fraction - seconds
            parts.append("\(DurationFormat.text(milliseconds: Int64(left * 1_000))) left")
        }
        return parts.joined(separator: "  ")
    }
}

import ReturnsDomain
import ReturnsTestSupport

/// A case's way as a transcript: one line per step with the state, what is owed, the ledgers and the clocks.
///
/// `step: state, tracks | units and money per line, what the order holds | running clocks; clocks that ended`
struct Story {
    var desk: Desk
    private(set) var text = ""

    init(_ desk: Desk = Desk()) {
        self.desk = desk
    }

    /// Begins after steps that other transcripts show.
    init(after path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        self.init(desk)
    }

    /// Takes steps by name, as `Desk.follow` does.
    mutating func follow(_ path: String) throws {
        for word in path.split(separator: " ") {
            let before = desk.current
            try desk.follow(String(word))
            if !word.hasPrefix("wait") { write(String(word), before) }
        }
    }

    mutating func run(_ label: String, _ command: Command, as actor: Actor) throws {
        let before = desk.current
        try desk.run(command, as: actor)
        write(label, before)
    }

    private mutating func write(_ label: String, _ before: Case?) {
        let value = desk.value
        var parts = [tracks(value)]
        parts.append(value.lines.map { line($0) }.joined(separator: "; "))
        parts.append(clocks(value, before))
        text +=
            (text.isEmpty ? "" : "\n") + "\(label): " + parts.filter { !$0.isEmpty }.joined(separator: " | ")
    }

    private func tracks(_ value: Case) -> String {
        let tracks = [("money", value.money), ("goods", value.goodsOut), ("told", value.customerTold)]
        return (["\(value.state)"] + tracks.filter { $0.1 != .none }.map { "\($0.0) \($0.1)" }).joined(
            separator: ", ")
    }

    private func line(_ line: CaseLine) -> String {
        let units = line.units
        let counts: [(String, Int64)] = [
            ("awaited", units.awaited), ("uninspected", units.uninspected), ("accepted", units.accepted),
            ("undecided", units.undecided), ("conceded", units.conceded), ("sent back", units.sentBack),
            ("exchanged", units.exchanged), ("disposed", units.disposed), ("kept refused", units.keptRefused),
            ("lost", units.lostUndecided),
            ("lost conceded", units.lostConceded), ("kept", units.kept), ("released", units.released),
        ]
        var words = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        if line.owedMinor > 0 { words.append("paid \(line.committedMinor) of \(line.owedMinor)") }
        let held = desk.order.lines[desk.order.lineIndex(line.lineID)!].reservedUnits
        return "\(line.lineID): \(words.joined(separator: " ")), order holds \(held)"
    }

    private func clocks(_ value: Case, _ before: Case?) -> String {
        let running = value.runningClocks.map { clock in
            "\(clock.kind)\(clock.ordinal > 1 ? "#\(clock.ordinal)" : "")\(clock.isPaused ? " paused" : "")"
                + (clock.breachedAt != nil ? " late" : "")
        }
        var ended: [String] = []
        for (index, clock) in value.clocks.enumerated() {
            guard let end = clock.end, index >= before?.clocks.count ?? 0 || before?.clocks[index].end == nil
            else {
                continue
            }
            ended.append("\(clock.kind)\(clock.ordinal > 1 ? "#\(clock.ordinal)" : "") \(end)")
        }
        return [running.joined(separator: " "), ended.joined(separator: ", ")].filter { !$0.isEmpty }
            .joined(separator: "; ")
    }
}

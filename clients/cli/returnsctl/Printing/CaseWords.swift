import ReturnsWire

extension Returns_V1_Case {
    /// "online/536365"
    var orderName: String { "\(order.saleChannel)/\(order.orderNo)" }

    /// "money due, goods out done": the tracks that say anything.
    var tracksText: String {
        let tracks = [("money", money), ("goods out", goodsOut), ("customer told", customerTold)]
        return tracks.filter { $0.1 != .none && $0.1 != .unspecified }
            .map { "\($0.0) \(word($0.1).replacing("_", with: " "))" }.joined(separator: ", ")
    }

    var runningClocks: [Returns_V1_Clock] { clocks.filter(\.isRunning).sorted { $0.dueAtMs < $1.dueAtMs } }

    var mostUrgentClock: Returns_V1_Clock? { runningClocks.first { !$0.isPaused } ?? runningClocks.first }
}

extension Returns_V1_Clock {
    var isRunning: Bool { end == .unspecified }

    var isPaused: Bool { pauses.last.map { !$0.hasUntilMs } ?? false }

    /// "review", "refund 2": the ordinal only where there was one before.
    var name: String { ordinal > 1 ? "\(word(kind)) \(ordinal)" : word(kind) }

    /// "2h 10m late", "3d 4h left", "paused"
    func dueText(now: Int64) -> String { isPaused ? "paused" : DurationFormat.due(dueAtMs, now: now) }

    func isLate(now: Int64) -> Bool { !isPaused && dueAtMs < now }

    /// Past its warning, but not late.
    func isSoon(now: Int64) -> Bool { hasWarnedAtMs && !isLate(now: now) }
}

extension Returns_V1_Actor {
    /// "lena (service)", "lena (service) for shop-7"
    var text: String {
        let who = role == .system || name.isEmpty ? word(role) : "\(name) (\(word(role)))"
        return TextWidth.safe(onBehalfOf.isEmpty ? who : "\(who) for \(onBehalfOf)")
    }
}

import ReturnsAPI

extension Returns_V1_Case {
    /// "online/536365"
    var orderName: String { "\(order.saleChannel)/\(order.orderNo)" }

    /// "refund, goods to send out (under way)": what is still owed to the customer.
    var tracksText: String {
        let tracks = [
            ("refund", money), ("goods to send out", goodsOut), ("telling the customer", customerTold),
        ]
        return tracks.compactMap { name, track in
            switch track {
            case .due: name
            case .inProgress: "\(name) (under way)"
            case .failed: "\(name) (failed)"
            case .none, .done, .unspecified: nil
            case .UNRECOGNIZED: "\(name) (\(word(track)))"
            }
        }.joined(separator: ", ")
    }

    /// What is due for goods and in no refund yet, in minor units.
    var dueMinor: Int64 { goodsDueMinor + shippingDueMinor }

    /// Of what is due, for goods; the rest is shipping that came back.
    var goodsDueMinor: Int64 { lines.reduce(0) { $0 + $1.owedMinor - $1.committedMinor } }

    var runningClocks: [Returns_V1_Clock] { clocks.filter(\.isRunning).sorted { $0.dueAtMs < $1.dueAtMs } }

    var mostUrgentClock: Returns_V1_Clock? {
        runningClocks.first { !$0.isPaused || $0.hasBreachedAtMs } ?? runningClocks.first
    }
}

extension Returns_V1_Clock {
    var isRunning: Bool { end == .unspecified }

    var isPaused: Bool { pauses.last.map { !$0.hasUntilMs } ?? false }

    /// "review", "refund 2": the ordinal only where there was one before.
    var name: String { ordinal > 1 ? "\(word(kind)) \(ordinal)" : word(kind) }

    /// "2h 10m late", "3d 4h left", "paused", "2h 10m late, paused"
    func dueText(now: Int64) -> String {
        guard isPaused else { return DurationFormat.due(dueAtMs, now: now) }
        return hasBreachedAtMs ? "\(DurationFormat.due(dueAtMs, now: now)), paused" : "paused"
    }

    /// A pause does not take back a breach; the due time of another one moves with it.
    func isLate(now: Int64) -> Bool { isPaused ? hasBreachedAtMs : dueAtMs < now }

    /// Past its warning, but not late.
    func isSoon(now: Int64) -> Bool { !warnedAtMs.isEmpty && !isLate(now: now) }
}

extension Returns_V1_Actor {
    /// "lena (service)", "lena (service) for shop-7"
    var text: String {
        let who = role == .system || name.isEmpty ? word(role) : "\(name) (\(word(role)))"
        return TextWidth.safe(onBehalfOf.isEmpty ? who : "\(who) for \(onBehalfOf)")
    }
}

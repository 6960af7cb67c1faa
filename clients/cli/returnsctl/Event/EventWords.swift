import MoneyFormat
import ReturnsAPI

extension Returns_V1_EventType {
    /// What can happen to a case, and so what a filter may name; the others stand in no log, or pass every filter.
    static let ofCases = allCases.filter { (1..<1_000).contains($0.rawValue) }

    static let words = ofCases.map { word($0) }
}

extension Returns_V1_Event {
    /// What it tells besides type, state, case and order, as one phrase; empty where that is all.
    func detailText(_ times: TimeFormat = .screen) -> String {
        func time(_ milliseconds: Int64) -> String { times.text(milliseconds: milliseconds) }
        // A message may have to wait for the morning.
        func waits(_ milliseconds: Int64) -> String {
            milliseconds > atMs ? ", not before \(time(milliseconds))" : ""
        }
        switch detail {
        case .submitted(let detail): return "by \(word(detail.intakeChannel)), reason \(detail.reasonCode)"
        case .rejected(let detail): return detail.code
        case .pickup(let detail):
            if detail.hasArrivedAtMs { return "arrived at \(time(detail.arrivedAtMs))" }
            return "window \(time(detail.windowFromMs)) to \(time(detail.windowUntilMs))"
        case .shipment(let detail): return "\(detail.carrier) \(detail.trackingNo)"
        case .exception(let detail): return word(detail.kind)
        case .units(let detail): return counted(detail.units, "unit")
        case .inspected(let detail):
            return "\(detail.acceptedUnits) accepted, \(detail.refusedUnits) refused"
        case .inspectionCorrected(let detail):
            func change(_ units: Int64) -> String { units > 0 ? "+\(units)" : "\(units)" }
            return "\(change(detail.acceptedUnits)) accepted, \(change(detail.refusedUnits)) refused"
        case .exchange(let detail):
            let share = MoneyFormat.text(detail.shareMinor, detail.currency)
            let goods = "\(counted(detail.units, "unit")) of line \(detail.lineID) for \(detail.sku)"
            return "exchange \(detail.exchange), \(goods), \(share)"
        case .told(let detail):
            let occasions = detail.occasions.map { word($0).replacing("_", with: " ") }
            return (occasions.isEmpty ? "" : "of \(occasions.joined(separator: ", ")) ")
                + "by \(detail.channel)"
        case .refund(let detail):
            let attempt = detail.hasAttempt ? ", attempt \(detail.attempt)" : ""
            return
                "\(MoneyFormat.text(detail.amountMinor, detail.currency)), refund \(detail.refundID)\(attempt)"
        case .overpaid(let detail):
            return
                "\(MoneyFormat.text(detail.amountMinor, detail.currency)) too much, refund \(detail.refundID)"
        case .adjustment(let detail):
            let amount = MoneyFormat.text(detail.amountMinor, detail.currency)
            let what =
                detail.code == .unspecified
                ? "for \(counted(detail.units, "refused unit"))"
                : word(detail.code).replacing("_", with: " ")
            return "\(amount) of line \(detail.lineID), \(what)"
        case .followedUp(let detail):
            guard detail.reached else { return "not reached" }
            return detail.hasScore ? "reached, score \(detail.score)" : "reached"
        case .document(let detail): return word(detail.type)
        case .clock(let detail):
            let name = detail.ordinal > 1 ? "\(word(detail.kind)) \(detail.ordinal)" : word(detail.kind)
            let before = detail.hasDueBeforeMs ? ", before \(time(detail.dueBeforeMs))" : ""
            let due = "\(name) due \(time(detail.dueAtMs))\(before)"
            guard detail.hasAlert else { return due }
            let alert = detail.alert
            let level = type == .clockEscalated ? ", level \(alert.level)" : ""
            let target = alert.target.isEmpty ? "" : " (\(alert.target))"
            return "\(due)\(level), tell \(word(alert.role))\(target)\(waits(alert.fromMs))"
        case .notification(let detail):
            return "\(word(detail.occasion).replacing("_", with: " "))\(waits(detail.fromMs))"
        case .recomputed(let detail):
            return
                "SLA policy \(detail.slaVersion), plan \(detail.plan), \(counted(detail.movedClocks, "deadline")) moved"
        case .assigned(let detail):
            // Whoever is not shown persons sees neither name.
            let name =
                detail.person.isEmpty
                ? detail.team : detail.team.isEmpty ? detail.person : "\(detail.person) (\(detail.team))"
            return name.isEmpty ? word(detail.role) : "\(word(detail.role)) to \(name)"
        case .payments(let detail): return "order version \(detail.orderVersion)"
        case .eventsLost(let detail): return "cases changed since \(time(detail.changedSinceMs))"
        case nil: return type == .unreadable ? "look at the cases changed since then" : ""
        }
    }
}

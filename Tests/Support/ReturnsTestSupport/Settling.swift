import ReturnsDomain

/// The state that follows from what a case owes, by the table of Protocol/STATES.md and conditions written for it here.
public enum Settling {
    /// The state that the table tells for a case; nil where none of its rows holds.
    public static func state(of value: Case) -> CaseState? {
        StatesDocument.shared.settling.first { conditions[$0.condition]!(value) }?.state
    }

    /// By the words of the table.
    public static let conditions: [String: @Sendable (Case) -> Bool] = [
        "a refund is prepared, in progress or unknown": { value in
            value.refunds.contains { [.prepared, .inProgress, .unknown].contains($0.status) }
        },
        "a refund has failed": { value in value.refunds.contains { $0.status == .failed } },
        "received units are not inspected": { $0.counts(\.uninspected) },
        "refused units are not resolved": { $0.counts(\.undecided) },
        "lost units are not resolved": { value in
            value.lines.contains { $0.units.lost > $0.units.lostConceded }
        },
        "units are awaited, nothing has arrived, and a shipment is known": { value in
            value.counts(\.awaited) && !value.counts(\.received) && !value.shipments.isEmpty
        },
        "money is due": { $0.balanceMinor > 0 },
        "goods of the customer wait to go back": { $0.goodsOut(ofOurs: false, areShipped: false) },
        "goods of ours wait to go out": { $0.goodsOut(ofOurs: true, areShipped: false) },
        "money was refunded": { value in value.refunds.contains { $0.status == .succeeded } },
        "goods of ours went out": { $0.goodsOut(ofOurs: true, areShipped: true) },
        "goods of the customer went back": { $0.goodsOut(ofOurs: false, areShipped: true) },
        "units were accepted": { $0.counts(\.accepted) },
        "units were refused": { $0.counts(\.refused) },
        "units were granted without the goods": { $0.counts(\.kept) },
        "an alternative without goods was accepted": { value in
            if case .rejected = value.decisions.last?.outcome { true } else { false }
        },
        "nothing came": { _ in true },
    ]
}

extension Case {
    fileprivate func counts(_ units: (UnitLedger) -> Int64) -> Bool { lines.contains { units($0.units) > 0 } }

    fileprivate func goodsOut(ofOurs isOurs: Bool, areShipped: Bool) -> Bool {
        outbound.contains {
            ([.exchange, .exchangeAccepted, .alternative].contains($0.kind) == isOurs)
                && ($0.shippedAt != nil) == areShipped
        }
    }
}

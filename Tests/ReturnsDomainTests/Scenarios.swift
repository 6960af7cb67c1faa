import ReturnsDomain
import ReturnsTestSupport

/// A case in every state, brought there by real commands, in as many ways as its ledgers make a difference.
enum Scenarios {
    static let arrived = "submit verify approve ship receive"
    static let refused = arrived + " inspect:1 tell"
    static let paid = arrived + " inspect refund record_refund"

    static let paths: [CaseState: [String]] = [
        .submitted: ["submit", "submit verify", "submit reject tell appeal"],
        .infoNeeded: ["submit request_info", "submit verify request_info"],
        .approved: ["submit verify approve", "submit verify approve tell"],
        .rejected: ["submit reject", "submit reject tell"],
        .pickupScheduled: ["submit verify approve schedule_pickup"],
        .inTransit: ["submit verify approve ship", "submit verify approve tell ship withdraw"],
        .exception: [
            "submit verify approve ship report_exception", "submit verify approve ship report_exception tell",
            "submit verify approve ship report_exception tell resolve:4",
            "submit verify approve ship report_exception tell resolve:4 follow_up",
        ],
        .received: [arrived],
        .qualified: [arrived + " inspect", arrived + " inspect refund record_refund:1 abandon_refund"],
        .nonconforming: [
            arrived + " inspect:1", refused, refused + " resolve:3", refused + " resolve:3 follow_up",
        ],
        .refunding: [arrived + " inspect refund", arrived + " inspect refund record_refund:2"],
        .refundFailed: [arrived + " inspect refund record_refund:1"],
        .refunded: [paid, paid + " tell", paid + " tell follow_up"],
        .shipBack: [
            refused + " resolve:1", refused + " resolve:1 ship_back",
            refused + " resolve:1 ship_back follow_up",
        ],
        .alternative: [
            refused + " resolve:2", refused + " resolve:2 exchange",
            refused + " resolve:2 exchange follow_up",
            "submit reject accept_alternative", "submit reject tell accept_alternative:1 follow_up",
        ],
        .closed: [
            "submit reject tell close", paid + " tell follow_up close",
            arrived
                + " inspect refund record_refund:1 abandon_refund refund record_refund tell follow_up close",
        ],
        .cancelled: ["submit cancel"],
        .expired: ["submit request_info tell wait:8d sweep", "submit verify approve tell wait:15d sweep"],
    ]

    /// The paths above, and cases in which much is owed at once.
    static let desks = Result { try all() }

    private static func all() throws -> [CaseState: [Desk]] {
        var desks: [CaseState: [Desk]] = [:]
        for (state, texts) in paths {
            for text in texts {
                var desk = Desk()
                try desk.follow(text)
                guard desk.value.state == state else {
                    throw Desk.Surprise(description: "\(text) leads to \(desk.value.state), not \(state)")
                }
                desks[state, default: []].append(desk)
            }
        }
        for desk in try crowded() + lostInPart() + concededInTransit() + partlyArrived() + shipping() + free()
            + undeclared() + unexpected() + exchanges()
            + deducted() + partlyPaid() + prepared() + overpaid()
        {
            desks[desk.value.state, default: []].append(desk)
        }
        // The same with a part of what is due deducted.
        for var desk in Array(desks.values.joined()) {
            let move = WellFormed.moves(.deduct, desk.value, now: desk.now)[0]
            guard case .success = desk.decide(move.command, as: move.actor) else { continue }
            try desk.follow("deduct")
            desks[desk.value.state, default: []].append(desk)
        }
        return desks
    }

    /// What each command makes of each scenario, and what its clocks do when it is left alone.
    static func observations() throws -> Observations {
        var observations = Observations()
        for var desk in try desks.get().values.joined() {
            for kind in CommandKind.allCases where kind != .submit {
                for move in WellFormed.moves(kind, desk.value, now: desk.now) {
                    guard case .success(let transition) = desk.decide(move.command, as: move.actor) else {
                        continue
                    }
                    observations.add(transition, kind)
                }
            }
            while let firing = desk.value.nextFiringAt {
                observations.add(try desk.sweep(at: max(firing, desk.now)), .sweep)
            }
        }
        return observations
    }

    /// Closed, and then a refund that was given up has succeeded all the same: whichever of the two comes back, nothing is due again.
    private static func overpaid() throws -> [Desk] {
        var desk = Desk()
        try desk.follow(
            arrived
                + " inspect refund record_refund:1 abandon_refund refund record_refund tell follow_up close"
        )
        try desk.run(
            .recordRefund(
                RefundReport(
                    refundID: desk.value.refunds[0].id,
                    result: .succeeded(
                        voucher: "V9", document: Fixture.document(.refundVoucher, "V9")))),
            as: Cast.fei)
        return [desk]
    }

    static func inspection(accepted: Int64, refused: Int64, line: String = "1") -> Command {
        .inspect(
            lines: [
                LineInspection(
                    lineID: line, isAppearanceOK: refused == 0, isQuantityOK: true, isPackagingOK: true,
                    isUnusedOK: true, acceptedUnits: accepted, refusedUnits: refused)
            ], report: Fixture.document(.inspectionReport))
    }

    static func receipt(_ units: Int64, line: String = "1", isByHand: Bool = false) -> Command {
        .receive(Receipt(lines: [LineUnits(lineID: line, units: units)], isByHand: isByHand))
    }

    static func resolution(_ resolution: UnitResolution, _ units: Int64, line: String = "1") -> Command {
        .resolve(
            lines: [LineResolution(lineID: line, resolution: resolution, units: units)], reason: "agreed")
    }

    /// Money in flight, units to inspect, units to resolve, and goods owed both ways, in one case; then done in turn.
    private static func crowded() throws -> [Desk] {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve ship")
        try desk.run(receipt(4), as: Cast.wang)
        try desk.run(inspection(accepted: 1, refused: 3), as: Cast.wang)
        try desk.follow("tell")
        try desk.run(resolution(.sendBack, 1), as: Cast.sara)
        try desk.run(resolution(.exchange, 1), as: Cast.sara)
        var desks = [desk]  // nonconforming
        try desk.run(receipt(1), as: Cast.wang)
        desks.append(desk)  // received
        try desk.follow("refund")
        desks.append(desk)  // refunding
        try desk.follow("record_refund:1")
        desks.append(desk)  // refund_failed
        try desk.follow("abandon_refund")
        desks.append(desk)  // received, with a refund that may still succeed
        var other = desk
        try other.follow("inspect")
        desks.append(other)  // nonconforming, likewise
        try other.follow("resolve:3")
        desks.append(other)  // qualified, goods out too
        try desk.follow("inspect:1 tell resolve:3 refund record_refund")
        desks.append(desk)  // ship_back, an exchange too
        try desk.follow("ship_back")
        desks.append(desk)  // alternative
        return desks
    }

    /// One unit of five lost on the way, the rest decided in every direction.
    private static func lostInPart() throws -> [Desk] {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve ship")
        try desk.run(
            .reportException(kind: .lost, reason: "gone", lines: [LineUnits(lineID: "1", units: 1)]),
            as: Cast.leo)
        try desk.run(receipt(4), as: Cast.wang)
        try desk.run(inspection(accepted: 2, refused: 2), as: Cast.wang)
        try desk.follow("tell")
        try desk.run(resolution(.sendBack, 1), as: Cast.sara)
        try desk.run(resolution(.exchange, 1), as: Cast.sara)
        var desks = [desk]  // exception
        var abandoned = desk
        try abandoned.follow("refund record_refund:1 abandon_refund")
        desks.append(abandoned)  // exception, a refund may still succeed
        try abandoned.follow("found")
        desks.append(abandoned)  // qualified, likewise, and a unit to come
        try desk.follow("found")
        desks.append(desk)  // qualified, owing money and goods, and a unit to come
        return desks
    }

    /// One unit of two lost and conceded while the other is under way: money is owed though nothing has arrived.
    private static func concededInTransit() throws -> [Desk] {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(
            .reportException(kind: .lost, reason: "gone", lines: [LineUnits(lineID: "1", units: 1)]),
            as: Cast.leo)
        var desks = [desk]  // exception, not told, and a unit to come
        try desk.follow("tell")
        desks.append(desk)  // exception, and a unit to come
        try desk.run(resolution(.concede, 1), as: Cast.sue)
        desks.append(desk)  // in_transit, owing money
        try desk.follow("refund")
        desks.append(desk)  // refunding, and a unit to come
        try desk.follow("record_refund:1 abandon_refund")
        desks.append(desk)  // in_transit, a refund may still succeed
        return desks
    }

    /// One unit of two has arrived: what is still to come, beside all that can be owed or done.
    private static func partlyArrived() throws -> [Desk] {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(receipt(1), as: Cast.wang)
        var desks = [desk]  // received
        for steps in [
            "inspect refund record_refund:1 record_refund tell", "inspect:1 tell resolve:1",
            "inspect:1 tell resolve:2", "inspect:1 tell resolve:3",
        ] {
            var branch = desk
            for step in steps.split(separator: " ") {
                switch step {
                case "resolve:1": try branch.run(resolution(.sendBack, 1), as: Cast.sara)
                case "resolve:2": try branch.run(resolution(.exchange, 1), as: Cast.sara)
                case "resolve:3": try branch.run(resolution(.dispose, 1), as: Cast.sara)
                default: try branch.follow(String(step))
                }
                desks.append(branch)  // qualified, refunding, refund_failed, refunded, nonconforming, …
            }
        }
        return desks
    }

    /// One unit is accepted, and the other is accepted, or goes back, or is exchanged; then a path, which ends in refunded, ship_back
    /// and alternative.
    private static func decided(_ path: String) throws -> [Desk] {
        try [nil, UnitResolution.sendBack, .exchange].map { kind in
            var desk = Desk()
            try desk.follow("submit verify approve tell ship receive")
            try desk.run(inspection(accepted: 1, refused: kind == nil ? 0 : 1), as: Cast.wang)
            if let kind {
                try desk.follow("tell")
                try desk.run(resolution(kind, 1), as: Cast.sara)
            } else {
                try desk.follow("inspect")
            }
            try desk.follow(path)
            return desk
        }
    }

    /// The goods' refund has succeeded, one for shipping was abandoned, and goods are still owed out.
    private static func shipping() throws -> [Desk] {
        try decided("refund record_refund refund:1 record_refund:1 abandon_refund")
    }

    /// Half of what is due was refunded, and the rest is due, in flight, or failed, in all states that a case can have then.
    private static func partlyPaid() throws -> [Desk] {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 3)]))
        try desk.follow("verify approve tell ship")
        try desk.run(
            .reportException(kind: .lost, reason: "gone", lines: [LineUnits(lineID: "1", units: 1)]),
            as: Cast.leo)
        try desk.follow("tell")
        var desks: [Desk] = []
        var other = desk
        try desk.run(resolution(.concede, 1), as: Cast.sue)
        try desk.follow("refund record_refund")
        desks.append(desk)  // in_transit, and refunded
        try desk.run(receipt(1), as: Cast.wang)
        desks.append(desk)  // received
        try desk.run(inspection(accepted: 0, refused: 1), as: Cast.wang)
        desks.append(desk)  // nonconforming
        try other.run(receipt(2), as: Cast.wang)
        try other.run(inspection(accepted: 2, refused: 0), as: Cast.wang)
        try other.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        try other.follow("record_refund")
        desks.append(other)  // exception
        try other.run(.refund(RefundOrder(amountMinor: 500)), as: Cast.fei)
        desks.append(other)  // refunding
        try other.follow("record_refund:1")
        desks.append(other)  // refund_failed
        try other.follow("abandon_refund found")
        desks.append(other)  // qualified
        return desks
    }

    /// A refund of all of the first line, which a second person has to confirm.
    private static func prepared() throws -> [Desk] {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve tell ship receive inspect refund")
        return [desk]  // refunding
    }

    /// A part was kept, and the rest refunded: nothing is due, in each state where a case rests.
    private static func deducted() throws -> [Desk] { try decided("deduct refund record_refund") }

    /// Goods that cost nothing: qualified, and nothing owed.
    private static func free() throws -> [Desk] {
        var order = Fixture.order()
        order.lines[0].paidMinor = 0
        order.payments[0].amountMinor -= 4_999
        var desk = Desk(order: order)
        try desk.follow("submit verify approve tell ship receive inspect")
        var desks = [desk]
        try desk.follow("follow_up")
        desks.append(desk)
        // Closed out of that state, it is reopened into it.
        try desk.follow("close")
        desks.append(desk)
        return desks
    }

    /// Goods that the form does not name wait to go back, beside all else that can be owed.
    private static func undeclared() throws -> [Desk] {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(
            .reportException(kind: .lost, reason: "gone", lines: [LineUnits(lineID: "1", units: 1)]),
            as: Cast.leo)
        try desk.follow("tell")
        let parcel = Receipt(
            lines: [LineUnits(lineID: "1", units: 1)], undeclared: [.init(sku: "HAT", units: 2)])
        try desk.run(.receive(parcel), as: Cast.wang)
        var desks = [desk]  // received
        var refused = desk
        try refused.follow("inspect:1")
        desks.append(refused)  // nonconforming
        try desk.follow("inspect")
        desks.append(desk)  // exception
        try desk.run(resolution(.release, 1), as: Cast.sara)
        for step in ["", "refund", "record_refund:1", "record_refund"] {
            try desk.follow(step)
            desks.append(desk)  // qualified, refunding, refund_failed, ship_back
        }
        var stray = Desk()
        try stray.follow("submit verify approve tell")
        let goods = Receipt(lines: [], undeclared: [.init(sku: "HAT", units: 2)], isByHand: true)
        try stray.run(.receive(goods), as: Cast.wang)
        desks.append(stray)  // approved, all units to come
        var pickup = stray
        try pickup.follow("schedule_pickup")
        try stray.follow("ship")
        return desks + [pickup, stray]  // pickup_scheduled, in_transit
    }

    /// Goods have come that nobody expected: before a decision, behind a refusal, and at the end.
    private static func unexpected() throws -> [Desk] {
        var desks: [Desk] = []
        for path in [
            "submit verify", "submit request_info tell", "submit reject", "submit reject tell",
            "submit cancel", "submit request_info tell wait:8d sweep",
            "submit verify approve tell wait:15d sweep", "submit reject tell close",
        ] {
            for sku in ["HAT", "MUG"] {
                var desk = Desk()
                try desk.follow(path)
                let goods = Receipt(lines: [], undeclared: [.init(sku: sku, units: 1)])
                try desk.run(.receive(goods), as: Cast.wang)
                desks.append(desk)  // submitted, info_needed, rejected, ship_back
                guard path == "submit reject tell" else { continue }
                try desk.follow("wait:15d sweep")
                desks.append(desk)  // rejected, the appeal window over
            }
        }
        var paid = Desk()
        try paid.follow("submit verify approve tell ship report_exception tell")
        try paid.run(resolution(.concede, 2), as: Cast.sue)
        try paid.follow("refund record_refund tell follow_up close")
        return desks + [paid]  // closed, and the goods that were paid for as lost may turn up
    }

    /// One accepted unit of three is exchanged for goods, the others are decided in every direction.
    private static func exchanges() throws -> [Desk] {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve tell ship")
        try desk.run(
            .reportException(kind: .lost, reason: "gone", lines: [LineUnits(lineID: "1", units: 1)]),
            as: Cast.leo)
        try desk.follow("tell")
        try desk.run(receipt(3), as: Cast.wang)
        try desk.run(inspection(accepted: 3, refused: 0), as: Cast.wang)
        try desk.follow("agree_exchange:1")
        var desks = [desk]  // exception
        var received = desk
        try received.run(receipt(1), as: Cast.wang)
        desks.append(received)  // received
        try received.follow("inspect:1")
        desks.append(received)  // nonconforming
        try received.follow("tell")
        try received.run(resolution(.sendBack, 1), as: Cast.sara)
        try received.run(resolution(.release, 1), as: Cast.sara)
        for step in ["", "refund", "record_refund:1", "record_refund", "ship_back", "exchange"] {
            try received.follow(step)
            desks.append(received)  // qualified, refunding, refund_failed, ship_back, alternative
        }
        return desks + (try freeExchanges())
    }

    /// Goods that cost nothing can be exchanged whatever was paid for others.
    private static func freeExchanges() throws -> [Desk] {
        var order = Fixture.order()
        order.lines[0].paidMinor = 0
        order.payments[0].amountMinor -= 4_999
        var desk = Desk(order: order)
        try desk.submit(
            Fixture.submission(lines: ["1", "2"].map { RequestedLine(lineID: $0, quantity: 2) }))
        try desk.follow("verify approve tell ship receive")
        for line in ["1", "2"] {
            try desk.run(inspection(accepted: 2, refused: 0, line: line), as: Cast.wang)
        }
        try desk.follow("refund")
        var desks = [desk]  // refunding
        var failed = desk
        try failed.follow("record_refund:1")
        desks.append(failed)  // refund_failed
        try desk.follow("record_refund")
        var goods = desk
        try goods.follow("receive")
        try desk.follow("tell")
        var alternative = desk
        try alternative.follow("agree_exchange")
        return desks + [desk, goods, alternative]  // refunded, ship_back, alternative
    }
}

import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Where the money of an order with a case goes: a supervisor changes it, with a reason.
@Suite struct PaymentsTests: PaymentsSuite {
    /// After 20.00 went to card-1: what is refused, with its code and field.
    private static let bounds: [(code: String, field: String, payments: [Payment])] = [
        ("PAYMENT_REFUNDED", "payments", [card(6_000, "card-2"), gift(3_899)]),
        ("PAYMENT_REFUNDED", "payments[0].amount_minor", [card(1_999), gift(7_900)]),
        (
            "PAYMENT_REFUNDED", "payments[0].method",
            [Payment(reference: "card-1", method: .wallet, amountMinor: 6_000), gift(3_899)]
        ),
        ("PAYMENTS_MISMATCH", "payments", [card(6_000), gift(3_898)]),
        ("PAYMENTS_UNCHANGED", "payments", [card(6_000), gift(3_899)]),
        ("DUPLICATE_PAYMENT", "payments[1].reference", [card(6_000), card(3_899)]),
        ("AMOUNT_OUT_OF_RANGE", "payments[0].amount_minor", [card(-1), gift(9_900)]),
        ("IDENTIFIER_MALFORMED", "payments[0].reference", [card(6_000, "a b"), gift(3_899)]),
        ("COUNT_OUT_OF_RANGE", "payments", (0...16).map { card(1, "c\($0)") }),
    ]

    /// In flight, refunded, and given up: the refund keeps its payment.
    @Test(arguments: ["refund", "refund record_refund", "refund record_refund:1"], bounds.indices)
    func whatWasRefundedBoundsAChange(_ steps: String, _ index: Int) throws {
        var desk = Desk()
        try desk.follow("\(Self.qualified) \(steps)")
        let bound = Self.bounds[index]
        guard case .failure(let rejection) = Self.changed(desk.order, bound.payments) else {
            return #expect(Bool(false), "taken")
        }
        #expect(rejection.code == bound.code && rejection.field == bound.field)
    }

    @Test(arguments: Role.allCases)
    func onlyASupervisorChangesPayments(_ role: Role) throws {
        var desk = Desk()
        try desk.submit()
        switch Self.changed(desk.order, [Self.card(9_899)], by: Cast.only(role)) {
        case .success(let transition): #expect(role == .supervisor && transition.entry.actor.role == role)
        case .failure(let rejection):
            #expect(role != .supervisor && rejection.code == "ROLE_REQUIRED")
            #expect(rejection.kind == .notPermitted)
        }
    }

    /// Whoever inspected goods of any case of the order, or had them inspected, does not say where its money goes.
    @Test func noInspectorChangesPayments() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        let robot = Actor(name: "scanner", roles: [.warehouse], onBehalfOf: "wang")
        try desk.run(Scenarios.inspection(accepted: 0, refused: 2), as: robot)
        let value = try #require(desk.current)
        func change(_ actor: Actor, _ cases: [Case]) -> Result<OrderTransition, CaseRejection> {
            Self.changed(desk.order, [Self.card(9_899)], by: actor, decidedIn: cases)
        }
        for name in ["scanner", "wang"] {
            for actor in [
                Actor(name: name, roles: [.warehouse, .supervisor]),
                Actor(name: "erp", roles: [.supervisor], onBehalfOf: name),
            ] {
                guard case .failure(let rejection) = change(actor, [value]) else {
                    return #expect(Bool(false), "taken")
                }
                #expect(rejection.code == "INSPECTOR_REFUNDS" && rejection.kind == .notPermitted)
                #expect(rejection.text.contains("someone else has to change_payments"))
            }
        }
        let transition = try change(Cast.sue, [value]).get()
        #expect(transition.caseVersions == [value.id: value.version])
    }

    /// The other way round: who changed payments, or had them changed, neither inspects goods of the order nor refunds.
    @Test(arguments: ["sue", "ann"])
    func whoChangedPaymentsTakesNoOtherDuty(_ name: String) throws {
        let sue = Actor(name: "sue", roles: [.supervisor], onBehalfOf: "ann")
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        desk.order = try Self.changed(desk.order, [Self.card(9_899)], by: sue).get().orderAfter
        #expect(desk.order.paymentsChangers == ["sue", "ann"])
        func actors(_ role: Role) -> [Actor] {
            [Actor(name: name, roles: [role]), Actor(name: "erp", roles: [role], onBehalfOf: name)]
        }
        func expectRefused(_ command: Command, as role: Role, helper: String) throws {
            for actor in actors(role) {
                let rejection = try desk.refusal(command, as: actor)
                #expect(rejection.code == "PAYMENTS_CHANGER" && rejection.kind == .notPermitted)
                #expect(rejection.text.contains("someone else has to \(command.kind)"))
                #expect(rejection.text.contains("a principal with the role \(helper)"))
            }
        }
        try expectRefused(Scenarios.inspection(accepted: 2, refused: 0), as: .warehouse, helper: "warehouse")
        try desk.follow("inspect")
        try expectRefused(.refund(RefundOrder()), as: .finance, helper: "finance who")
        let other = RefundOrder(otherMethod: "transfer", otherMethodReason: "r")
        try expectRefused(.refund(other), as: .supervisor, helper: "supervisor who")
        try desk.follow("refund")
        let id = "\(desk.value.id)-1"
        for result in [
            RefundReport.Result.succeeded(voucher: "V", document: nil), .failed(reason: "r"), .unknown,
        ] {
            let report = RefundReport(refundID: id, result: result)
            try expectRefused(.recordRefund(report), as: .finance, helper: "finance")
        }
        try desk.follow("record_refund:1")
        try expectRefused(.refund(RefundOrder()), as: .finance, helper: "finance who")
        try expectRefused(
            .abandonRefund(refundID: id, gatewayConfirmation: "g"), as: .finance, helper: "finance")
        // They can change payments again, and a push leaves it known who did.
        desk.order = try Self.changed(desk.order, [Self.card(9_000), Self.gift(899)], by: sue).get()
            .orderAfter
        var pushed = desk.order
        pushed.paymentsChangers = []
        pushed.country = "FR"
        guard case .success(.updated(let order)) = Self.put(pushed, over: desk.order) else {
            return #expect(Bool(false), "refused")
        }
        #expect(order.paymentsChangers == ["sue", "ann"])
    }

    /// The ways in which a supervisor makes money owed, and where in a case each is open.
    private static let owing: [(path: String, command: Command)] = [
        ("submit verify approve tell", .grantReturnless(reason: "r")),
        (
            "submit verify approve tell ship receive inspect:1 tell",
            Scenarios.resolution(.concede, 1)
        ),
        (
            "submit verify approve tell ship report_exception tell",
            Scenarios.resolution(.concede, 1)
        ),
    ]

    /// Whoever conceded units or granted a return without goods, or for whom it was done, is barred as an inspector is.
    @Test(arguments: owing.indices, ["max", "ann"])
    func whoMakesMoneyOwedTakesNoOtherDuty(_ index: Int, _ name: String) throws {
        let max = Actor(name: "max", roles: [.supervisor], onBehalfOf: "ann")
        var desk = Desk()
        try desk.follow(Self.owing[index].path)
        try desk.run(Self.owing[index].command, as: max)
        #expect(desk.value.owedDeciders.isSuperset(of: ["max", "ann"]))
        func expectBarred(_ command: Command, helper: String) throws {
            let roles: Set<Role> = [.finance, .supervisor]
            for actor in [
                Actor(name: name, roles: roles), Actor(name: "erp", roles: roles, onBehalfOf: name),
            ] {
                let rejection = try desk.refusal(command, as: actor)
                #expect(rejection.code == "INSPECTOR_REFUNDS" && rejection.kind == .notPermitted)
                #expect(rejection.text.contains("someone else has to \(command.kind)"))
                #expect(rejection.text.contains("a principal with the role \(helper) who did none of these"))
            }
        }
        let barred = Actor(name: name, roles: [.supervisor])
        guard
            case .failure(let refused) = Self.changed(
                desk.order, [Self.card(9_899)], by: barred, decidedIn: [desk.value])
        else { return #expect(Bool(false), "taken") }
        #expect(refused.code == "INSPECTOR_REFUNDS" && refused.kind == .notPermitted)
        #expect(refused.text.contains("someone else has to change_payments"))
        desk.order = try Self.changed(desk.order, [Self.card(9_899)], decidedIn: [desk.value]).get()
            .orderAfter
        try expectBarred(.refund(RefundOrder()), helper: "finance")
        try expectBarred(
            .refund(RefundOrder(otherMethod: "transfer", otherMethodReason: "r")), helper: "supervisor")
        try desk.follow("refund")
        let id = "\(desk.value.id)-1"
        try expectBarred(
            .recordRefund(RefundReport(refundID: id, result: .succeeded(voucher: "V", document: nil))),
            helper: "finance")
        try desk.follow("record_refund:1")
        try expectBarred(.refund(RefundOrder()), helper: "finance")
        try expectBarred(.abandonRefund(refundID: id, gatewayConfirmation: "g"), helper: "finance")
    }

    /// The other way round: who changed payments makes nothing owed, and everything else of the same steps is still theirs.
    @Test(arguments: owing.indices)
    func whoChangedPaymentsMakesNothingOwed(_ index: Int) throws {
        var desk = Desk()
        try desk.follow(Self.owing[index].path)
        desk.order = try Self.changed(desk.order, [Self.card(9_899)]).get().orderAfter
        let command = Self.owing[index].command
        for actor in [Cast.sue, Actor(name: "erp", roles: [.supervisor], onBehalfOf: "sue")] {
            let rejection = try desk.refusal(command, as: actor)
            #expect(rejection.code == "PAYMENTS_CHANGER" && rejection.kind == .notPermitted)
            #expect(rejection.text.contains("someone else has to \(command.kind)"))
            #expect(rejection.text.contains("a principal with the role supervisor who changed none"))
        }
        let transition = try desk.run(command, as: Cast.only(.supervisor))
        #expect(transition.dependsOnOrder && desk.value.owedDeciders.contains("only-supervisor"))
    }

    /// Units that are sent back, exchanged, disposed of or released owe nothing: nobody is barred by deciding so.
    @Test func decidingOtherwiseBarsNobody() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect:1 tell")
        desk.order = try Self.changed(desk.order, [Self.card(9_899)]).get().orderAfter
        let before = desk.value.owedDeciders
        let transition = try desk.run(Scenarios.resolution(.dispose, 1), as: Cast.sue)
        #expect(!transition.dependsOnOrder && desk.value.owedDeciders == before)
    }

    /// The rule by pairs, written by hand: the first duty, and what it bars its person from.
    @Test(arguments: SeparateDuty.allCases)
    func dutiesBarEachOther(_ duty: SeparateDuty) {
        let barred: [SeparateDuty: (reviewer: String, decider: String, changer: String)] = [
            .review: ("OTHER_REVIEWER_REQUIRED", "", ""), .decideOwed: ("", "", "PAYMENTS_CHANGER"),
            .changePayments: ("", "INSPECTOR_REFUNDS", ""),
            .refund: ("", "INSPECTOR_REFUNDS", "PAYMENTS_CHANGER"),
        ]
        func code(_ acts: PriorActs) -> String {
            acts.bar(from: duty, step: "s", roles: [.finance])?.code ?? ""
        }
        #expect(code(PriorActs(decidedReview: true)) == barred[duty]?.reviewer)
        #expect(code(PriorActs(decidedOwed: true)) == barred[duty]?.decider)
        #expect(code(PriorActs(changedPayments: true)) == barred[duty]?.changer)
        #expect(code(PriorActs()) == "")
    }

    @Test func aChangeNeedsAReasonAndACase() throws {
        var desk = Desk()
        func code(_ order: Order?, reason: String = "r") -> String? {
            let result = Order.changePayments(
                PaymentsChange(payments: [Self.card(9_899)], reason: reason), of: order,
                owedDeciders: OrderOwedDeciders(), actor: Cast.sue, now: Fixture.monday)
            guard case .failure(let rejection) = result else { return nil }
            return rejection.code
        }
        #expect(code(nil) == "ORDER_UNKNOWN" && code(desk.order) == "NO_CASE")
        try desk.submit()
        #expect(code(desk.order, reason: "") == "FIELD_REQUIRED")
        #expect(code(desk.order, reason: String(repeating: "x", count: 513)) == "TEXT_TOO_LONG")
        #expect(code(desk.order) == nil)
        desk.order.entriesCount = CountLimits.orderEntriesMax
        #expect(code(desk.order) == "ORDER_FULL")
    }

    @Test func theOrderTellsAChangeWithReasonPersonAndTime() throws {
        var desk = Desk()
        try desk.follow(Self.qualified + " refund")
        let sue = Actor(name: "sue", roles: [.supervisor], onBehalfOf: "ann")
        let transition = try Self.changed(
            desk.order, [Self.gift(3_899), Self.card(2_000), Self.card(4_000, "card-2")], by: sue
        ).get()
        #expect(
            transition.entry.text
                == "card-1 from card 60.00 EUR to card 20.00 EUR; card-2 card 40.00 EUR added; refunds go to gift-1, then card-1, then card-2"
        )
        #expect(transition.entry.reason == "card closed")
        #expect(transition.entry.at == Fixture.monday.adding(Milliseconds.day))
        #expect(transition.entry.actor == ActorRecord(name: "sue", role: .supervisor, onBehalfOf: "ann"))
        #expect(transition.orderAfter.version == desk.order.version + 1)
        #expect(transition.entry.orderVersion == transition.orderAfter.version)
        #expect(transition.orderAfter.payments.map(\.committedMinor) == [0, 2_000, 0])
        // The refund that is in flight keeps the payment it was started with.
        desk.order = transition.orderAfter
        try desk.follow("record_refund")
        #expect(desk.value.refunds[0].payments == [RefundShare(reference: "card-1", amountMinor: 2_000)])
        // The next goes by the new order.
        try desk.run(.refund(RefundOrder(shippingMinor: 100)), as: Cast.fei)
        #expect(desk.value.refunds[1].payments == [RefundShare(reference: "gift-1", amountMinor: 100)])
    }

    /// A payment of nothing is kept for the refund that was once started to it; an order system need not know it.
    @Test func aPaymentThatARefundWasGivenUpForStaysWithNothing() throws {
        var desk = Desk()
        try desk.follow(Self.qualified + " refund record_refund:1 abandon_refund")
        let wanted = [Self.card(0), Self.card(6_000, "card-2"), Self.gift(3_899)]
        desk.order = try Self.changed(desk.order, wanted).get().orderAfter
        var pushed = Fixture.order()
        pushed.payments = Array(wanted.dropFirst())
        #expect(Self.put(pushed, over: desk.order) == .success(.unchanged(desk.order)))
        try desk.follow("record_refund")
        // It went to card-1 all the same: what was owed is paid, and the payment shows what it never was.
        #expect(desk.order.payments[0].overpaidMinor == 2_000 && desk.order.payments[0].committedMinor == 0)
        #expect(desk.value.balanceMinor == 0 && desk.order.overpaidMinor == 0)
        #expect(desk.order.committedMinor == 2_000)
    }
}

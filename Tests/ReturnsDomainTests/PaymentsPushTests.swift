import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Pushes of an order with a case: they can only add to where its money goes.
@Suite struct PaymentsPushTests: PaymentsSuite {
    typealias Change = @Sendable (inout Order) -> Void

    /// A push that changes a payment, by what it changes. The field names the first one at fault.
    private static let refused: [(field: String, change: Change)] = [
        ("order.payments", { $0.payments[0].reference = "card-2" }),
        ("order.payments[0].method", { $0.payments[0].method = .wallet }),
        (
            "order.payments[0].amount_minor",
            {
                $0.payments[0].amountMinor -= 1; $0.payments[1].amountMinor += 1
            }
        ),
        ("order.payments", { $0.payments.swapAt(0, 1) }),
        (
            "order.payments",
            {
                $0.payments[0].amountMinor += $0.payments.removeLast().amountMinor
                $0.payments[0].amountMinor -= 3_899
                $0.payments.append(Payment(reference: "gift-2", method: .giftCard, amountMinor: 3_899))
            }
        ),
        // A new one in front would be refunded to first.
        (
            "order.payments",
            {
                $0.payments.insert(Payment(reference: "new", method: .card, amountMinor: 100), at: 0)
                $0.shippingPaidMinor += 100
            }
        ),
    ]

    /// However far the case is, and when it has come to its end too.
    @Test(
        arguments: [
            "submit", "submit cancel", qualified, qualified + " refund",
            qualified + " refund record_refund tell follow_up close",
        ], refused.indices)
    func aPushThatChangesAPaymentIsRefused(_ path: String, _ index: Int) throws {
        var desk = Desk()
        try desk.follow(path)
        var pushed = Fixture.order()
        Self.refused[index].change(&pushed)
        guard case .failure(let rejection) = Self.put(pushed, over: desk.order) else {
            return #expect(Bool(false), "taken")
        }
        #expect(rejection.code == "PAYMENTS_FIXED" && rejection.kind == .notAllowedNow)
        #expect(rejection.field == Self.refused[index].field)
        #expect(rejection.text.contains("returnsctl order payments change"))
        #expect(rejection.text.contains("card-1") || rejection.text.contains("gift-1"))
    }

    @Test func withoutACaseAPushMayChangePayments() throws {
        for (_, change) in Self.refused {
            var pushed = Fixture.order()
            change(&pushed)
            guard case .success(.updated(let order)) = Self.put(pushed, over: Fixture.order()) else {
                return #expect(Bool(false), "refused")
            }
            #expect(order.payments == pushed.payments)
        }
    }

    @Test func aPushThatAddsAPaymentPasses() throws {
        var desk = Desk()
        try desk.follow(Self.qualified + " refund")
        var pushed = Fixture.order()
        pushed.payments.append(Payment(reference: "card-2", method: .card, amountMinor: 700))
        pushed.shippingPaidMinor += 200
        pushed.lines.append(OrderLine(lineID: "4", sku: "CUP", quantity: 1, unitPriceMinor: 500))
        guard case .success(.updated(let order)) = Self.put(pushed, over: desk.order) else {
            return #expect(Bool(false), "refused")
        }
        #expect(order.payments.map(\.reference) == ["card-1", "gift-1", "card-2"])
        #expect(order.payments[0].committedMinor == 2_000 && order.payments[0].hasRefunds)
    }

    @Test func aPushKeepsWhatIsUntold() throws {
        var desk = Desk()
        try desk.submit()
        let order = try Self.changed(desk.order, [Self.card(9_899)]).get().orderAfter
        var pushed = Fixture.order()
        pushed.payments = [Self.card(9_899)]
        pushed.deliveredAt = Fixture.utc(2026, 2, 28)
        guard case .success(.updated(let merged)) = Self.put(pushed, over: order) else {
            return #expect(Bool(false), "refused")
        }
        #expect(merged.untold == order.untold && merged.entriesCount == 1)
    }
}

import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// What the suites about the payments of an order have in common.
protocol PaymentsSuite {}

extension PaymentsSuite {
    static var qualified: String { "submit verify approve tell ship receive inspect" }

    static func put(_ order: Order, over known: Order) -> Result<OrderUpdate, CaseRejection> {
        Order.put(order, over: known, actor: Cast.shop, now: Fixture.monday)
    }

    static func changed(
        _ order: Order, _ payments: [Payment], by actor: Actor = Cast.sue, reason: String = "card closed",
        decidedIn cases: [Case] = []
    ) -> Result<OrderTransition, CaseRejection> {
        Order.changePayments(
            PaymentsChange(payments: payments, reason: reason), of: order,
            owedDeciders: OrderOwedDeciders(cases), actor: actor,
            now: Fixture.monday.adding(Milliseconds.day))
    }

    static func card(_ amount: Int64, _ reference: String = "card-1") -> Payment {
        Payment(reference: reference, method: .card, amountMinor: amount)
    }
    static func gift(_ amount: Int64) -> Payment {
        Payment(reference: "gift-1", method: .giftCard, amountMinor: amount)
    }
}

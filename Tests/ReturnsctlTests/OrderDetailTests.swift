import ReturnsAPI
import Testing

@testable import returnsctl

/// What people read of an order.
@Suite struct OrderDetailTests {
    @Test func anOrderThatIsPaidInPartSaysSo() {
        var reply = Returns_V1_GetOrderReply.with {
            $0.order.key = .with { ($0.saleChannel, $0.orderNo) = ("online", "1001") }
            $0.order.currency = "CNY"
            $0.order.payments = [
                .with { ($0.reference, $0.method, $0.amountMinor) = ("card-1", .card, 6_000) }
            ]
            $0.order.outstandingMinor = 4_000
        }
        func lines() -> [Substring] {
            OrderDetail(reply: reply).text(.plain).split(separator: "\n").filter {
                $0.contains("outstanding")
            }
        }
        #expect(lines() == ["outstanding: 40.00 CNY, paid in part"])
        reply.order.outstandingMinor = 0
        #expect(lines().isEmpty)
    }
}

import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

@Suite struct OrderRecordTests {
    @Test(arguments: [
        "submit", "submit verify approve tell ship receive inspect refund record_refund",
        "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund record_refund",
    ]) func aRecordIsReadBackAsItWasWritten(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let payments = desk.order.payments + [Payment(reference: "new", method: .cash, amountMinor: 0)]
        let order = try Order.changePayments(
            PaymentsChange(payments: payments, reason: "r"), of: desk.order,
            owedDeciders: OrderOwedDeciders(), actor: Cast.sue, now: desk.now
        ).get().orderAfter
        let read = try OrderRecord(order).value()
        #expect(read == order && !read.untold.isEmpty && read.paymentsChangers == ["sue"])
    }
}

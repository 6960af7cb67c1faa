import ReturnsAPI
import Testing

@testable import returnsctl

/// What `admin verify-money` prints.
@Suite struct VerifyMoneyTests {
    private static func finding(
        _ problem: Returns_V1_MoneyProblem, recorded: Int64, proved: Int64
    ) -> Returns_V1_MoneyFinding {
        .with {
            $0.problem = problem
            $0.order.saleChannel = "online"
            $0.order.orderNo = "P-1"
            $0.subject = "card-1"
            $0.currency = "EUR"
            $0.recorded = recorded
            $0.proved = proved
            $0.text = "they differ"
        }
    }

    private static let part = Returns_V1_VerifyMoneyReply.with {
        $0.donePermille = 500
        $0.orders = 1
        $0.findings = [finding(.payment, recorded: 5_000, proved: 4_000)]
        $0.problems = 1
    }

    private static let last = Returns_V1_VerifyMoneyReply.with {
        $0.done = true
        $0.donePermille = 1_000
        $0.orders = 2
        $0.cases = 1
        $0.payments = 3
        $0.refunds = 4
        $0.problems = 2
        $0.findings = [finding(.lineUnits, recorded: 2, proved: 1)]
        $0.totals = [
            .with {
                $0.currency = "EUR"
                $0.orders = 2
                $0.paidMinor = 10_000
                $0.keptMinor = 4_000
                $0.refundedMinor = 5_000
                $0.inFlightMinor = 1_000
            }
        ]
    }

    @Test func allAddsUp() {
        var reply = Self.last
        reply.problems = 0
        reply.findings = []
        #expect(
            AdminVerifyMoney.text(reply, .plain) == """
                CURRENCY  ORDERS    PAID   KEPT  REFUNDED  IN FLIGHT  BEYOND
                EUR            2  100.00  40.00     50.00      10.00    0.00
                2 orders, 1 case, 3 payments, 4 refunds: paid = kept + refunded + in flight
                """)
    }

    /// What went out beyond what was owed adds up, and is named by its orders and cases.
    @Test func whatIsToBeRecoveredIsNamed() {
        var reply = Self.last
        reply.problems = 0
        reply.findings = []
        reply.totals[0].overpaidMinor = 18_000
        reply.overpaidOrders = 3
        reply.overpaid = [
            .with {
                $0.order.saleChannel = "online"
                $0.order.orderNo = "P-7"
                $0.currency = "EUR"
                $0.overpaidMinor = 18_000
                $0.caseIds = ["C1", "C2"]
            }
        ]
        #expect(
            AdminVerifyMoney.text(reply, .plain).hasPrefix(
                """
                CURRENCY  ORDERS    PAID   KEPT  REFUNDED  IN FLIGHT  BEYOND
                EUR            2  100.00  40.00     50.00      10.00  180.00
                went out beyond what was owed, and is to be recovered:
                ORDER           BEYOND  CASES
                online/P-7  180.00 EUR  C1, C2
                … and 2 more orders
                """))
    }

    /// The findings of every message are kept, the counts are the last one's.
    @Test func whatDiffersIsListed() {
        var whole = Returns_V1_VerifyMoneyReply()
        whole.add(Self.part)
        whole.add(Self.last)
        let text = AdminVerifyMoney.text(whole, .plain)
        #expect(text.contains("payment     online/P-1  -     card-1  50.00 EUR  40.00 EUR  they differ"))
        #expect(text.contains("line_units  online/P-1  -     card-1          2          1  they differ"))
        #expect(text.contains("2 orders, 1 case, 3 payments, 4 refunds: 2 differences"))
        #expect(text.hasSuffix("nothing was changed: see RUNBOOK.md, \"Money that does not add up\""))
        #expect(
            AdminVerifyMoney.rows(whole.findings).text() == """
                problem,order,case,of,recorded,proved,currency,what\r
                payment,online/P-1,,card-1,50.00,40.00,EUR,they differ\r
                line_units,online/P-1,,card-1,2,1,,they differ\r

                """)
    }
}

import MoneyFormat
import ReturnsAPI

/// Where a refund goes, in words.
enum RefundTarget {
    /// "payment card-1", "payments card-1 GBP 20.00 and gift-1 GBP 5.00", or "the customer by voucher".
    static func text(_ refund: Returns_V1_Refund, _ currency: String) -> String {
        guard !refund.payments.isEmpty else { return "the customer by \(refund.otherMethod)" }
        guard refund.payments.count > 1 else { return "payment \(refund.payments[0].reference)" }
        return "payments "
            + refund.payments.map { "\($0.reference) \(MoneyFormat.text($0.amountMinor, currency))" }
            .joined(separator: " and ")
    }
}

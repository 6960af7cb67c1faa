import MoneyFormat

/// Arithmetic on money in minor units of one currency.
public enum Money {
    /// No single amount is larger: ten thousand million major units. Sums of a full order still fit in Int64.
    public static let amountMinorMax: Int64 = 1_000_000_000_000
    /// Far above any sum of refunds, and so far below what a number holds that no sum of an order's payments goes past it.
    public static let overpaidMinorMax: Int64 = 100_000_000_000_000_000

    /// `paid` × `units` ÷ `bought`, rounded half up, without overflow.
    ///
    /// - Precondition: 0 ≤ units ≤ bought, bought > 0, paid ≥ 0.
    public static func share(ofPaidMinor paid: Int64, units: Int64, bought: Int64) -> Int64 {
        precondition(bought > 0 && units >= 0 && units <= bought && paid >= 0, "share of an impossible line")
        let product = paid.multipliedFullWidth(by: units)
        let (quotient, remainder) = bought.dividingFullWidth(product)
        return remainder >= bought - remainder ? quotient + 1 : quotient
    }
}

/// An ISO 4217 currency code: three upper-case letters.
public struct CurrencyCode: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init?(_ code: String) {
        guard code.utf8.count == 3,
            code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        description = code
    }

    /// Refuses what is no currency that goods are paid in, with what was meant.
    public static func requireISO4217(_ code: String, _ field: String) throws(CaseRejection) {
        guard !ISO4217.codes.contains(code) else { return }
        let meant = ISO4217.meant(by: code) ?? code.uppercased()
        let advice = ISO4217.codes.contains(meant) ? ": write \(meant)" : ", such as GBP"
        let what = CurrencyCode(code)?.description ?? "this"
        throw .invalid(
            "CURRENCY_UNKNOWN", field, "\(what) is no currency of ISO 4217; give the code of one\(advice)")
    }
}

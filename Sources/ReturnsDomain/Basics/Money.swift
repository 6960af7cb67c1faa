/// Arithmetic on money in minor units of one currency.
public enum Money {
    /// No single amount is larger: ten thousand million major units. Sums of a full order still fit in Int64.
    public static let amountMinorMax: Int64 = 1_000_000_000_000

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
}

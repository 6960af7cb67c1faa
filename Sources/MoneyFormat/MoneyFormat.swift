/// Amounts as people write them, to and from minor units, by the currency's own number of decimals (ISO 4217).
///
/// A target of its own since the server's texts and returnsctl must write the same amount the same way.
public enum MoneyFormat {
    private static let exponents: [String: Int] = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
        "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
        "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
        "CLF": 4, "UYW": 4,
    ]

    public static func exponent(_ currency: String) -> Int { exponents[currency] ?? 2 }

    /// "12.34 GBP"
    public static func text(_ minor: Int64, _ currency: String) -> String {
        let number = number(minor, currency)
        return currency.isEmpty ? number : "\(number) \(currency)"
    }

    public static func number(_ minor: Int64, _ currency: String) -> String {
        let exponent = exponent(currency)
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        let sign = minor < 0 ? "-" : ""
        if exponent == 0 { return sign + padded }
        return "\(sign)\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }

    /// Why an amount was not understood, with what to write instead.
    public struct Fault: Error, Equatable {
        public var text: String
    }

    /// Minor units of "12.34", or of "12.34 GBP" as `text` writes it; never negative, never rounded.
    public static func parse(_ text: String, _ currency: String) throws(Fault) -> Int64 {
        let exponent = exponent(currency)
        let words = text.split(separator: " ")
        if words.count == 2, words[1] != currency, !ISO4217.codes.contains(String(words[1])) {
            throw Fault(
                text:
                    "\(words[1]) in \(text) is no code of a currency: write it like \(Self.text(1_234, currency))"
            )
        }
        if words.count == 2, words[1] != currency {
            throw Fault(text: "\(text) is of another currency: this one is \(currency)")
        }
        let written = words.count == 2 && !currency.isEmpty ? String(words[0]) : text
        let parts = written.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count == 2 ? parts[1] : ""
        guard !whole.isEmpty, parts.count == 1 || !fraction.isEmpty,
            (whole + fraction).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            let sign = text.hasPrefix("-") ? "amounts are positive, " : ""
            throw Fault(text: "\(text) is no amount: \(sign)write it like \(number(1_234, currency))")
        }
        guard fraction.count <= exponent else {
            let places = exponent == 0 ? "no decimals" : "\(exponent) decimals"
            throw Fault(text: "\(text) has too many decimals: \(currency) has \(places)")
        }
        let digits = whole + fraction + String(repeating: "0", count: exponent - fraction.count)
        guard let minor = Int64(digits) else { throw Fault(text: "\(text) is too large an amount") }
        return minor
    }
}

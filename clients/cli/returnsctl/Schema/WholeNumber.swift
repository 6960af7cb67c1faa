/// A type of whole numbers.
struct WholeNumber {
    let range: ClosedRange<Int128>
    /// What is beyond it, in words.
    let beyond: String
    /// JSON has it in quotes, since a double does not hold it.
    var isLong: Bool { range.upperBound > Int128(UInt32.max) }

    static let int64 = WholeNumber(
        Int64.self, beyond: "is beyond every amount and quantity: correct the number")
    static let uint64 = WholeNumber(UInt64.self, beyond: int64.beyond)
    static let int32 = WholeNumber(Int32.self)
    static let uint32 = WholeNumber(UInt32.self)

    private init<Number: FixedWidthInteger>(_ type: Number.Type, beyond: String? = nil) {
        range = Int128(Number.min)...Int128(Number.max)
        self.beyond = beyond ?? "is out of range: write \(Number.min) to \(Number.max)"
    }

    /// What a number's text says, with or without a fraction of zeros or an exponent.
    func value(_ text: String) throws(Fault) -> Int128 {
        guard Self.isNumber(text) else { throw .notWhole }
        var value = Int128(text)
        if value == nil {
            guard let number = Double(text) else { throw .notWhole }
            // Beyond any type that there is, and of infinity nothing could be told.
            guard abs(number) < 0x1p64 else { throw .beyond }
            value = Int128(exactly: number)
        }
        guard let value else { throw .notWhole }
        guard range.contains(value) else { throw .beyond }
        return value
    }

    /// As JSON has them, which is how SwiftProtobuf takes them in quotes too: without a leading zero or a bare point.
    private static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func take(_ characters: String) -> Bool {
            guard let next = rest.first, characters.utf8.contains(next) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("-")
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !startsWithZero || whole == 1 else { return false }
        if take("."), digits() == 0 { return false }
        if take("eE") {
            _ = take("+-")
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    enum Fault: Error { case notWhole, beyond }

    /// As `JSONFieldKind.refusal`.
    func refusal(of text: String) -> (reason: String, text: String)? {
        do throws(Fault) {
            _ = try value(text)
            return nil
        } catch {
            switch error {
            case .notWhole: return ("MALFORMED", "is not a whole number")
            case .beyond:
                let isBelow = text.hasPrefix("-") && range.lowerBound == 0
                return ("NUMBER_OUT_OF_RANGE", isBelow ? "is below 0" : beyond)
            }
        }
    }
}

import MoneyFormat

/// Checks of single fields. Each throws a rejection that names the field, the limit and what to do. The name is made only then:
/// mostly nothing is wrong, and names of list items are put together.
enum Require {
    /// Printable ASCII without blanks.
    static func identifier(
        _ text: String, _ field: @autoclosure () -> String, max: Int = TextLimits.identifierBytesMax,
        optional: Bool = false
    ) throws(CaseRejection) {
        if optional && text.isEmpty { return }
        guard !text.isEmpty else { throw .invalid("FIELD_REQUIRED", field(), "this field is required") }
        guard text.utf8.count <= max else {
            throw .invalid("TEXT_TOO_LONG", field(), "at most \(max) bytes; this has \(text.utf8.count)")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("IDENTIFIER_MALFORMED", field(), "use printable ASCII characters without blanks")
        }
    }

    /// A principal's or a team's name: lower-case letters, digits, '-', '_', '.' and '@'.
    static func name(_ text: String, _ field: @autoclosure () -> String, optional: Bool = false)
        throws(CaseRejection)
    {
        try identifier(text, field(), optional: optional)
        guard
            text.utf8.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "-_.@".utf8.contains($0)
            })
        else {
            throw .invalid(
                "NAME_MALFORMED", field(), "use lower-case letters, digits, '-', '_', '.' and '@'")
        }
    }

    /// Text for people: bounded, and free of what changes how a screen shows other text (`TextLimits.isShown`).
    static func text(_ text: String, _ field: @autoclosure () -> String, max: Int, optional: Bool = false)
        throws(CaseRejection)
    {
        if text.isEmpty {
            if optional { return }
            throw .invalid("FIELD_REQUIRED", field(), "this field is required")
        }
        guard text.utf8.count <= max else {
            throw .invalid("TEXT_TOO_LONG", field(), "at most \(max) bytes; this has \(text.utf8.count)")
        }
        guard text.unicodeScalars.allSatisfy(TextLimits.isShown) else {
            throw .invalid(
                "CONTROL_CHARACTER", field(),
                "remove control characters, and those that reorder text or break lines")
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw .invalid("FIELD_REQUIRED", field(), "this field holds blanks only")
        }
    }

    /// A zone by its IANA name; whoever found none of that name gives no offsets.
    static func zone(_ zone: TimeZoneTable, _ field: @autoclosure () -> String) throws(CaseRejection) {
        try identifier(zone.name, field())
        guard !zone.offsets.isEmpty else {
            throw .invalid(
                "TIME_ZONE_UNKNOWN", field(),
                "no time zone has the name \(zone.name); write an IANA name such as Asia/Shanghai or Europe/London"
            )
        }
    }

    static func amount(_ amountMinor: Int64, _ field: @autoclosure () -> String, _ currency: CurrencyCode)
        throws(CaseRejection)
    {
        guard (0...Money.amountMinorMax).contains(amountMinor) else {
            throw .invalid(
                "AMOUNT_OUT_OF_RANGE", field(),
                "give 0 to \(MoneyFormat.text(Money.amountMinorMax, currency.description))")
        }
    }

    static func units(_ units: Int64, _ field: @autoclosure () -> String) throws(CaseRejection) {
        guard (1...CountLimits.unitsMax).contains(units) else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", field(), "give a whole number between 1 and \(CountLimits.unitsMax)")
        }
    }

    static func count(_ count: Int, _ field: @autoclosure () -> String, _ range: ClosedRange<Int>)
        throws(CaseRejection)
    {
        guard range.contains(count) else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", field(),
                "give \(range.lowerBound) to \(range.upperBound) entries; there are \(count)")
        }
    }
}

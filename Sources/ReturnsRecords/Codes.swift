import ReturnsDomain
import SwiftProtobuf

/// The numbers of an enumeration are the same in domain, store and protocol (a test compares their names too), so
/// mapping one is a change of type.
extension NamedCode {
    package func message<Wire: SwiftProtobuf.Enum>() -> Wire where Wire.RawValue == Int {
        // Every generated enumeration takes any number; an unknown one becomes UNRECOGNIZED.
        Wire(rawValue: Int(rawValue))!
    }
}

/// In requests.
extension SwiftProtobuf.Enum where RawValue == Int {
    /// Nil when the field is unspecified.
    package func optional<Code: NamedCode>(
        _ field: String, as type: Code.Type = Code.self
    ) throws(CaseRejection) -> Code? {
        if rawValue == 0 { return nil }
        guard let raw = UInt8(exactly: rawValue), let code = Code(rawValue: raw) else {
            throw .invalid(
                "VALUE_UNKNOWN", field, "this server does not know that value; use one of \(Code.list)")
        }
        return code
    }

    package func required<Code: NamedCode>(
        _ field: String, as type: Code.Type = Code.self
    ) throws(CaseRejection) -> Code {
        guard let code: Code = try optional(field) else {
            throw .invalid("FIELD_REQUIRED", field, "give one of \(Code.list)")
        }
        return code
    }
}

extension NamedCode {
    fileprivate static var list: String { allCases.map(\.description).joined(separator: ", ") }
}

extension Instant {
    /// Nil for 0, which stands for "now" or "not known" in requests.
    package init?(nonZero milliseconds: Int64) {
        guard milliseconds != 0 else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Array {
    /// The element that a record names by its place, from 1 on.
    func place(_ place: UInt32, _ what: String) throws(RecordError) -> Int {
        guard place >= 1, Int(place) <= count else {
            throw RecordError(what: "\(what) \(place) is not there")
        }
        return Int(place) - 1
    }

    /// `map` whose body throws `RecordError`.
    func mapStored<Value>(_ body: (Element) throws(RecordError) -> Value) throws(RecordError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for element in self { values.append(try body(element)) }
        return values
    }
}

import Foundation

/// A value of a JSON text, and where its bytes are. Numbers stay as they are written: no double holds them all.
struct JSONValue {
    indirect enum Kind {
        case object([JSONMember])
        case array([JSONValue])
        case text(String)
        case number(String)
        case flag(Bool)
        case null
    }

    var kind: Kind
    var bytes: Range<Int>

    var isNull: Bool { if case .null = kind { true } else { false } }
}

/// A key and its value.
struct JSONMember {
    var key: String
    var value: JSONValue
    /// From the key's quote to the value's end.
    var bytes: Range<Int>
}

/// Other bytes in the place of some of a text's.
struct JSONEdit {
    var bytes: Range<Int>
    var text: String
}

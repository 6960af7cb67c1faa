import Foundation

/// Why a line was refused: here or by the server.
struct ImportRefusal: Error, Equatable, Sendable {
    /// Stable reason, upper case.
    var reason: String
    /// Path of the field, "lines[2].quantity"; empty when none is at fault.
    var field: String
    var text: String

    init(_ reason: String, _ field: String = "", _ text: String) {
        self.reason = reason
        self.field = field
        self.text = text
    }
}

/// A line that is ready to be sent.
struct ImportItem<Request: Sendable>: Sendable {
    var line: ImportLine
    /// Lines with the same key are sent one after the other, in the file's order.
    var key: String
    /// What people call it: an order number, a return number.
    var name: String
    var request: Request
}

/// What became of a line.
enum ImportResult: String, CaseIterable, Sendable {
    case created
    case updated
    case unchanged
    /// Dry run: it could be sent.
    case valid
}

struct ImportAcknowledgement: Sendable {
    var result: ImportResult
    /// The id the server knows it by.
    var id: String
}

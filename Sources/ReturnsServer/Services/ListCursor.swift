import Cryptography
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf

/// A place in a list, and which list it is: a cursor used with other filters would leave something out. Whoever carries it
/// learns nothing from it, since a page can end behind a case of a sale channel that they are not bound to.
struct ListCursor {
    private static let tagBytes = 6

    /// Which list it is.
    private let tag: [UInt8]
    private let key: CursorKey

    /// - Parameter request: Of any page of the list.
    init<Request: ListRequest>(of request: Request, key: CursorKey) throws {
        var hash = SHA256()
        // The method's own: lists without filters differ by it alone.
        hash.update(Array(Request.protoMessageName.utf8))
        hash.update([0])
        hash.update(try request.filters.serializedBytes() as [UInt8])
        tag = Array(hash.finalize().prefix(Self.tagBytes))
        self.key = key
    }

    func text(_ place: (some CustomStringConvertible)?) -> String {
        place.map { key.seal(tag + Array($0.description.utf8)) } ?? ""
    }

    /// - Returns: nil for the beginning.
    /// - Throws: `CaseRejection` for a cursor that is none of this store, or that is another list's.
    func place<Place: LosslessStringConvertible>(_ text: String) throws(CaseRejection) -> Place? {
        if text.isEmpty { return nil }
        guard let bytes = key.open(text), bytes.count >= Self.tagBytes else { throw .cursorMalformed }
        guard bytes.starts(with: tag) else {
            throw .invalid(
                "CURSOR_OF_ANOTHER_LIST", "cursor",
                "this cursor belongs to another list, or to one with other filters or another sort; give those of its first page, or leave the cursor out"
            )
        }
        guard let place = Place(String(decoding: bytes.dropFirst(Self.tagBytes), as: UTF8.self)) else {
            throw .cursorMalformed
        }
        return place
    }
}

extension CaseRejection {
    static let cursorMalformed = CaseRejection.invalid(
        "CURSOR_MALFORMED", "cursor", "give the cursor as the page before gave it, or none")
}

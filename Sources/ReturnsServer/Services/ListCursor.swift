import Cryptography
import ReturnsAPI
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

    /// - Parameter filters: What makes the list another one, in an order of its own.
    init(_ filters: some SwiftProtobuf.Message, key: CursorKey) throws {
        let bytes: [UInt8] = try filters.serializedBytes()
        tag = Array(SHA256.hash(bytes).prefix(Self.tagBytes))
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
                "this cursor belongs to a list with other filters or another sort; give those of its first page, or leave the cursor out"
            )
        }
        guard let place = Place(String(decoding: bytes.dropFirst(Self.tagBytes), as: UTF8.self)) else {
            throw .cursorMalformed
        }
        return place
    }
}

extension Returns_V1_ListCasesRequest {
    /// What makes the list another one: not its limit, its cursor or the order in which filters are named.
    var filters: Self {
        var filters = self
        filters.limit = 0
        filters.cursor = ""
        filters.states.sort { $0.rawValue < $1.rawValue }
        filters.saleChannels.sort()
        return filters
    }
}

extension Returns_V1_ListDueRequest {
    /// What makes the list another one: not its limit, its cursor or the order in which filters are named.
    var filters: Self {
        var filters = self
        filters.limit = 0
        filters.cursor = ""
        filters.kinds.sort { $0.rawValue < $1.rawValue }
        return filters
    }
}

extension CaseRejection {
    static let cursorMalformed = CaseRejection.invalid(
        "CURSOR_MALFORMED", "cursor", "give the cursor as the page before gave it, or none")
}

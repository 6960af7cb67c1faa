import Crypto
import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// A place in a list of cases, and which list it is: a cursor used with other filters would leave cases out.
struct CaseListCursor {
    private let list: String

    /// - Parameter request: Its limit and its cursor do not matter.
    init(_ request: Returns_V1_ListCasesRequest) throws {
        var filters = request
        filters.limit = 0
        filters.cursor = ""
        filters.states.sort { $0.rawValue < $1.rawValue }
        filters.saleChannels.sort()
        let bytes: [UInt8] = try filters.serializedBytes()
        list = SHA256.hash(data: bytes).prefix(6).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    func text(_ place: CasePlace?) -> String {
        switch place {
        case nil: ""
        case .id(let id): "\(list)-\(id)"
        case .change(let at, let id): "\(list)-\(at)-\(id)"
        }
    }

    /// - Throws: `CaseRejection` for a cursor that is none, or that is another list's.
    func place(_ text: String, sort: CaseSort) throws(CaseRejection) -> CasePlace? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let id = CaseID(parts[parts.count - 1]) else {
            throw .cursorMalformed
        }
        guard parts[0] == list else {
            throw .invalid(
                "CURSOR_OF_ANOTHER_LIST", "cursor",
                "this cursor belongs to a list with other filters or another sort; give those of its first page, or leave the cursor out"
            )
        }
        guard sort == .changed else {
            guard parts.count == 2 else { throw .cursorMalformed }
            return .id(id)
        }
        guard parts.count == 3, let time = Int64(parts[1]), Instant(milliseconds: time).isRepresentable else {
            throw .cursorMalformed
        }
        return .change(at: Instant(milliseconds: time), id)
    }
}

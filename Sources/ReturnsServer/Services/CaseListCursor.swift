import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// A place in a list of cases, and which list it is: a cursor used with other filters would leave cases out.
struct CaseListCursor {
    private let list: ListTag

    /// - Parameter request: Its limit and its cursor do not matter.
    init(_ request: Returns_V1_ListCasesRequest) throws {
        var filters = request
        filters.limit = 0
        filters.cursor = ""
        filters.states.sort { $0.rawValue < $1.rawValue }
        filters.saleChannels.sort()
        list = try ListTag(filters)
    }

    func text(_ place: CasePlace?) -> String {
        switch place {
        case nil: ""
        case .id(let id): "\(list.text)-\(id)"
        case .change(let at, let id): "\(list.text)-\(at)-\(id)"
        }
    }

    /// - Throws: `CaseRejection` for a cursor that is none, or that is another list's.
    func place(_ text: String, sort: CaseSort) throws(CaseRejection) -> CasePlace? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let id = CaseID(parts[parts.count - 1]) else {
            throw .cursorMalformed
        }
        try list.check(parts[0])
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

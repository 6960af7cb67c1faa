import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// A place in a list of running clocks, and which list it is: a cursor used with other filters would leave clocks out.
struct DueListCursor {
    private let list: ListTag

    /// - Parameter request: Its limit and its cursor do not matter.
    init(_ request: Returns_V1_ListDueRequest) throws {
        var filters = request
        filters.limit = 0
        filters.cursor = ""
        filters.kinds.sort { $0.rawValue < $1.rawValue }
        list = try ListTag(filters)
    }

    func text(_ place: DuePlace?) -> String {
        place.map { "\(list.text)-\($0.dueAt.milliseconds)-\($0.clock)" } ?? ""
    }

    /// - Throws: `CaseRejection` for a cursor that is none, or that is another list's.
    func place(_ text: String) throws(CaseRejection) -> DuePlace? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let time = Int64(parts[1]) else { throw .cursorMalformed }
        try list.check(parts[0])
        guard let place = DuePlace(dueAt: Instant(milliseconds: time), clock: String(parts[2])) else {
            throw .cursorMalformed
        }
        return place
    }
}

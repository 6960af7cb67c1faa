import RCP
import ReturnsAPI
import ReturnsStore
import SwiftProtobuf

/// A request for a page of a list.
protocol ListRequest: RCPPageRequest, SwiftProtobuf.Message {
    /// How many items a page has.
    static var pageSize: PageSize { get }

    /// Leaves nothing but what makes the list another one. What a page may change, and the order in which filters are named,
    /// does not.
    mutating func keepFilters()
}

/// How many items a page has: unless told, and at most.
struct PageSize {
    let standard: Int
    let max: Int

    /// What is above the limit counts as the limit, so a caller who wants as many as possible need not know it.
    func items(_ wanted: UInt32) -> Int { wanted == 0 ? standard : min(Int(wanted), max) }
}

extension ListRequest {
    mutating func keepFilters() {}

    /// How many items the page has at most.
    var pageItems: Int { Self.pageSize.items(limit) }

    /// Each once: a value that is named twice asks for no other list.
    fileprivate static func ordered<Value: SwiftProtobuf.Enum>(_ values: [Value]) -> [Value] {
        Set(values).sorted { $0.rawValue < $1.rawValue }
    }

    /// What makes the list another one.
    var filters: Self {
        var filters = self
        filters.limit = 0
        filters.cursor = ""
        filters.keepFilters()
        return filters
    }
}

extension Returns_V1_ListCasesRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: ReturnsStore.pageCasesMax) }

    mutating func keepFilters() {
        states = Self.ordered(states)
        saleChannels = Set(saleChannels).sorted()
        // The order that would be taken without it is none, so that cursors of a client that names none go on.
        if sort == (hasChangedSinceMs ? .changed : .newest) { sort = .unspecified }
    }
}

extension Returns_V1_GetTimelineRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 100, max: ReturnsStore.timelinePageEntriesMax) }
}

extension Returns_V1_ListDueRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: ReturnsStore.pageCasesMax) }

    mutating func keepFilters() { kinds = Self.ordered(kinds) }
}

extension Returns_V1_ListRefundsRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: ReturnsStore.pageCasesMax) }

    mutating func keepFilters() {
        standings = Self.ordered(standings)
        saleChannels = Set(saleChannels).sorted()
        if sort == .due { sort = .unspecified }
    }
}

extension Returns_V1_RecomputeRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 100, max: ReturnsStore.pageCasesMax) }

    /// Its walk is over all open cases, whatever becomes of them.
    mutating func keepFilters() {
        dryRun = false
        slaVersion = 0
    }
}

extension Returns_V1_ListPrincipalsRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 100, max: 500) }
}

extension Returns_V1_ListCalendarsRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 20, max: 100) }
}

extension Returns_V1_ListEventGroupsRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: 100) }
}

extension Returns_V1_ListWebhooksRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: 100) }
}

extension Returns_V1_ListDeliveriesRequest: ListRequest {
    static var pageSize: PageSize { PageSize(standard: 50, max: ReturnsStore.webhookDeliveriesMax) }
}

/// A page of a list that goes by names, of all that there are: these are few enough to be read whole.
struct NamePage<Item> {
    let items: [Item]
    /// The name that the list goes on behind; nil at its end.
    let next: String?

    /// - Parameters:
    ///   - all: in the order of their names, each name once.
    ///   - after: the name that the page begins behind, whether or not it is still there.
    init(_ all: [Item], after: String?, limit: Int, name: (Item) -> String) {
        let left = all.drop { item in after.map { name(item) <= $0 } ?? false }
        items = Array(left.prefix(limit))
        next = left.count > limit ? items.last.map(name) : nil
    }
}

import ReturnsDomain

@testable import ReturnsStore

extension ReturnsStore {
    /// All of a case's timeline, the oldest entry first.
    func loadTimeline(_ id: CaseID) async throws(StoreError) -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        var next: Int? = 1
        while let from = next {
            let page = try await timeline(id, from: from)
            entries += page.items.map(\.entry)
            next = page.next
        }
        return entries
    }
}

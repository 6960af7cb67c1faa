import ReturnsDomain
import ReturnsRecords

@testable import ReturnsStore

extension ReturnsStore {
    /// All of a case's timeline, the oldest entry first.
    func loadTimeline(_ id: CaseID) async throws(StoreError) -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        var next: Int? = 1
        while let from = next {
            let page = try await timeline(id, from: from)
            for item in page.items {
                do { entries.append(try NumberedEntry(bytes: item.message).entry) } catch {
                    throw StoreError(.corrupt, "\(error)")
                }
            }
            next = page.next
        }
        return entries
    }
}

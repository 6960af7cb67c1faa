import ReturnsDomain
import ReturnsStore

/// Takes away the figures of days that were kept long enough, some at a time. Of several servers the least counts.
struct AttainmentExpiry: Sendable {
    let retention: AttainmentRetention
    /// Everything before this day is gone, as far as this server knows.
    private var forgotten: Int32?

    init(retention: AttainmentRetention) { self.retention = retention }

    mutating func pass(now: Instant, store: ReturnsStore) async throws(StoreError) {
        guard let first = retention.firstDay(now: now), forgotten.map({ $0 < first }) ?? true else { return }
        if try await !store.forgetAttainment(before: first) { forgotten = first }
    }
}

/// The order's own timeline in the case's story.
extension CaseDraft {
    /// Tells what the order's timeline has and this case's story does not, and takes the case out of what is untold. The
    /// commit writes both or neither, so each entry is told once.
    mutating func foldOrderEntries() {
        for index in order.untold.indices where order.untold[index].cases.contains(value.id) {
            let entry = order.untold[index].entry
            order.untold[index].cases.removeAll { $0 == value.id }
            tell(entry)
        }
        order.untold.removeAll(where: \.cases.isEmpty)
    }

    private mutating func tell(_ entry: OrderEntry) {
        let kind: EventType =
            switch entry.kind {
            case .paymentsChanged: .paymentsChanged
            }
        record(
            kind, entry.text, .payments(orderVersion: entry.orderVersion), personalText: entry.reason,
            by: entry.actor, stateBefore: value.state)
        // When it happened, as far as the story has not gone on since.
        entries[entries.count - 1].at = min(now, max(entry.at, value.updatedAt))
    }
}

import ReturnsAPI

/// Notes are shown where work is handed over: who takes a case up reads what colleagues left for them.
extension Session {
    private static let notesShownMax = 3
    /// Of a longer story only its newest entries are looked through.
    private static let entriesLookedAtMax: UInt32 = 1_000

    /// The latest notes of a case, the oldest of them first; none where they cannot be had, since the case is shown all the same.
    func latestNotes(of value: Returns_V1_Case) async -> [Returns_V1_TimelineEntry] {
        // Cases of before notes were counted may have some.
        guard output.isTable, !value.hasNotes || value.notes > 0 else { return [] }
        let request = Returns_V1_GetTimelineRequest.with {
            $0.caseID = value.id
            $0.limit = Self.entriesLookedAtMax
            $0.newestFirst = true
        }
        let entries = try? await client.cases.getTimeline(request).message.entries
        return (entries ?? []).filter { $0.kind == .noted }.prefix(Self.notesShownMax).reversed()
    }
}

extension CaseDraft {
    /// Tells which deadlines have moved and how clocks have ended, whatever act did it: who follows events need not know
    /// the state machine to keep a list of what is due.
    ///
    /// - Returns: what the ends say of the departments' work.
    mutating func recordClockChanges(since before: Case?) -> [Attainment] {
        var attainments: [Attainment] = []
        var changes = 0
        for (index, clock) in value.clocks.enumerated() where changes < CountLimits.clockChangesMax {
            // Clocks are only ever added, so the same place is the same clock.
            let old = before.flatMap { index < $0.clocks.count ? $0.clocks[index] : nil }
            let kind: EventType
            if let end = clock.end, old?.end == nil {
                kind = end.eventKind
                if let attainment = attainment(of: clock) { attainments.append(attainment) }
            } else if let old, clock.dueAt != old.dueAt {
                kind = .clockMoved
            } else {
                continue
            }
            changes += 1
            let dueBefore = kind == .clockMoved ? old?.dueAt : nil
            events.append(
                CaseEvent(kind: kind, state: value.state, detail: clock.detail(dueBefore: dueBefore)))
        }
        return attainments
    }
}

extension ClockEnd {
    var eventKind: EventType {
        switch self {
        case .met: .clockMet
        case .missed: .clockMissed
        case .voided: .clockVoided
        case .superseded: .clockSuperseded
        }
    }
}

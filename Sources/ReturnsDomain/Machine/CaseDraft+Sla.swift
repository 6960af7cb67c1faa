extension CaseDraft {
    /// Takes the case over to another SLA policy: its plan is chosen anew, by the order as it is now, and every running
    /// clock goes by that plan as if it had from its start.
    mutating func recomputeClocks(under sla: SLAPolicy) {
        let plan = sla.plan(for: order, reason: value.reasonCode)
        let before = value
        value.slaVersion = sla.version
        value.slaPlan = plan.name
        self.plan = plan
        for index in value.clocks.indices where value.clocks[index].isRunning {
            value.clocks[index].recompute(
                plan.target(value.clocks[index].kind), slaVersion: sla.version, calendar: plan.calendar)
        }
        guard value != before else { return }
        let moved = zip(before.clocks, value.clocks).filter { $0.dueAt != $1.dueAt }
        let texts = moved.map {
            "\($1.kind) #\($1.ordinal) from \(localText($0.dueAt)) to \(localText($1.dueAt))"
        }
        record(
            .slaRecomputed,
            "SLA policy \(sla.version), plan \(plan.name): "
                + (texts.isEmpty ? "no deadline moved" : texts.joined(separator: "; ")),
            .recomputation(slaVersion: sla.version, plan: plan.name, movedClocks: moved.count))
    }

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
            let kind: CaseEventKind
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
    var eventKind: CaseEventKind {
        switch self {
        case .met: .clockMet
        case .missed: .clockMissed
        case .voided: .clockVoided
        case .superseded: .clockSuperseded
        }
    }
}

extension CommandRule {
    /// The case goes by another SLA policy.
    static let recompute = CommandRule(in: .open, isOfGoodsThatWait: true) { _ in false }
}

extension CaseDraft {
    /// Takes the case over to another SLA policy: its plan is chosen anew, by the order as it is now, and every running
    /// clock goes by that plan as if it had from its start.
    mutating func recomputeClocks(under sla: SLAPolicy) {
        let plan = sla.plan(for: order, reason: value.form.reasonCode)
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
}

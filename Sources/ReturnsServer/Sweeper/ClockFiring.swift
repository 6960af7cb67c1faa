import ReturnsDomain

/// One thing that a clock did, and when it was due.
struct ClockFiring: Hashable, Sendable {
    var kind: ClockKind
    var firing: Clock.Firing
    var dueAt: Instant
}

extension CaseTransition {
    /// What the clocks of the case have fired with this transition, each with the time it was due.
    var firings: [ClockFiring] {
        (caseBefore?.clocks ?? []).flatMap { before -> [ClockFiring] in
            guard let next = before.nextFiring,
                let after = caseAfter.clocks.first(where: {
                    $0.kind == before.kind && $0.ordinal == before.ordinal
                })
            else { return [] }
            // Pauses after a breach put its escalations off, all by the same time.
            let shift = next.at - before.nominal(next.firing)
            return before.fired(by: after).map {
                ClockFiring(kind: before.kind, firing: $0, dueAt: before.nominal($0).adding(shift))
            }
        }
    }
}

extension Clock {
    fileprivate func fired(by after: Clock) -> [Firing] {
        var fired: [Firing] = []
        for step in warnedAt.count..<max(warnedAt.count, after.warnedAt.count) {
            fired.append(.warn(step: step + 1))
        }
        if breachedAt == nil, after.breachedAt != nil { fired.append(.breach) }
        for level in escalatedAt.count..<max(escalatedAt.count, after.escalatedAt.count) {
            fired.append(.escalate(level: level + 1))
        }
        return fired
    }

    /// When it would fire if it had never paused after its breach.
    fileprivate func nominal(_ firing: Firing) -> Instant {
        switch firing {
        case .warn(let step): dueAt.adding(-warnBeforeMilliseconds[step - 1])
        case .breach: dueAt
        case .escalate(let level): dueAt.adding(escalateAfterMilliseconds[level - 1])
        }
    }
}

extension Clock.Firing {
    /// As metrics name it.
    var name: String {
        switch self {
        case .warn(let step): "warn_\(step)"
        case .breach: "breach"
        case .escalate(let level): "escalate_\(level)"
        }
    }

    /// Everything that a clock can fire.
    static let all: [Clock.Firing] =
        (1...Clock.warningsMax).map { .warn(step: $0) } + [.breach]
        + (1...Clock.escalationLevelsMax).map { .escalate(level: $0) }
}

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
            guard before.nextFiring != nil,
                let after = caseAfter.clocks.first(where: {
                    $0.kind == before.kind && $0.ordinal == before.ordinal
                })
            else { return [] }
            let fired = before.fired(by: after)
            // The end of a pause moves what the clock fires behind it.
            let times = fired.contains(.resume) ? after : before
            return fired.map {
                ClockFiring(
                    kind: before.kind, firing: $0,
                    dueAt: $0 == .resume ? before.nextFiring!.at : times.time(of: $0))
            }
        }
    }
}

extension Clock {
    fileprivate func fired(by after: Clock) -> [Firing] {
        var fired: [Firing] = []
        // A pause that ended when it was to, and that nobody ended.
        if isPaused, let end = pauses.last?.endsAt, case let pause = after.pauses[pauses.count - 1],
            pause.until == end, pause.resumedBy == nil, after.endedAt != end
        {
            fired.append(.resume)
        }
        for step in warnedAt.count..<max(warnedAt.count, after.warnedAt.count) {
            fired.append(.warn(step: step + 1))
        }
        if breachedAt == nil, after.breachedAt != nil { fired.append(.breach) }
        for level in escalatedAt.count..<max(escalatedAt.count, after.escalatedAt.count) {
            fired.append(.escalate(level: level + 1))
        }
        return fired
    }

    fileprivate func time(of firing: Firing) -> Instant {
        switch firing {
        case .warn(let step): warnAt[step - 1]
        case .breach: dueAt
        case .escalate(let level): escalateAt[level - 1]
        case .resume: dueAt
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
        case .resume: "resume"
        }
    }

    /// Everything that a clock can fire.
    static let all: [Clock.Firing] =
        [.resume] + (1...Clock.warningsMax).map { .warn(step: $0) } + [.breach]
        + (1...Clock.escalationLevelsMax).map { .escalate(level: $0) }
}

import ReturnsAPI
import ReturnsDomain

extension SLAPolicy {
    /// - Parameter calendars: Where the calendars are that the plans name.
    init(
        _ proto: Returns_V1_SlaPolicy, version: UInt64, calendars: PolicyBook, now: Instant, by: String
    ) throws(CaseRejection) {
        var plans: [SLAPlan] = []
        for (index, plan) in proto.plans.enumerated() {
            plans.append(try SLAPlan(plan, "policy.plans[\(index)]", calendars))
        }
        self.init(version: version, plans: plans, createdAt: now, createdBy: by)
        try validate(now: now)
    }

    var proto: Returns_V1_SlaPolicy {
        .with {
            $0.version = version
            $0.plans = plans.map(\.proto)
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}

extension SLAPlan {
    fileprivate init(
        _ proto: Returns_V1_SlaPlan, _ field: String, _ calendars: PolicyBook
    ) throws(CaseRejection) {
        var targets: [ClockKind: ClockTarget] = [:]
        for (index, target) in proto.targets.enumerated() {
            let field = "\(field).targets[\(index)]"
            let kind: ClockKind = try target.kind.required("\(field).kind")
            guard targets[kind] == nil else {
                throw .invalid("DUPLICATE_TARGET", "\(field).kind", "each kind of clock may stand once")
            }
            targets[kind] = try ClockTarget(target, field)
        }
        self.init(
            name: proto.name, condition: try SLACondition(proto.condition, "\(field).condition"),
            calendar: try calendars.named(proto, field), targets: targets,
            reviewCountsNet: proto.reviewCountsNet,
            quietHours: proto.hasQuietHours
                ? QuietHours(
                    fromMinute: Int32(clamping: proto.quietHours.fromMinute),
                    untilMinute: Int32(clamping: proto.quietHours.untilMinute),
                    includesDaysOff: proto.quietHours.daysOff) : nil)
    }

    fileprivate var proto: Returns_V1_SlaPlan {
        .with {
            $0.name = name
            if !condition.isForAll { $0.condition = condition.proto }
            $0.calendar = calendar.name
            $0.calendarVersion = calendar.version
            $0.targets = targets.sorted { $0.key.rawValue < $1.key.rawValue }.map { $1.proto($0) }
            $0.reviewCountsNet = reviewCountsNet
            if let quietHours {
                $0.quietHours = .with {
                    $0.fromMinute = UInt32(clamping: quietHours.fromMinute)
                    $0.untilMinute = UInt32(clamping: quietHours.untilMinute)
                    $0.daysOff = quietHours.includesDaysOff
                }
            }
        }
    }
}

extension PolicyBook {
    fileprivate func named(_ plan: Returns_V1_SlaPlan, _ field: String) throws(CaseRejection)
        -> WorkingCalendar
    {
        guard let newest = currentCalendars.first(where: { $0.name == plan.calendar }) else {
            let known = currentCalendars.map(\.name).joined(separator: ", ")
            throw .invalid("CALENDAR_UNKNOWN", "\(field).calendar", "name one of the calendars: \(known)")
        }
        if plan.calendarVersion == 0 { return newest }
        let reference = WorkingCalendar.Reference(name: plan.calendar, version: plan.calendarVersion)
        guard let calendar = calendar(reference) else {
            throw .invalid(
                "CALENDAR_UNKNOWN", "\(field).calendar_version",
                "calendar \(plan.calendar) has no such version; the newest one is \(newest.version)")
        }
        return calendar
    }
}

extension SLACondition {
    fileprivate init(_ proto: Returns_V1_SlaCondition, _ field: String) throws(CaseRejection) {
        self.init(
            saleChannels: proto.saleChannels, reasons: proto.reasons, customerClasses: proto.customerClasses)
        guard proto.hasOrderValue else { return }
        guard let currency = CurrencyCode(proto.orderValue.currency) else {
            throw .invalid(
                "CURRENCY_MALFORMED", "\(field).order_value.currency",
                "give an ISO 4217 code of three upper-case letters, such as GBP")
        }
        orderValue = OrderValue(
            currency: currency, fromMinor: proto.orderValue.fromMinor,
            belowMinor: proto.orderValue.hasBelowMinor ? proto.orderValue.belowMinor : nil)
    }

    fileprivate var proto: Returns_V1_SlaCondition {
        .with {
            $0.saleChannels = saleChannels
            $0.reasons = reasons
            $0.customerClasses = customerClasses
            guard let value = orderValue else { return }
            $0.orderValue = .with {
                $0.currency = value.currency.description
                $0.fromMinor = value.fromMinor
                if let below = value.belowMinor { $0.belowMinor = below }
            }
        }
    }
}

extension ClockTarget {
    fileprivate init(_ proto: Returns_V1_ClockTarget, _ field: String) throws(CaseRejection) {
        let lengths: [Length] =
            (proto.wallMs > 0 ? [.wall(proto.wallMs)] : [])
            + (proto.workingMs > 0 ? [.working(proto.workingMs)] : [])
            + (proto.workingDays > 0 ? [.workingDays(Int(proto.workingDays))] : [])
        guard lengths.count == 1 || (lengths.isEmpty && proto.kind == .pickup) else {
            throw .invalid(
                "TARGET_MALFORMED", field, "give one of wall_ms, working_ms and working_days")
        }
        var escalations: [Escalation] = []
        for (index, level) in proto.escalations.enumerated() {
            escalations.append(
                Escalation(
                    afterMilliseconds: level.afterMs,
                    role: try level.role.required("\(field).escalations[\(index)].role"), target: level.target
                ))
        }
        self.init(lengths.first ?? .wall(0), warnBefore: proto.warnBeforeMs, escalations: escalations)
    }

    fileprivate func proto(_ kind: ClockKind) -> Returns_V1_ClockTarget {
        .with {
            $0.kind = kind.proto()
            switch length {
            case .wall(let milliseconds): $0.wallMs = milliseconds
            case .working(let milliseconds): $0.workingMs = milliseconds
            case .workingDays(let days): $0.workingDays = UInt32(clamping: days)
            }
            $0.warnBeforeMs = warnBeforeMilliseconds
            $0.escalations = escalations.map { escalation in
                .with {
                    $0.afterMs = escalation.afterMilliseconds
                    $0.role = escalation.role.proto()
                    $0.target = escalation.target
                }
            }
        }
    }
}

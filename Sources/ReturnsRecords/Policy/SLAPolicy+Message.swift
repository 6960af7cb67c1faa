import NIOCore
import ReturnsAPI
import ReturnsDomain

extension SLAPolicy {
    /// Finds the calendar that a plan names; the second argument is the plan's field.
    package typealias Calendars = (Returns_V1_SlaPlan, String) throws(CaseRejection) -> WorkingCalendar

    /// As a request gives it.
    package init(
        _ proto: Returns_V1_SlaPolicy, version: UInt64, now: Instant, by: String, calendars: Calendars
    ) throws(CaseRejection) {
        try self.init(fields: proto, version: version, createdAt: now, createdBy: by, calendars: calendars)
        try validate(now: now)
    }

    private init(
        fields proto: Returns_V1_SlaPolicy, version: UInt64, createdAt: Instant, createdBy: String,
        calendars: Calendars
    ) throws(CaseRejection) {
        var plans: [SLAPlan] = []
        for (index, plan) in proto.plans.enumerated() {
            plans.append(try SLAPlan(plan, "policy.plans[\(index)]", calendars))
        }
        self.init(version: version, plans: plans, createdAt: createdAt, createdBy: createdBy)
    }

    /// Calendars stand in it by name and version: they are kept once, however many plans go by one.
    ///
    /// - Parameter newerCalendars: Those that this build cannot read, since a newer one wrote them. A plan by one of these
    ///   is as little known.
    package init(
        record: ByteBuffer, calendars: [WorkingCalendar.Reference: WorkingCalendar],
        newerCalendars: Set<WorkingCalendar.Reference> = []
    ) throws(RecordError) {
        let message: Returns_V1_SlaPolicy = try CheckedRecord.decode(record)
        do {
            try self.init(
                fields: message, version: message.version,
                createdAt: Instant(milliseconds: message.createdAtMs), createdBy: message.createdBy
            ) { plan, field throws(CaseRejection) in
                let reference = WorkingCalendar.Reference(name: plan.calendar, version: plan.calendarVersion)
                if newerCalendars.contains(reference) {
                    throw .invalid("VALUE_UNKNOWN", field, "the calendar \(reference) is a newer build's")
                }
                guard let calendar = calendars[reference] else {
                    throw .invalid("CALENDAR_UNKNOWN", field, "calendar \(reference) is missing")
                }
                return calendar
            }
        } catch {
            throw RecordError(error)
        }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }

    package var message: Returns_V1_SlaPolicy {
        .with {
            $0.version = version
            $0.plans = plans.map(\.message)
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}

extension SLAPlan {
    fileprivate init(
        _ proto: Returns_V1_SlaPlan, _ field: String, _ calendars: SLAPolicy.Calendars
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
            calendar: try calendars(proto, field), targets: targets,
            quietHours: proto.hasQuietHours
                ? QuietHours(
                    fromMinute: Int32(clamping: proto.quietHours.fromMinute),
                    untilMinute: Int32(clamping: proto.quietHours.untilMinute),
                    includesDaysOff: proto.quietHours.daysOff) : nil)
    }

    fileprivate var message: Returns_V1_SlaPlan {
        .with {
            $0.name = name
            if !condition.isForAll { $0.condition = condition.message }
            $0.calendar = calendar.name
            $0.calendarVersion = calendar.version
            $0.targets = targets.sorted { $0.key.rawValue < $1.key.rawValue }.map { $1.message($0) }
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

    fileprivate var message: Returns_V1_SlaCondition {
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

    fileprivate func message(_ kind: ClockKind) -> Returns_V1_ClockTarget {
        .with {
            $0.kind = kind.message()
            switch length {
            case .wall(let milliseconds): $0.wallMs = milliseconds
            case .working(let milliseconds): $0.workingMs = milliseconds
            case .workingDays(let days): $0.workingDays = UInt32(clamping: days)
            }
            $0.warnBeforeMs = warnBeforeMilliseconds
            $0.escalations = escalations.map { escalation in
                .with {
                    $0.afterMs = escalation.afterMilliseconds
                    $0.role = escalation.role.message()
                    $0.target = escalation.target
                }
            }
        }
    }
}

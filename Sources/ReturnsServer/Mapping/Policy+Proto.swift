import ReturnsDomain
import ReturnsWire

extension ReturnPolicy {
    init(_ proto: Returns_V1_Policy, version: UInt64, now: Instant, by: String) throws(CaseRejection) {
        guard proto.hasCalendar else {
            throw .invalid(
                "FIELD_REQUIRED", "policy.calendar",
                "a policy needs a working calendar; start from policy get")
        }
        var targets: [ClockKind: ClockTarget] = [:]
        for (index, target) in proto.targets.enumerated() {
            let kind: ClockKind = try target.kind.required("policy.targets[\(index)].kind")
            guard targets[kind] == nil else {
                throw .invalid(
                    "DUPLICATE_TARGET", "policy.targets[\(index)].kind", "each kind of clock may stand once")
            }
            guard (target.wallMs > 0) != (target.workingDays > 0) || kind == .pickup else {
                throw .invalid(
                    "TARGET_MALFORMED", "policy.targets[\(index)]", "give either wall_ms or working_days")
            }
            targets[kind] = ClockTarget(
                target.workingDays > 0 ? .workingDays(Int(target.workingDays)) : .wall(target.wallMs),
                warnBefore: target.warnBeforeMs, escalateAfter: target.escalateAfterMs)
        }
        self.init(
            version: version, returnWindowDays: Int64(proto.returnWindowDays),
            reasons: proto.reasons.map { Reason(code: $0.code, title: $0.title, isCovered: $0.covered) },
            requiredConditions: proto.requiredConditions, standardVersion: proto.standardVersion,
            returnAddress: proto.returnAddress, instructions: proto.instructions,
            enclosures: proto.enclosures,
            targets: targets, calendar: try WorkingCalendar(proto.calendar),
            reviewCountsNet: proto.reviewCountsNet,
            appealsMax: Int(proto.appealsMax), followUpAttemptsMax: Int(proto.followUpAttemptsMax),
            isReturnlessAllowed: proto.returnlessAllowed, createdAt: now, createdBy: by)
        try validate()
    }

    var proto: Returns_V1_Policy {
        .with {
            $0.version = version
            $0.returnWindowDays = UInt32(clamping: returnWindowDays)
            $0.reasons = reasons.map { reason in
                .with {
                    $0.code = reason.code
                    $0.title = reason.title
                    $0.covered = reason.isCovered
                }
            }
            $0.requiredConditions = requiredConditions
            $0.standardVersion = standardVersion
            $0.returnAddress = returnAddress
            $0.instructions = instructions
            $0.enclosures = enclosures
            $0.targets = targets.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, target in
                .with {
                    $0.kind = kind.proto()
                    switch target.length {
                    case .wall(let milliseconds): $0.wallMs = milliseconds
                    case .workingDays(let days): $0.workingDays = UInt32(days)
                    }
                    $0.warnBeforeMs = target.warnBeforeMilliseconds
                    $0.escalateAfterMs = target.escalateAfterMilliseconds
                }
            }
            $0.calendar = calendar.proto
            $0.reviewCountsNet = reviewCountsNet
            $0.appealsMax = UInt32(appealsMax)
            $0.followUpAttemptsMax = UInt32(followUpAttemptsMax)
            $0.returnlessAllowed = isReturnlessAllowed
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}

extension WorkingCalendar {
    fileprivate init(_ proto: Returns_V1_WorkingCalendar) throws(CaseRejection) {
        guard proto.opensMinute <= 1_440, proto.closesMinute <= 1_440,
            proto.workingWeekdays.allSatisfy({ (1...7).contains($0) })
        else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.calendar", "weekdays are 1 to 7, business hours minutes of the day")
        }
        self.init(
            version: proto.version, timeZone: proto.timeZone,
            offsets: proto.offsets.map {
                Offset(from: Instant(milliseconds: $0.fromMs), seconds: $0.offsetSeconds)
            },
            workingWeekdays: Set(proto.workingWeekdays.map(UInt8.init)), holidays: Set(proto.holidays),
            makeupDays: Set(proto.makeupDays), opensMinute: Int32(proto.opensMinute),
            closesMinute: Int32(proto.closesMinute))
    }

    fileprivate var proto: Returns_V1_WorkingCalendar {
        .with {
            $0.version = version
            $0.timeZone = timeZone
            $0.offsets = offsets.map { offset in
                .with {
                    $0.fromMs = offset.from.milliseconds
                    $0.offsetSeconds = offset.seconds
                }
            }
            $0.workingWeekdays = workingWeekdays.sorted().map(UInt32.init)
            $0.holidays = holidays.sorted()
            $0.makeupDays = makeupDays.sorted()
            $0.opensMinute = UInt32(opensMinute)
            $0.closesMinute = UInt32(closesMinute)
        }
    }
}

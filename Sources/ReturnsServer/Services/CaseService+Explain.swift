import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

extension CaseService {
    nonisolated(nonsending) func explainCase(
        _ request: Returns_V1_ExplainCaseRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ExplainCaseReply> {
        let (value, explanation) = try await engine.explanation(
            of: Self.caseID(request.caseID, "case_id"), context: context)
        let showsReasons = context.principal.belongsToDesk
        return RCPReply(
            .with {
                $0.caseID = value.id.description
                $0.order = value.order.message
                $0.currency = value.currency.description
                $0.lines = explanation.lines.map(\.message)
                $0.money = explanation.money.message
                $0.clocks = explanation.clocks.map { $0.message(showsReasons: showsReasons) }
                $0.nowMs = engine.clock.now().milliseconds
            })
    }
}

extension LineExplanation {
    fileprivate var message: Returns_V1_LineExplanation {
        .with {
            $0.lineID = lineID
            $0.sku = sku
            $0.paidMinor = paidMinor
            $0.boughtUnits = boughtUnits
            $0.refundableUnits = refundableUnits
            $0.acceptedUnits = units.accepted - units.acceptedExchanged
            $0.concededUnits = units.conceded
            $0.lostConcededUnits = units.lostConceded
            $0.keptUnits = units.kept
            $0.orderRefundableUnits = orderRefundableUnits
            $0.orderWorthMinor = orderWorthMinor
            $0.exactShareMinor = exactShareMinor
            $0.roundingMinor = roundingMinor
            $0.parts = parts.map { part in
                .with {
                    $0.kind = part.kind.message()
                    $0.amountMinor = part.amountMinor
                    if let code = part.deductionCode { $0.deductionCode = code.message() }
                }
            }
            $0.owedMinor = owedMinor
            $0.refundedMinor = refundedMinor
            $0.inFlightMinor = inFlightMinor
            $0.dueMinor = dueMinor
            $0.exchangedUnits = units.acceptedExchanged
        }
    }
}

extension MoneyExplanation {
    fileprivate var message: Returns_V1_MoneyExplanation {
        .with {
            $0.owedMinor = owedMinor
            $0.refundedMinor = refundedMinor
            $0.inFlightMinor = inFlightMinor
            $0.dueMinor = dueMinor
            $0.shippingPaidMinor = shippingPaidMinor
            $0.shippingHereMinor = shippingHereMinor
            $0.shippingElsewhereMinor = shippingElsewhereMinor
            $0.shippingLeftMinor = shippingLeftMinor
            $0.shippingDueMinor = shippingDueMinor
            $0.overpaidMinor = overpaidMinor
            $0.outstandingMinor = outstandingMinor
            $0.refunds = refunds.map(\.message)
        }
    }
}

extension ClockExplanation {
    /// Days that one step names.
    private static let daysMax = 100

    /// - Parameter showsReasons: Why it was paused is the desk's.
    fileprivate func message(showsReasons: Bool) -> Returns_V1_ClockExplanation {
        .with {
            $0.kind = clock.kind.message()
            $0.ordinal = clock.ordinal
            $0.owner = clock.kind.owner.message()
            $0.slaVersion = rules?.slaVersion ?? clock.slaVersion
            if let rules {
                $0.plan = rules.plan
                $0.calendar = rules.calendar.name
                $0.calendarVersion = rules.calendar.version
                $0.timeZone = rules.timeZone
            }
            $0.amountMinor = clock.amountMinor
            $0.units = clock.units
            $0.steps = steps.map { Self.message($0, showsReasons: showsReasons) }
            $0.dueAtMs = clock.dueAt.milliseconds
        }
    }

    private static func message(_ step: Step, showsReasons: Bool) -> Returns_V1_ClockStep {
        .with {
            switch step {
            case .started(let at):
                $0.kind = .started
                $0.atMs = at.milliseconds
            case .told(let occasion, let at):
                $0.kind = .told
                $0.atMs = at.milliseconds
                $0.occasion = occasion.message()
            case .length(let length, let from, let passed, let due):
                $0.kind = .length
                $0.atMs = from.milliseconds
                switch length {
                case .wall(let milliseconds): $0.lengthMs = milliseconds
                case .working(let milliseconds):
                    $0.lengthMs = milliseconds
                    $0.working = true
                case .workingDays(let days): $0.workingDays = UInt32(clamping: days)
                }
                $0.days = passed.prefix(daysMax).map { day in
                    .with {
                        $0.date = WorkingCalendar.dateText(ofDay: day.day)
                        if let kind = day.kind { $0.kind = kind.message() }
                        $0.title = day.title
                    }
                }
                $0.moreDays = UInt32(passed.count - min(passed.count, daysMax))
                $0.dueAtMs = due.milliseconds
            case .agreed(let due):
                $0.kind = .agreed
                $0.dueAtMs = due.milliseconds
            case .paused(let pause):
                $0.kind = .paused
                $0.atMs = pause.from.milliseconds
                if let until = pause.until { $0.untilMs = until.milliseconds }
                if let end = pause.endsAt { $0.endsAtMs = end.milliseconds }
                $0.byState = pause.isByState
                if showsReasons, !pause.isByState { $0.reason = pause.reason }
            case .resumed(let pause, let at, let due):
                $0.kind = .resumed
                $0.atMs = at.milliseconds
                $0.byState = pause.isByState
                if showsReasons { $0.reason = pause.resumeReason }
                if let due { $0.dueAtMs = due.milliseconds }
            case .extended(let milliseconds, let at, let due):
                $0.kind = .extended
                $0.atMs = at.milliseconds
                $0.lengthMs = milliseconds
                if let due { $0.dueAtMs = due.milliseconds }
            case .kept(let due):
                $0.kind = .kept
                $0.dueAtMs = due.milliseconds
            case .breached(let at):
                $0.kind = .breached
                $0.atMs = at.milliseconds
            case .ended(let end, let at):
                $0.kind = .ended
                $0.atMs = at.milliseconds
                $0.end = end.message()
            }
        }
    }
}

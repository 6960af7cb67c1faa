/// A step that someone wants to take, with what it needs. `CommandKind` names the same steps without their content.
///
/// A new one gets its value and its method in case_service.proto, a file of its own beside this one with its rule and what
/// it does, and its lines here.
///
/// A document's `addedAt` and `addedBy` are set when the command is decided; what the caller puts there is ignored.
public enum Command: Hashable, Sendable {
    case submit(Submission)
    case verify(isCustomerVerified: Bool, isOrderVerified: Bool)
    case requestInfo(question: String)
    case provideInfo(answer: String)
    case approve(returnAddress: String, instructions: String, overrideReason: String)
    case reject(code: String, reason: String, alternative: String)
    case appeal(reason: String)
    case acceptAlternative(goods: [GoodsUnits])
    case schedulePickup(from: Instant, until: Instant, address: String)
    case recordPickup(PickupReport)
    case ship(carrier: String, trackingNumber: String, waybill: Document?)
    /// An empty tracking number means the last shipment.
    case track(trackingNumber: String, event: TrackingReport)
    /// No lines means all awaited units.
    case reportException(kind: ExceptionKind, reason: String, lines: [LineUnits])
    case found(note: String)
    case receive(Receipt)
    case inspect(lines: [LineInspection], report: Document?)
    case agreeExchange(ExchangeAgreement)
    case cancelExchange(number: UInt32, reason: String)
    case correctReceipt(ReceiptCorrection)
    case correctInspection(lines: [LineInspection], report: Document?, reason: String)
    case tell(Telling)
    case resolve(lines: [LineResolution], reason: String)
    case refund(RefundOrder)
    case recordRefund(RefundReport)
    case abandonRefund(refundID: String, gatewayConfirmation: String)
    case shipBack(carrier: String, trackingNumber: String)
    case exchange(carrier: String, trackingNumber: String)
    case grantReturnless(reason: String)
    case withdraw(reason: String)
    case followUp(wasReached: Bool, score: UInt8, comments: String)
    case close
    case cancel(reason: String)
    case reopen(reason: String)
    case note(text: String)
    case attachDocument(Document)
    /// Nil means the usual time.
    case pauseClock(ClockKind, reason: String, until: Instant? = nil)
    case resumeClock(ClockKind, reason: String)
    case extendClock(ClockKind, byMilliseconds: Int64, reason: String)
    /// Fires what is due; what the sweeper asks for.
    case sweep
    /// Takes the case over to this SLA policy, and its running clocks with it.
    case recompute(SLAPolicy)
    /// No person and no team means nobody in particular.
    case assign(Role, person: String, team: String)
    case deduct(DeductionOrder)
    /// Nil means the only one of the line that stands; a number its place among the line's deductions, from 1 on.
    case takeBackDeduction(lineID: String, number: Int?, reason: String)
    case concedeAmount(LineUnits, amountMinor: Int64, reason: String)
    /// No payments mean all of it.
    case recordReturnedRefund(refundID: String, reason: String, payments: [RefundShare] = [])
    case confirmRefund(refundID: String)

    public var kind: CommandKind {
        switch self {
        case .submit: .submit
        case .verify: .verify
        case .requestInfo: .requestInfo
        case .provideInfo: .provideInfo
        case .approve: .approve
        case .reject: .reject
        case .appeal: .appeal
        case .acceptAlternative: .acceptAlternative
        case .schedulePickup: .schedulePickup
        case .recordPickup: .recordPickup
        case .ship: .ship
        case .track: .track
        case .reportException: .reportException
        case .found: .found
        case .receive: .receive
        case .inspect: .inspect
        case .tell: .tell
        case .resolve: .resolve
        case .refund: .refund
        case .recordRefund: .recordRefund
        case .abandonRefund: .abandonRefund
        case .shipBack: .shipBack
        case .exchange: .exchange
        case .grantReturnless: .grantReturnless
        case .withdraw: .withdraw
        case .followUp: .followUp
        case .close: .close
        case .cancel: .cancel
        case .reopen: .reopen
        case .note: .note
        case .attachDocument: .attachDocument
        case .pauseClock: .pauseClock
        case .resumeClock: .resumeClock
        case .extendClock: .extendClock
        case .sweep: .sweep
        case .recompute: .recompute
        case .assign: .assign
        case .correctReceipt: .correctReceipt
        case .correctInspection: .correctInspection
        case .agreeExchange: .agreeExchange
        case .cancelExchange: .cancelExchange
        case .deduct: .deduct
        case .takeBackDeduction: .takeBackDeduction
        case .concedeAmount: .concedeAmount
        case .recordReturnedRefund: .recordReturnedRefund
        case .confirmRefund: .confirmRefund
        }
    }
}

extension CommandKind {
    /// The rule in the command's own file.
    var rule: CommandRule {
        switch self {
        case .submit: .submit
        case .verify: .verify
        case .requestInfo: .requestInfo
        case .provideInfo: .provideInfo
        case .approve: .approve
        case .reject: .reject
        case .appeal: .appeal
        case .acceptAlternative: .acceptAlternative
        case .schedulePickup: .schedulePickup
        case .recordPickup: .recordPickup
        case .ship: .ship
        case .track: .track
        case .reportException: .reportException
        case .found: .found
        case .receive: .receive
        case .inspect: .inspect
        case .tell: .tell
        case .resolve: .resolve
        case .refund: .refund
        case .recordRefund: .recordRefund
        case .abandonRefund: .abandonRefund
        case .shipBack: .shipBack
        case .exchange: .exchange
        case .grantReturnless: .grantReturnless
        case .withdraw: .withdraw
        case .followUp: .followUp
        case .close: .close
        case .cancel: .cancel
        case .reopen: .reopen
        case .note: .note
        case .attachDocument: .attachDocument
        case .pauseClock: .pauseClock
        case .resumeClock: .resumeClock
        case .extendClock: .extendClock
        case .sweep: .sweep
        case .recompute: .recompute
        case .assign: .assign
        case .correctReceipt: .correctReceipt
        case .correctInspection: .correctInspection
        case .agreeExchange: .agreeExchange
        case .cancelExchange: .cancelExchange
        case .deduct: .deduct
        case .takeBackDeduction: .takeBackDeduction
        case .concedeAmount: .concedeAmount
        case .recordReturnedRefund: .recordReturnedRefund
        case .confirmRefund: .confirmRefund
        }
    }
}

extension CaseDraft {
    /// Hands the command to what it does, in the command's own file.
    mutating func apply(_ command: Command) throws(CaseRejection) {
        switch command {
        case .submit: preconditionFailure("submission of a case that exists")
        case .verify(let customer, let order):
            try verify(isCustomerVerified: customer, isOrderVerified: order)
        case .requestInfo(let question): try requestInfo(question)
        case .provideInfo(let answer): try provideInfo(answer)
        case .approve(let address, let instructions, let reason):
            try approve(returnAddress: address, instructions: instructions, overrideReason: reason)
        case .reject(let code, let reason, let alternative):
            try reject(code: code, reason: reason, alternative: alternative)
        case .appeal(let reason): try appeal(reason)
        case .acceptAlternative(let goods): try acceptAlternative(goods)
        case .schedulePickup(let from, let until, let address):
            try schedulePickup(from: from, until: until, address: address)
        case .recordPickup(let report): try recordPickup(report)
        case .ship(let carrier, let number, let waybill):
            try ship(carrier: carrier, trackingNumber: number, waybill: waybill)
        case .track(let number, let event): try track(trackingNumber: number, event: event)
        case .reportException(let kind, let reason, let lines):
            try reportException(kind, reason: reason, lines: lines)
        case .found(let note): try found(note)
        case .receive(let receipt): try receive(receipt)
        case .inspect(let lines, let report): try inspect(lines, report: report)
        case .agreeExchange(let agreement): try agreeExchange(agreement)
        case .cancelExchange(let number, let reason): try cancelExchange(number, reason: reason)
        case .correctReceipt(let correction): try correctReceipt(correction)
        case .correctInspection(let lines, let report, let reason):
            try correctInspection(lines, report: report, reason: reason)
        case .tell(let telling): try tell(telling)
        case .resolve(let lines, let reason): try resolve(lines, reason: reason)
        case .refund(let refund): try startRefund(refund)
        case .recordRefund(let report): try recordRefund(report)
        case .abandonRefund(let id, let confirmation):
            try abandonRefund(id, gatewayConfirmation: confirmation)
        case .shipBack(let carrier, let number): try shipBack(carrier: carrier, trackingNumber: number)
        case .exchange(let carrier, let number): try exchange(carrier: carrier, trackingNumber: number)
        case .grantReturnless(let reason): try grantReturnless(reason)
        case .withdraw(let reason): try withdraw(reason)
        case .followUp(let reached, let score, let comments):
            try followUp(wasReached: reached, score: score, comments: comments)
        case .close: try close()
        case .cancel(let reason): try cancel(reason)
        case .reopen(let reason): try reopen(reason)
        case .note(let text): try note(text)
        case .attachDocument(let document): try attachDocument(document)
        case .pauseClock(let kind, let reason, let until):
            try pauseClock(kind, reason: reason, until: until)
        case .resumeClock(let kind, let reason): try resumeClock(kind, reason: reason)
        case .extendClock(let kind, let milliseconds, let reason):
            try extendClock(kind, by: milliseconds, reason: reason)
        case .recompute(let sla): recomputeClocks(under: sla)
        case .assign(let role, let person, let team): try assign(role, person: person, team: team)
        case .deduct(let wish): try deduct(wish)
        case .takeBackDeduction(let lineID, let number, let reason):
            try takeBackDeduction(lineID, number: number, reason: reason)
        case .concedeAmount(let units, let amount, let reason):
            try concedeAmount(units, amountMinor: amount, reason: reason)
        case .recordReturnedRefund(let id, let reason, let payments):
            try recordReturnedRefund(id, reason: reason, payments)
        case .confirmRefund(let id): try confirmRefund(id)
        // What is due has been folded in.
        case .sweep: break
        }
    }
}

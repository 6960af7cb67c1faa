/// A step that someone wants to take, with what it needs. `CommandKind` names the same steps without their content.
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
    case track(trackingNumber: String, event: Shipment.TrackingEvent)
    /// No lines means all awaited units.
    case reportException(kind: ExceptionKind, reason: String, lines: [LineUnits])
    case found(note: String)
    case receive(Receipt)
    case inspect(lines: [LineInspection], report: Document?)
    case tell(channel: String, reference: String)
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
    case pauseClock(ClockKind, reason: String)
    case resumeClock(ClockKind, reason: String)
    case extendClock(ClockKind, byMilliseconds: Int64, reason: String)
    /// Fires what is due; what the sweeper asks for.
    case sweep
    /// Takes the case over to this SLA policy, and its running clocks with it.
    case recompute(SLAPolicy)
    /// No person and no team means nobody in particular.
    case assign(Role, person: String, team: String)

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
        }
    }
}

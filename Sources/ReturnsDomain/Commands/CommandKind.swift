/// A step of the procedure. The numbers are those of returns.v1.CommandKind.
public enum CommandKind: UInt8, NamedCode {
    case submit = 1
    case verify
    case requestInfo
    case provideInfo
    case approve
    case reject
    case appeal
    case acceptAlternative
    case schedulePickup
    case recordPickup
    case ship
    case track
    case reportException
    case found
    case receive
    case inspect
    case tell
    case resolve
    case refund
    case recordRefund
    case abandonRefund
    case shipBack
    case exchange
    case grantReturnless
    case withdraw
    case followUp
    case close
    case cancel
    case reopen
    case note
    case attachDocument
    case pauseClock
    case resumeClock
    case extendClock
    case sweep
    case recompute
    case assign

    public var description: String {
        switch self {
        case .submit: "submit"
        case .verify: "verify"
        case .requestInfo: "request_info"
        case .provideInfo: "provide_info"
        case .approve: "approve"
        case .reject: "reject"
        case .appeal: "appeal"
        case .acceptAlternative: "accept_alternative"
        case .schedulePickup: "schedule_pickup"
        case .recordPickup: "record_pickup"
        case .ship: "ship"
        case .track: "track"
        case .reportException: "report_exception"
        case .found: "found"
        case .receive: "receive"
        case .inspect: "inspect"
        case .tell: "tell"
        case .resolve: "resolve"
        case .refund: "refund"
        case .recordRefund: "record_refund"
        case .abandonRefund: "abandon_refund"
        case .shipBack: "ship_back"
        case .exchange: "exchange"
        case .grantReturnless: "grant_returnless"
        case .withdraw: "withdraw"
        case .followUp: "follow_up"
        case .close: "close"
        case .cancel: "cancel"
        case .reopen: "reopen"
        case .note: "note"
        case .attachDocument: "attach_document"
        case .pauseClock: "pause_clock"
        case .resumeClock: "resume_clock"
        case .extendClock: "extend_clock"
        case .sweep: "sweep"
        case .recompute: "recompute"
        case .assign: "assign"
        }
    }
}

import ReturnsDomain

extension CaseEvent {
    /// Whether it tells what event.proto says that one of its kind tells.
    var tellsWhatItsKindTells: Bool {
        switch (kind, detail) {
        case (.submitted, .submission?), (.rejected, .rejection?), (.pickupScheduled, .pickupWindow?),
            (.pickupCollected, .pickupArrival?),
            (.shipped, .shipment?), (.shippedBack, .shipment?), (.exchanged, .shipment?),
            (.exceptionReported, .exception?),
            (.goodsFound, .units?), (.received, .units?), (.resolved, .units?), (.receiptCorrected, .units?),
            (.inspectionCorrected, .inspectionCorrection?), (.exchangeAgreed, .exchange?),
            (.exchangeCancelled, .exchange?),
            (.inspected, .inspection?), (.customerTold, .customerTold?),
            (.refundPrepared, .refund?), (.refundStarted, .refund?), (.refundSucceeded, .refund?),
            (.refundFailed, .refund?),
            (.refundUnknown, .refund?), (.refundAbandoned, .refund?), (.refundReturned, .refund?),
            (.deducted, .adjustment(_, _, _, _?, 0)?), (.deductionTakenBack, .adjustment(_, _, _, _?, 0)?),
            (.amountConceded, .adjustment(_, _, _, nil, 1...)?),
            (.refundOverpaid, .overpayment?), (.overpaymentSettled, .overpayment?), (.followedUp, .followUp?),
            (.documentAttached, .document?),
            (.notificationRequested, .notification?), (.slaRecomputed, .recomputation?),
            (.assigned, .assignment?), (.paymentsChanged, .payments?):
            true
        case (.clockPaused, .clock(let clock)?), (.clockResumed, .clock(let clock)?),
            (.clockExtended, .clock(let clock)?), (.clockMet, .clock(let clock)?),
            (.clockMissed, .clock(let clock)?), (.clockVoided, .clock(let clock)?),
            (.clockSuperseded, .clock(let clock)?):
            clock.alert == nil && clock.dueBefore == nil
        case (.clockMoved, .clock(let clock)?):
            clock.alert == nil && clock.dueBefore.map { $0 != clock.dueAt } == true
        case (.clockWarned, .clock(let clock)?), (.clockEscalated, .clock(let clock)?):
            clock.alert.map { $0.level > 0 } == true && clock.dueBefore == nil
        case (.clockBreached, .clock(let clock)?):
            clock.alert?.level == 0 && clock.dueBefore == nil
        case (.verified, nil), (.infoRequested, nil), (.infoProvided, nil), (.approved, nil),
            (.appealed, nil), (.alternativeAccepted, nil), (.pickupMissed, nil), (.tracked, nil),
            (.returnlessGranted, nil), (.withdrawn, nil), (.closed, nil), (.cancelled, nil), (.expired, nil),
            (.reopened, nil), (.noted, nil):
            true
        default: false
        }
    }
}

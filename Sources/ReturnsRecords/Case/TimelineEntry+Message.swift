import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

extension TimelineEntry {
    /// - Parameter number: Its place in the timeline, from 1 on.
    package func message(number: Int) -> Returns_V1_TimelineEntry {
        .with {
            $0.number = UInt64(max(0, number))
            $0.atMs = at.milliseconds
            $0.kind = kind.message()
            $0.actor = actor.message
            if let stateBefore { $0.stateBefore = stateBefore.message() }
            $0.stateAfter = stateAfter.message()
            $0.caseVersion = caseVersion
            if kind.tellsTheDeskAlone { $0.deskText = text } else { $0.text = text }
            if kind.isOfTheOrder {
                $0.deskText = personalText
            } else if kind.tellsTheDeskAlone {
                $0.deskPersonalText = personalText
            } else {
                $0.personalText = personalText
            }
        }
    }

    package func record(number: Int) -> ByteBuffer { CheckedRecord.encode(message(number: number)) }

    /// From the bytes of its message.
    package init(bytes: ByteBuffer) throws(RecordError) {
        try self.init(try CheckedRecord.merged([bytes]))
    }

    package init(_ message: Returns_V1_TimelineEntry) throws(RecordError) {
        let kind: EventType = try message.kind.stored()
        self.init(
            at: Instant(milliseconds: message.atMs), kind: kind, actor: try ActorRecord(message.actor),
            stateBefore: try message.stateBefore.storedOptional(),
            stateAfter: try message.stateAfter.stored(),
            text: kind.tellsTheDeskAlone ? message.deskText : message.text,
            personalText: kind.isOfTheOrder
                ? message.deskText
                : kind.tellsTheDeskAlone ? message.deskPersonalText : message.personalText,
            caseVersion: message.caseVersion)
    }
}

extension EventType {
    /// Whether the words of such an entry are the desk's: a note, a reason that the customer is not told, or who does what.
    fileprivate var tellsTheDeskAlone: Bool {
        switch self {
        case .approved, .exceptionReported, .goodsFound, .resolved, .refundFailed, .refundAbandoned,
            .returnlessGranted, .reopened, .noted, .clockPaused, .clockResumed, .clockExtended, .clockWarned,
            .clockBreached, .clockEscalated, .slaRecomputed, .assigned, .refundOverpaid:
            true
        case .submitted, .verified, .infoRequested, .infoProvided, .rejected, .appealed, .alternativeAccepted,
            .pickupScheduled, .pickupCollected, .pickupMissed, .shipped, .tracked, .received, .inspected,
            .customerTold, .refundStarted, .refundSucceeded, .refundUnknown, .shippedBack, .exchanged,
            .withdrawn, .followedUp, .closed, .cancelled, .expired, .documentAttached, .notificationRequested,
            .clockMoved, .clockMet, .clockMissed, .clockVoided, .clockSuperseded, .paymentsChanged:
            false
        }
    }

    /// Whether the order's own timeline told it first: the case tells it to the same readers. Everybody reads there what was
    /// changed, and the desk why, which holds no personal data: finance refunds by it.
    fileprivate var isOfTheOrder: Bool { self == .paymentsChanged }
}

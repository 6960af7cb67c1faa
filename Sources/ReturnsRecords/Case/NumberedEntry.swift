import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

/// An entry with its place in the timeline, from 1 on.
package struct NumberedEntry: RecordItem {
    package typealias Message = Returns_V1_TimelineEntry
    private typealias Fields = Message.Fields

    package var number: UInt64
    package var entry: TimelineEntry

    package init(_ entry: TimelineEntry, number: Int) {
        self.entry = entry
        self.number = UInt64(max(0, number))
    }

    /// As it is stored.
    package var record: ByteBuffer { CheckedRecord.encode(self) }

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.atMs, entry.at)
        writer.append(Fields.kind, entry.kind)
        writer.append(Fields.actor, entry.actor)
        writer.append(Fields.stateBefore, entry.stateBefore)
        writer.append(Fields.stateAfter, entry.stateAfter)
        let texts = Texts(entry)
        writer.append(Fields.text, texts.text)
        writer.append(Fields.caseVersion, entry.caseVersion)
        writer.append(Fields.personalText, texts.personal)
        writer.append(Fields.number, number)
        writer.append(Fields.deskText, texts.desk)
        writer.append(Fields.deskPersonalText, texts.deskPersonal)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var place: UInt64 = 0
        var at = Instant(milliseconds: 0)
        var kind: EventType?
        var actor: ActorRecord?
        var (stateBefore, stateAfter): (CaseState?, CaseState?) = (nil, nil)
        var texts = Texts()
        var caseVersion: UInt64 = 0
        while let number = reader.next() {
            switch number {
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.actor: actor = try reader.read(Fields.actor)
            case Fields.stateBefore: stateBefore = try reader.read(Fields.stateBefore)
            case Fields.stateAfter: stateAfter = try reader.read(Fields.stateAfter)
            case Fields.text: texts.text = reader.read(Fields.text)
            case Fields.caseVersion: caseVersion = reader.read(Fields.caseVersion)
            case Fields.personalText: texts.personal = reader.read(Fields.personalText)
            case Fields.number: place = reader.read(Fields.number)
            case Fields.deskText: texts.desk = reader.read(Fields.deskText)
            case Fields.deskPersonalText: texts.deskPersonal = reader.read(Fields.deskPersonalText)
            default: break
            }
        }
        let (text, personalText) = texts.ofEntry(try kind.present())
        number = place
        entry = TimelineEntry(
            at: at, kind: try kind.present(), actor: try actor.present(), stateBefore: stateBefore,
            stateAfter: try stateAfter.present(), text: text, personalText: personalText,
            caseVersion: caseVersion)
    }
}

/// The words of an entry, by who reads them.
private struct Texts {
    var (text, personal, desk, deskPersonal) = ("", "", "", "")

    init() {}

    init(_ entry: TimelineEntry) {
        if entry.kind.tellsTheDeskAlone { desk = entry.text } else { text = entry.text }
        if entry.kind.isOfTheOrder {
            desk = entry.personalText
        } else if entry.kind.tellsTheDeskWhy {
            deskPersonal = entry.personalText
        } else {
            personal = entry.personalText
        }
    }

    func ofEntry(_ kind: EventType) -> (text: String, personalText: String) {
        (
            kind.tellsTheDeskAlone ? desk : text,
            kind.isOfTheOrder ? desk : kind.tellsTheDeskWhy ? deskPersonal : personal
        )
    }
}

extension EventType {
    /// Whether the words of such an entry are the desk's: a note, a reason that the customer is not told, or who does what.
    fileprivate var tellsTheDeskAlone: Bool {
        switch self {
        case .approved, .exceptionReported, .goodsFound, .resolved, .refundFailed, .refundAbandoned,
            .returnlessGranted, .reopened, .noted, .clockPaused, .clockResumed, .clockExtended, .clockWarned,
            .clockBreached, .clockEscalated, .slaRecomputed, .assigned, .refundOverpaid, .deductionTakenBack,
            .amountConceded, .refundReturned, .overpaymentSettled:
            true
        case .submitted, .verified, .infoRequested, .infoProvided, .rejected, .appealed, .alternativeAccepted,
            .pickupScheduled, .pickupCollected, .pickupMissed, .shipped, .tracked, .received, .inspected,
            .customerTold, .refundStarted, .refundSucceeded, .refundUnknown, .shippedBack, .exchanged,
            .withdrawn, .followedUp, .closed, .cancelled, .expired, .documentAttached, .notificationRequested,
            .clockMoved, .clockMet, .clockMissed, .clockVoided, .clockSuperseded, .paymentsChanged, .deducted,
            .refundPrepared, .receiptCorrected, .inspectionCorrected, .exchangeAgreed, .exchangeCancelled:
            false
        }
    }

    /// Whether the reason of such an entry is the desk's. What a correction or an exchange changed, everybody reads.
    fileprivate var tellsTheDeskWhy: Bool {
        tellsTheDeskAlone
            || [.receiptCorrected, .inspectionCorrected, .exchangeAgreed, .exchangeCancelled].contains(self)
    }

    /// Whether the order's own timeline told it first: the case tells it to the same readers. Everybody reads there what was
    /// changed, and the desk why, which holds no personal data: finance refunds by it.
    fileprivate var isOfTheOrder: Bool { self == .paymentsChanged }
}

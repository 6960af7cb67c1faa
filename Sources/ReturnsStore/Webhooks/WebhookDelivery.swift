import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// One attempt to post one event.
public struct WebhookDelivery: Hashable, Sendable {
    public enum Verdict: String, Sendable, Hashable {
        /// The receiver has taken it.
        case delivered
        /// It is tried again.
        case failed
        /// It has failed as often as it may.
        case aside
    }

    public var eventID: String
    /// Also one that this server does not know.
    public var type: Returns_V1_EventType
    /// 0 when somebody has asked for it.
    public var attempt: Int
    /// 0 without an answer.
    public var httpStatus: Int
    /// Unspecified with an answer.
    public var error: Returns_V1_WebhookDeliveryError
    public var at: Instant
    public var durationMilliseconds: Int64
    public var verdict: Verdict

    public init(
        eventID: String, type: Returns_V1_EventType, attempt: Int, httpStatus: Int,
        error: Returns_V1_WebhookDeliveryError, at: Instant,
        durationMilliseconds: Int64, verdict: Verdict
    ) {
        self.eventID = eventID
        self.type = type
        self.attempt = attempt
        self.httpStatus = httpStatus
        self.error = error
        self.at = at
        self.durationMilliseconds = durationMilliseconds
        self.verdict = verdict
    }

    private static let version: UInt8 = 4

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 96)
        writer.write(Self.version)
        writer.write(eventID)
        writer.write(type.rawValue)
        writer.write(attempt)
        writer.write(httpStatus)
        writer.write(error.rawValue)
        writer.write(at)
        writer.write(durationMilliseconds)
        writer.write(verdict.rawValue)
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = try RecordReader(sealed: bytes)
        guard try reader.form(upTo: Self.version) == Self.version else {
            throw RecordError(what: "delivery of another version")
        }
        let (eventID, code) = (try reader.text(), try reader.signed())
        guard let type = Returns_V1_EventType(stored: code) else {
            throw RecordError(what: "delivery of no type")
        }
        let (attempt, status) = (try reader.integer(), try reader.integer())
        guard let error = Returns_V1_WebhookDeliveryError(stored: try reader.signed()) else {
            throw RecordError(what: "delivery with another error")
        }
        let (at, duration) = (try reader.instant(), try reader.signed())
        guard let verdict = Verdict(rawValue: try reader.text()) else {
            throw .newer("delivery with another verdict")
        }
        guard reader.isAtEnd else { throw RecordError(what: "delivery record too long") }
        self.init(
            eventID: eventID, type: type, attempt: attempt, httpStatus: status, error: error, at: at,
            durationMilliseconds: duration, verdict: verdict)
    }
}

/// Which of a webhook's attempts a list goes on behind. Later attempts come before it, so that it has no number.
public struct WebhookDeliveryPlace: Hashable, Sendable, LosslessStringConvertible {
    private let at: Instant
    private let attempt: Int
    private let eventID: String

    fileprivate init(_ delivery: WebhookDelivery) {
        (at, attempt, eventID) = (delivery.at, delivery.attempt, delivery.eventID)
    }

    public var description: String { "\(at.milliseconds)-\(attempt)-\(eventID)" }

    /// - Returns: nil for a text that `description` does not write.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let milliseconds = Int64(parts[0]), let attempt = Int(parts[1]) else {
            return nil
        }
        (at, self.attempt, eventID) = (Instant(milliseconds: milliseconds), attempt, String(parts[2]))
        guard description == text else { return nil }
    }
}

extension WebhookDelivery {
    public var place: WebhookDeliveryPlace { WebhookDeliveryPlace(self) }
}

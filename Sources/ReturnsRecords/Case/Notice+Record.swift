import RCP
import ReturnsAPI
import ReturnsDomain

extension Notice: RecordItem {
    package typealias Message = Returns_V1_Notice
    private typealias Fields = Message.Fields

    /// Without its text, which is personal (`NoticeText`).
    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.occasion, occasion)
        writer.append(Fields.state, state)
        writer.append(Fields.refundID, refundID)
        writer.append(Fields.sinceMs, since)
        writer.append(Fields.endedAtMs, endedAt)
        writer.append(Fields.channel, channel)
        writer.append(Fields.by, by)
        writer.append(Fields.reference, reference)
        writer.append(Fields.notifyOrdinal, notifyOrdinal)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (occasion, state): (NoticeOccasion?, NoticeState?) = (nil, nil)
        var (refundID, reference) = ("", "")
        var since = Instant(milliseconds: 0)
        var endedAt: Instant?
        var channel: ContactChannel?
        var by: ActorRecord?
        var notifyOrdinal: UInt32 = 0
        while let number = reader.next() {
            switch number {
            case Fields.occasion: occasion = try reader.read(Fields.occasion)
            case Fields.state: state = try reader.read(Fields.state)
            case Fields.refundID: refundID = reader.read(Fields.refundID)
            case Fields.sinceMs: since = reader.read(Fields.sinceMs)
            case Fields.endedAtMs: endedAt = reader.read(Fields.endedAtMs)
            case Fields.channel: channel = try reader.read(Fields.channel)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.reference: reference = reader.read(Fields.reference)
            case Fields.notifyOrdinal: notifyOrdinal = reader.read(Fields.notifyOrdinal)
            default: break
            }
        }
        self.init(
            occasion: try occasion.present(), state: try state.present(), refundID: refundID, since: since,
            endedAt: endedAt, channel: channel, by: by, reference: reference, notifyOrdinal: notifyOrdinal)
    }
}

/// What the customer was told.
struct NoticeText: RecordItem {
    typealias Message = Returns_V1_NoticeText
    private typealias Fields = Message.Fields
    var notice: UInt32 = 0
    var text = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.notice, notice)
        writer.append(Fields.text, text)
    }
}

extension NoticeText {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.notice: notice = reader.read(Fields.notice)
            case Fields.text: text = reader.read(Fields.text)
            default: break
            }
        }
    }
}

import RCP
import ReturnsAPI
import ReturnsDomain

extension Refund: RecordItem {
    package typealias Message = Returns_V1_Refund
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.refundID, id)
        writer.append(Fields.status, status)
        writer.append(Fields.amountMinor, amountMinor)
        writer.append(Fields.lines, lines.map(LineShare.init))
        writer.append(Fields.shippingMinor, shippingMinor)
        writer.append(Fields.payments, payments.map(PaymentShare.init))
        writer.append(Fields.otherMethod, otherMethod)
        writer.append(Fields.attempts, attempts)
        writer.append(Fields.voucher, voucher)
        writer.append(Fields.startedAtMs, startedAt)
        writer.append(Fields.endedAtMs, endedAt)
        writer.append(Fields.overpaidMinor, overpaidMinor)
        writer.append(Fields.overpaidLines, overpaidLines.map(LineShare.init))
        writer.append(Fields.overpaidShippingMinor, overpaidShippingMinor)
        writer.append(Fields.returnedAtMs, returnedAt)
        writer.append(Fields.preparedBy, preparedBy)
        writer.append(Fields.confirmedBy, confirmedBy)
        writer.append(Fields.method, method)
        writer.append(Fields.creditNote, creditNote)
        writer.append(Fields.shippingRepaidMinor, shippingRepaidMinor)
        writer.append(Fields.partOf, partOf)
    }

    /// Sums are checked where what is added up is known to be in range (`inconsistency`).
    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (id, otherMethod, voucher) = ("", "", "")
        var status: RefundStatus?
        var (lines, overpaidLines): ([LineShare], [LineShare]) = ([], [])
        var payments: [PaymentShare] = []
        var (amount, shipping, overpaid, overpaidShipping): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        var attempts: UInt32 = 0
        var startedAt = Instant(milliseconds: 0)
        var (endedAt, returnedAt): (Instant?, Instant?) = (nil, nil)
        var (preparedBy, confirmedBy): (ActorRecord?, ActorRecord?) = (nil, nil)
        var method: RefundMethod?
        var (creditNote, partOf) = ("", "")
        var shippingRepaid: Int64 = 0
        while let number = reader.next() {
            switch number {
            case Fields.refundID: id = reader.read(Fields.refundID)
            case Fields.status: status = try reader.read(Fields.status)
            case Fields.amountMinor: amount = reader.read(Fields.amountMinor)
            case Fields.lines: try reader.read(Fields.lines, into: &lines)
            case Fields.shippingMinor: shipping = reader.read(Fields.shippingMinor)
            case Fields.payments: try reader.read(Fields.payments, into: &payments)
            case Fields.otherMethod: otherMethod = reader.read(Fields.otherMethod)
            case Fields.attempts: attempts = reader.read(Fields.attempts)
            case Fields.voucher: voucher = reader.read(Fields.voucher)
            case Fields.startedAtMs: startedAt = reader.read(Fields.startedAtMs)
            case Fields.endedAtMs: endedAt = reader.read(Fields.endedAtMs)
            case Fields.overpaidMinor: overpaid = reader.read(Fields.overpaidMinor)
            case Fields.overpaidLines: try reader.read(Fields.overpaidLines, into: &overpaidLines)
            case Fields.overpaidShippingMinor: overpaidShipping = reader.read(Fields.overpaidShippingMinor)
            case Fields.returnedAtMs: returnedAt = reader.read(Fields.returnedAtMs)
            case Fields.preparedBy: preparedBy = try reader.read(Fields.preparedBy)
            case Fields.confirmedBy: confirmedBy = try reader.read(Fields.confirmedBy)
            case Fields.method: method = try reader.read(Fields.method)
            case Fields.creditNote: creditNote = reader.read(Fields.creditNote)
            case Fields.shippingRepaidMinor: shippingRepaid = reader.read(Fields.shippingRepaidMinor)
            case Fields.partOf: partOf = reader.read(Fields.partOf)
            default: break
            }
        }
        self.init(
            id: id, status: try status.present(), lines: lines.map(\.share), shippingMinor: shipping,
            payments: payments.map(\.share), otherMethod: otherMethod, otherMethodReason: "",
            attempts: attempts, failureReason: "", voucher: voucher, startedAt: startedAt, endedAt: endedAt,
            overpaidLines: overpaidLines.map(\.share), overpaidShippingMinor: overpaidShipping)
        self.returnedAt = returnedAt
        self.preparedBy = preparedBy
        self.confirmedBy = confirmedBy
        self.method = method
        self.creditNote = creditNote
        shippingRepaidMinor = shippingRepaid
        self.partOf = partOf
        if let inconsistency { throw RecordError(what: inconsistency) }
        guard amountMinor == amount, overpaidMinor == overpaid else {
            throw RecordError(what: "a refund's amounts do not add up")
        }
    }
}

/// A refund's share of a line.
private struct LineShare: RecordItem {
    typealias Message = Returns_V1_RefundLine
    private typealias Fields = Message.Fields
    var share: RefundShare

    init(_ share: RefundShare) { self.share = share }

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.lineID, share.reference)
        writer.append(Fields.amountMinor, share.amountMinor)
    }

    init(from reader: inout RCPMessageReader) {
        share = RefundShare(reference: "", amountMinor: 0)
        while let number = reader.next() {
            switch number {
            case Fields.lineID: share.reference = reader.read(Fields.lineID)
            case Fields.amountMinor: share.amountMinor = reader.read(Fields.amountMinor)
            default: break
            }
        }
    }
}

/// A refund's share of a payment.
private struct PaymentShare: RecordItem {
    typealias Message = Returns_V1_RefundPayment
    private typealias Fields = Message.Fields
    var share: RefundShare

    init(_ share: RefundShare) { self.share = share }

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.reference, share.reference)
        writer.append(Fields.amountMinor, share.amountMinor)
    }

    init(from reader: inout RCPMessageReader) {
        share = RefundShare(reference: "", amountMinor: 0)
        while let number = reader.next() {
            switch number {
            case Fields.reference: share.reference = reader.read(Fields.reference)
            case Fields.amountMinor: share.amountMinor = reader.read(Fields.amountMinor)
            default: break
            }
        }
    }
}

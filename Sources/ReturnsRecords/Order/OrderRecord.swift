import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import SwiftProtobuf

/// An order as it is stored and sent: the bytes of a `returns.v1.Order` with what everybody may read who may read the
/// order, and of one with what the server alone needs.
package struct OrderRecord: Sendable {
    package var everybody: ByteBuffer
    package var engine: ByteBuffer
    /// What it needs of who decides on it.
    package let level: WriterLevel

    /// - Parameter level: At which it was written.
    package init(everybody: ByteBuffer, engine: ByteBuffer, level: WriterLevel = .highest) {
        self.everybody = everybody
        self.engine = engine
        self.level = level
    }

    /// - Parameter level: The store's; what is not stored holds all that this build knows.
    package init(_ order: Order, level: WriterLevel = .highest) {
        self.level = level
        everybody = CheckedRecord.message(order.message)
        var writer = RCPMessageWriter()
        writer.append(field: Self.engineField, parts: [CheckedRecord.message(order.engineMessage)])
        engine = writer.buffer
    }

    /// `Order.engine`
    private static let engineField = 30

    /// - Parameter isReadOnly: Nothing is decided on it, so that fields which this build does not know are passed over.
    /// - Throws: for a damaged order, and for one that holds what this build does not know.
    package func value(isReadOnly: Bool = false) throws(RecordError) -> Order {
        let message: Returns_V1_Order = try CheckedRecord.merged([everybody, engine])
        guard isReadOnly || !message.hasUnknownFields else { throw .newer("a field is unknown") }
        return try Order(stored: message)
    }
}

extension Order {
    fileprivate init(stored message: Returns_V1_Order) throws(RecordError) {
        guard let currency = CurrencyCode(message.currency) else { throw RecordError(what: "not a currency") }
        let engine = message.engine
        var payments = try message.payments.mapStored { item throws(RecordError) in
            Payment(
                reference: item.reference, method: try item.method.stored(), amountMinor: item.amountMinor,
                committedMinor: item.committedMinor, overpaidMinor: item.overpaidMinor)
        }
        for place in engine.refundedPayments {
            payments[try payments.place(place, "payment")].hasRefunds = true
        }
        self.init(
            key: OrderKey(message.key), version: message.version,
            placedAt: Instant(milliseconds: message.placedAtMs),
            deliveredAt: message.hasDeliveredAtMs ? Instant(milliseconds: message.deliveredAtMs) : nil,
            customerID: message.customerID, customerClass: message.customerClass, country: message.country,
            currency: currency, status: try message.status.stored(),
            lines: try message.lines.mapStored { line throws(RecordError) in
                guard line.hasPaidMinor else { throw RecordError(what: "a line without what was paid") }
                return OrderLine(
                    lineID: line.lineID, sku: line.sku, name: line.name, quantity: line.quantity,
                    unitPriceMinor: line.unitPriceMinor, paidMinor: line.paidMinor,
                    reservedUnits: line.reservedUnits, refundableUnits: line.refundableUnits,
                    committedMinor: line.committedMinor)
            },
            shippingPaidMinor: message.shippingPaidMinor,
            shippingCommittedMinor: message.shippingCommittedMinor, payments: payments,
            otherMethodCommittedMinor: message.otherMethodCommittedMinor,
            overpaidMinor: message.overpaidMinor,
            cases: try engine.cases.mapStored { item throws(RecordError) in
                OrderCase(id: try CaseID(stored: item.caseID), channelRef: item.channelRef)
            },
            entriesCount: Int(engine.timelineEntries),
            untold: try engine.untold.mapStored { item throws(RecordError) in
                UntoldEntry(
                    entry: try OrderEntry(item.entry),
                    cases: try item.caseIds.mapStored { id throws(RecordError) in try CaseID(stored: id) })
            },
            paymentsChangers: Set(engine.paymentsChangers),
            updatedAt: Instant(milliseconds: message.updatedAtMs))
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}

extension CaseID {
    fileprivate init(stored text: String) throws(RecordError) {
        guard let id = CaseID(text) else { throw RecordError(what: "not a case id") }
        self = id
    }
}

import ReturnsDomain

extension Order {
    static let recordVersion: UInt8 = 3
    /// Before it was kept who changed payments: nobody is known to have.
    private static let recordVersionWithoutChangers: UInt8 = 2

    /// The body field of an order's hash. The key and the version stand beside it.
    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 256 + lines.count * 64)
        writer.write(Self.recordVersion)
        writer.write(key.saleChannel)
        writer.write(key.orderNumber)
        writer.write(placedAt)
        writer.write(deliveredAt)
        writer.write(customerID)
        writer.write(customerClass)
        writer.write(country)
        writer.write(currency.description)
        writer.write(status)
        writer.writeList(lines) { writer, line in
            writer.write(line.lineID)
            writer.write(line.sku)
            writer.write(line.name)
            writer.write(line.quantity)
            writer.write(line.unitPriceMinor)
            writer.write(line.paidMinor)
            writer.write(line.reservedUnits)
            writer.write(line.refundableUnits)
            writer.write(line.committedMinor)
        }
        writer.write(shippingPaidMinor)
        writer.write(shippingCommittedMinor)
        writer.writeList(payments) { writer, payment in
            writer.write(payment.reference)
            writer.write(payment.method)
            writer.write(payment.amountMinor)
            writer.write(payment.committedMinor)
            writer.write(payment.overpaidMinor)
            writer.write(payment.hasRefunds)
        }
        writer.write(otherMethodCommittedMinor)
        writer.write(overpaidMinor)
        writer.writeList(cases) { writer, item in
            writer.write(item.id)
            writer.write(item.channelRef)
        }
        writer.write(entriesCount)
        writer.writeList(untold) { writer, item in
            item.entry.write(to: &writer)
            writer.writeList(item.cases) { $0.write($1) }
        }
        writer.writeList(paymentsChangers.sorted()) { $0.write($1) }
        writer.write(updatedAt)
        return writer.bytes
    }

    init(record bytes: UnsafeRawBufferPointer, version: UInt64) throws(RecordError) {
        var reader = RecordReader(bytes)
        let recordVersion = try reader.byte()
        guard recordVersion == Self.recordVersion || recordVersion == Self.recordVersionWithoutChangers else {
            throw RecordError(what: "order record of another version")
        }
        let key = OrderKey(saleChannel: try reader.text(), orderNumber: try reader.text())
        let placedAt = try reader.instant()
        let deliveredAt = try reader.optionalInstant()
        let customerID = try reader.text()
        let customerClass = try reader.text()
        let country = try reader.text()
        guard let currency = CurrencyCode(try reader.text()) else {
            throw RecordError(what: "not a currency")
        }
        let status: OrderStatus = try reader.code()
        let lines = try reader.list { reader throws(RecordError) in
            OrderLine(
                lineID: try reader.text(), sku: try reader.text(), name: try reader.text(),
                quantity: try reader.signed(),
                unitPriceMinor: try reader.signed(), paidMinor: try reader.signed(),
                reservedUnits: try reader.signed(),
                refundableUnits: try reader.signed(), committedMinor: try reader.signed())
        }
        let shippingPaid = try reader.signed()
        let shippingCommitted = try reader.signed()
        let payments = try reader.list { reader throws(RecordError) in
            Payment(
                reference: try reader.text(), method: try reader.code(), amountMinor: try reader.signed(),
                committedMinor: try reader.signed(), overpaidMinor: try reader.signed(),
                hasRefunds: try reader.boolean())
        }
        let otherMethod = try reader.signed()
        let overpaid = try reader.signed()
        let cases = try reader.list { reader throws(RecordError) in
            OrderCase(id: try reader.caseID(), channelRef: try reader.text())
        }
        let entriesCount = try reader.integer()
        let untold = try reader.list { reader throws(RecordError) in
            UntoldEntry(
                entry: try OrderEntry(reading: &reader),
                cases: try reader.list { reader throws(RecordError) in try reader.caseID() })
        }
        let changers = recordVersion == Self.recordVersion ? try reader.texts() : []
        let updatedAt = try reader.instant()
        guard reader.isAtEnd else { throw RecordError(what: "order record too long") }
        self.init(
            key: key, version: version, placedAt: placedAt, deliveredAt: deliveredAt, customerID: customerID,
            customerClass: customerClass, country: country, currency: currency, status: status, lines: lines,
            shippingPaidMinor: shippingPaid,
            shippingCommittedMinor: shippingCommitted, payments: payments,
            otherMethodCommittedMinor: otherMethod, overpaidMinor: overpaid,
            cases: cases, entriesCount: entriesCount, untold: untold,
            paymentsChangers: Set(changers), updatedAt: updatedAt)
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}

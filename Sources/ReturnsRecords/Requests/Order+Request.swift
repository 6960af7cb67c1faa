import ReturnsAPI
import ReturnsDomain

extension OrderKey {
    package init(_ proto: Returns_V1_OrderKey) {
        self.init(saleChannel: proto.saleChannel, orderNumber: proto.orderNo)
    }
}

extension Order {
    /// A pushed order; the ledgers in it are ignored, since they are the server's.
    package init(_ proto: Returns_V1_Order, now: Instant) throws(CaseRejection) {
        guard let currency = CurrencyCode(proto.currency) else {
            throw .invalid(
                "CURRENCY_MALFORMED", "order.currency",
                "give an ISO 4217 code of three upper-case letters, such as GBP")
        }
        var lines: [OrderLine] = []
        lines.reserveCapacity(proto.lines.count)
        for (index, line) in proto.lines.enumerated() {
            // Left out it is the whole price, of which a part is outstanding.
            guard proto.outstandingMinor == 0 || line.hasPaidMinor else {
                throw .invalid(
                    "FIELD_REQUIRED", "order.lines[\(index)].paid_minor",
                    "an order with outstanding_minor is paid in part; give what was paid of each line")
            }
            lines.append(try OrderLine(line, field: "order.lines[\(index)]"))
        }
        var payments: [Payment] = []
        for (index, payment) in proto.payments.enumerated() {
            payments.append(try Payment(payment, field: "order.payments[\(index)]"))
        }
        self.init(
            key: OrderKey(proto.key), placedAt: Instant(milliseconds: proto.placedAtMs),
            deliveredAt: proto.hasDeliveredAtMs ? Instant(milliseconds: proto.deliveredAtMs) : nil,
            customerID: proto.customerID, customerClass: proto.customerClass, country: proto.country,
            currency: currency,
            status: try proto.status.optional("order.status") ?? .placed, lines: lines,
            shippingPaidMinor: proto.shippingPaidMinor, payments: payments, updatedAt: now)
        outstandingMinor = proto.outstandingMinor
        // Who takes the order in finds the offsets.
        if !proto.timeZone.isEmpty { zone = TimeZoneTable(name: proto.timeZone) }
    }
}

extension OrderLine {
    init(_ proto: Returns_V1_OrderLine, field: String) throws(CaseRejection) {
        // Checked before they are multiplied; the domain checks the rest.
        guard (0...CountLimits.unitsMax).contains(proto.quantity) else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", "\(field).quantity",
                "give a whole number between 1 and \(CountLimits.unitsMax)")
        }
        guard (0...Money.amountMinorMax).contains(proto.unitPriceMinor) else {
            throw .invalid(
                "AMOUNT_OUT_OF_RANGE", "\(field).unit_price_minor",
                "give an amount between 0 and \(Money.amountMinorMax) minor units")
        }
        self.init(
            lineID: proto.lineID, sku: proto.sku, name: proto.name, quantity: proto.quantity,
            unitPriceMinor: proto.unitPriceMinor, paidMinor: proto.hasPaidMinor ? proto.paidMinor : nil)
        category = proto.category
        returnDays = proto.hasReturnDays ? Int64(proto.returnDays) : nil
    }
}

extension Payment {
    /// As a caller states it, without its ledger.
    package init(_ proto: Returns_V1_Payment, field: String) throws(CaseRejection) {
        self.init(
            reference: proto.reference, method: try proto.method.required("\(field).method"),
            amountMinor: proto.amountMinor)
    }
}

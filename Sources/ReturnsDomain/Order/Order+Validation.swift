import MoneyFormat

extension Order {
    /// Refuses a pushed order that can never be right, naming the field and what to do.
    func validate(now: Instant) throws(CaseRejection) {
        try key.validate()
        try Require.identifier(customerID, "order.customer_id", optional: true)
        try Require.identifier(customerClass, "order.customer_class", optional: true)
        try Require.text(country, "order.country", max: TextLimits.shortTextBytesMax, optional: true)
        guard placedAt.isRepresentable else {
            throw .invalid(
                "TIME_OUT_OF_RANGE", "order.placed_at_ms",
                "give milliseconds since 1970 within the years 1970 to 9999")
        }
        if let deliveredAt {
            guard deliveredAt.isRepresentable, deliveredAt >= placedAt else {
                throw .invalid(
                    "TIME_OUT_OF_RANGE", "order.delivered_at_ms",
                    "delivery cannot be before the order was placed")
            }
        }
        if let zone { try Require.zone(zone, "order.time_zone") }
        try Require.count(lines.count, "order.lines", 1...CountLimits.orderLinesMax)
        var lineIDs = Set<String>()
        var linesPaidMinor: Int64 = 0
        for (index, line) in lines.enumerated() {
            try line.validate("order.lines[\(index)]", currency)
            guard lineIDs.insert(line.lineID).inserted else {
                throw .invalid(
                    "DUPLICATE_LINE", "order.lines[\(index)].line_id",
                    "line id \(line.lineID) stands twice; give each line its own")
            }
            linesPaidMinor += line.paidMinor
        }
        try Require.amount(shippingPaidMinor, "order.shipping_paid_minor", currency)
        try Require.amount(outstandingMinor, "order.outstanding_minor", currency)
        try validate(payments, "order.payments")
        guard linesPaidMinor + shippingPaidMinor == paidMinor else {
            throw .invalid(
                "PAYMENTS_MISMATCH", "order.payments",
                "payments add up to \(text(paidMinor)), lines and shipping to \(text(linesPaidMinor + shippingPaidMinor)); make them equal"
            )
        }
    }

    /// Refuses payments that can never be right for this order, whoever names them.
    func validate(_ payments: [Payment], _ field: String) throws(CaseRejection) {
        try Require.count(payments.count, field, 0...CountLimits.orderPaymentsMax)
        var references = Set<String>()
        for (index, payment) in payments.enumerated() {
            try Require.identifier(payment.reference, "\(field)[\(index)].reference")
            try Require.amount(payment.amountMinor, "\(field)[\(index)].amount_minor", currency)
            guard references.insert(payment.reference).inserted else {
                throw .invalid(
                    "DUPLICATE_PAYMENT", "\(field)[\(index)].reference",
                    "a payment reference stands twice; give each payment its own")
            }
        }
    }

    private func text(_ amountMinor: Int64) -> String { MoneyFormat.text(amountMinor, currency.description) }
}

extension OrderKey {
    /// Refuses keys that could not be written on a form or in a Redis key.
    public func validate(_ field: String = "order") throws(CaseRejection) {
        try Self.validate(saleChannel: saleChannel, "\(field).sale_channel")
        try Require.identifier(orderNumber, "\(field).order_no")
    }

    static func validate(saleChannel: String, _ field: String) throws(CaseRejection) {
        let channelCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        guard !saleChannel.isEmpty, saleChannel.utf8.count <= TextLimits.saleChannelBytesMax,
            saleChannel.utf8.allSatisfy(channelCharacters.contains)
        else {
            throw .invalid(
                "SALE_CHANNEL_MALFORMED", field,
                "give 1 to \(TextLimits.saleChannelBytesMax) lower-case letters, digits, '-' or '_', such as \"online\""
            )
        }
    }
}

extension OrderLine {
    fileprivate func validate(_ field: String, _ currency: CurrencyCode) throws(CaseRejection) {
        try Require.identifier(lineID, "\(field).line_id")
        // Some shops' SKUs hold blanks.
        try Require.text(sku, "\(field).sku", max: TextLimits.identifierBytesMax)
        try Require.text(name, "\(field).name", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.text(category, "\(field).category", max: TextLimits.identifierBytesMax, optional: true)
        if let returnDays { try ReturnPolicy.requireDays(returnDays, "\(field).return_days") }
        try Require.units(quantity, "\(field).quantity")
        try Require.amount(unitPriceMinor, "\(field).unit_price_minor", currency)
        try Require.amount(paidMinor, "\(field).paid_minor", currency)
    }
}

import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

extension OrderKey {
    package init(_ proto: Returns_V1_OrderKey) {
        self.init(saleChannel: proto.saleChannel, orderNumber: proto.orderNo)
    }

    package var message: Returns_V1_OrderKey {
        .with {
            $0.saleChannel = saleChannel
            $0.orderNo = orderNumber
        }
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
    }

    package var message: Returns_V1_Order {
        .with {
            $0.key = key.message
            $0.placedAtMs = placedAt.milliseconds
            if let deliveredAt { $0.deliveredAtMs = deliveredAt.milliseconds }
            $0.customerID = customerID
            $0.customerClass = customerClass
            $0.country = country
            $0.currency = currency.description
            $0.status = status.message()
            $0.lines = lines.map(\.message)
            $0.shippingPaidMinor = shippingPaidMinor
            $0.payments = payments.map(\.message)
            $0.version = version
            $0.shippingCommittedMinor = shippingCommittedMinor
            $0.otherMethodCommittedMinor = otherMethodCommittedMinor
            $0.overpaidMinor = overpaidMinor
            $0.updatedAtMs = updatedAt.milliseconds
        }
    }

    var engineMessage: Returns_V1_OrderEngine {
        .with {
            $0.cases = cases.map { item in
                .with {
                    $0.caseID = item.id.description
                    $0.channelRef = item.channelRef
                }
            }
            $0.timelineEntries = UInt32(clamping: entriesCount)
            $0.untold = untold.map { item in
                .with {
                    $0.entry = item.entry.message
                    $0.caseIds = item.cases.map(\.description)
                }
            }
            $0.paymentsChangers = paymentsChangers.sorted()
            for (index, payment) in payments.enumerated() where payment.hasRefunds {
                $0.refundedPayments.append(UInt32(index + 1))
            }
        }
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
    }

    package var message: Returns_V1_OrderLine {
        .with {
            $0.lineID = lineID
            $0.sku = sku
            $0.name = name
            $0.quantity = quantity
            $0.unitPriceMinor = unitPriceMinor
            $0.paidMinor = paidMinor
            $0.reservedUnits = reservedUnits
            $0.refundableUnits = refundableUnits
            $0.committedMinor = committedMinor
        }
    }
}

extension Payment {
    /// As a caller states it, without its ledger.
    package init(_ proto: Returns_V1_Payment, field: String) throws(CaseRejection) {
        self.init(
            reference: proto.reference, method: try proto.method.required("\(field).method"),
            amountMinor: proto.amountMinor)
    }

    package var message: Returns_V1_Payment {
        .with {
            $0.reference = reference
            $0.method = method.message()
            $0.amountMinor = amountMinor
            $0.committedMinor = committedMinor
            $0.overpaidMinor = overpaidMinor
        }
    }
}

extension OrderEntry {
    package var message: Returns_V1_OrderTimelineEntry {
        .with {
            $0.atMs = at.milliseconds
            $0.kind = kind.message()
            $0.actor = actor.message
            $0.text = text
            $0.reason = reason
            $0.orderVersion = orderVersion
        }
    }

    /// Its message's bytes.
    package var bytes: ByteBuffer { CheckedRecord.message(message) }
    package var record: ByteBuffer { CheckedRecord.encode(message) }

    /// The order's version that an entry led to; nil for bytes that are none.
    package static func orderVersion(of bytes: ByteBuffer) -> UInt64? {
        try? RCPMessageCodec.decode(Returns_V1_OrderTimelineEntry.self, from: bytes, role: .server)
            .orderVersion
    }

    package init(record: ByteBuffer) throws(RecordError) {
        try self.init(try CheckedRecord.decode(record))
    }

    package init(_ message: Returns_V1_OrderTimelineEntry) throws(RecordError) {
        self.init(
            at: Instant(milliseconds: message.atMs), kind: try message.kind.stored(),
            actor: try ActorRecord(message.actor),
            text: message.text, reason: message.reason, orderVersion: message.orderVersion)
    }
}

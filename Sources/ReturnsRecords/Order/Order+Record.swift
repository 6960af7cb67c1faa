import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

extension OrderKey: RecordItem {
    package typealias Message = Returns_V1_OrderKey
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.saleChannel, saleChannel)
        writer.append(Fields.orderNo, orderNumber)
    }

    package init(from reader: inout RCPMessageReader) {
        self.init(saleChannel: "", orderNumber: "")
        while let number = reader.next() {
            switch number {
            case Fields.saleChannel: saleChannel = reader.read(Fields.saleChannel)
            case Fields.orderNo: orderNumber = reader.read(Fields.orderNo)
            default: break
            }
        }
    }
}

/// An order as it is stored, group by group (`OrderRecord`).
extension Order {
    private typealias Fields = Returns_V1_Order.Fields
    private typealias Engine = Returns_V1_OrderEngine.Fields

    /// What everybody reads who may read the order.
    func writePublic(to writer: inout RCPMessageWriter) {
        writer.append(Fields.key, key)
        writer.append(Fields.placedAtMs, placedAt)
        writer.append(Fields.deliveredAtMs, deliveredAt)
        writer.append(Fields.customerID, customerID)
        writer.append(Fields.country, country)
        writer.append(Fields.currency, currency.description)
        writer.append(Fields.status, status)
        writer.append(Fields.lines, lines)
        writer.append(Fields.shippingPaidMinor, shippingPaidMinor)
        writer.append(Fields.payments, payments)
        writer.append(Fields.customerClass, customerClass)
        writer.append(Fields.timeZone, zone?.name ?? "")
        writer.append(Fields.outstandingMinor, outstandingMinor)
        writer.append(Fields.version, version)
        writer.append(Fields.shippingCommittedMinor, shippingCommittedMinor)
        writer.append(Fields.updatedAtMs, updatedAt)
        writer.append(Fields.otherMethodCommittedMinor, otherMethodCommittedMinor)
        writer.append(Fields.overpaidMinor, overpaidMinor)
        writer.append(Fields.shippingDueMinor, shippingDueMinor)
    }

    /// What the server alone needs. What it makes itself is left out below the level that brought it: such an order goes by the
    /// current policy, and tells of no refusal.
    func writeEngine(to writer: inout RCPMessageWriter) {
        writer.append(Fields.engine) { writer in
            writer.append(Engine.cases, cases)
            writer.append(Engine.timelineEntries, UInt32(clamping: entriesCount))
            writer.append(Engine.untold, untold)
            writer.append(Engine.paymentsChangers, paymentsChangers.sorted())
            writer.append(
                Engine.refundedPayments,
                payments.indices.lazy.filter { payments[$0].hasRefunds }.map { UInt32($0 + 1) })
            writer.append(Engine.timeZoneOffsets, zone?.offsets ?? [])
            if writer.holds(Engine.purchasePolicyVersion) {
                writer.append(Engine.purchasePolicyVersion, purchasePolicyVersion ?? 0)
            }
            if writer.holds(Engine.refusals) { writer.append(Engine.refusals, refusals) }
            writer.append(Engine.promisedDays, UInt32(clamping: promisedDays))
        }
    }
}

/// What was read of an order, of one group after the other.
struct OrderReading: RecordReading {
    typealias Message = Returns_V1_Order
    private typealias Fields = Returns_V1_Order.Fields
    private typealias Engine = Returns_V1_OrderEngine.Fields

    private var head = OrderHead()
    private var customerID = ""
    private var customerClass = ""
    private var timeZone = ""
    private var country = ""
    private var currency = ""
    private var status: OrderStatus?
    private var lines: [OrderLine] = []
    private var shippingPaidMinor: Int64 = 0
    private var shippingCommittedMinor: Int64 = 0
    private var payments: [Payment] = []
    private var outstandingMinor: Int64 = 0
    private var otherMethodCommittedMinor: Int64 = 0
    private var overpaidMinor: Int64 = 0
    private var shippingDueMinor: Int64 = 0
    // Of the engine.
    private var cases: [OrderCase] = []
    private var entriesCount: UInt32 = 0
    private var untold: [UntoldEntry] = []
    private var paymentsChangers: [String] = []
    private var refundedPayments: [UInt32] = []
    private var offsets: [TimeZoneTable.Offset] = []
    private var purchasePolicyVersion: UInt64 = 0
    private var refusals: [OrderRefusal] = []

    init() {}

    mutating func read(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            switch number {
            case Fields.customerID: customerID = reader.read(Fields.customerID)
            case Fields.country: country = reader.read(Fields.country)
            case Fields.currency: currency = reader.read(Fields.currency)
            case Fields.status: status = try reader.read(Fields.status)
            case Fields.lines: try reader.read(Fields.lines, into: &lines)
            case Fields.shippingPaidMinor: shippingPaidMinor = reader.read(Fields.shippingPaidMinor)
            case Fields.payments: try reader.read(Fields.payments, into: &payments)
            case Fields.customerClass: customerClass = reader.read(Fields.customerClass)
            case Fields.timeZone: timeZone = reader.read(Fields.timeZone)
            case Fields.outstandingMinor: outstandingMinor = reader.read(Fields.outstandingMinor)
            case Fields.shippingCommittedMinor:
                shippingCommittedMinor = reader.read(Fields.shippingCommittedMinor)
            case Fields.otherMethodCommittedMinor:
                otherMethodCommittedMinor = reader.read(Fields.otherMethodCommittedMinor)
            case Fields.overpaidMinor: overpaidMinor = reader.read(Fields.overpaidMinor)
            case Fields.shippingDueMinor: shippingDueMinor = reader.read(Fields.shippingDueMinor)
            case Fields.engine:
                try reader.read(Fields.engine) { reader throws(RecordError) in try readEngine(&reader) }
            default: try head.read(number, &reader)
            }
        }
    }

    private mutating func readEngine(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            switch number {
            case Engine.cases: try reader.read(Engine.cases, into: &cases)
            case Engine.timelineEntries: entriesCount = reader.read(Engine.timelineEntries)
            case Engine.untold: try reader.read(Engine.untold, into: &untold)
            case Engine.paymentsChangers: reader.read(Engine.paymentsChangers, into: &paymentsChangers)
            case Engine.refundedPayments: reader.read(Engine.refundedPayments, into: &refundedPayments)
            case Engine.timeZoneOffsets: try reader.read(Engine.timeZoneOffsets, into: &offsets)
            case Engine.purchasePolicyVersion:
                purchasePolicyVersion = reader.read(Engine.purchasePolicyVersion)
            case Engine.refusals: try reader.read(Engine.refusals, into: &refusals)
            // What the lines say, for who does not read them (`OrderOutline`).
            case Engine.promisedDays: let _: UInt32 = reader.read(Engine.promisedDays)
            default: break
            }
        }
    }

    /// The order that it comes to; one that does not add up is damaged.
    func value() throws(RecordError) -> Order {
        guard let currency = CurrencyCode(currency) else { throw RecordError(what: "not a currency") }
        var payments = payments
        for place in refundedPayments { payments[try payments.place(place, "payment")].hasRefunds = true }
        guard timeZone.isEmpty == offsets.isEmpty else {
            throw RecordError(what: "a time zone without its offsets, or the other way round")
        }
        var order = Order(
            key: head.key, version: head.version, placedAt: head.placedAt, deliveredAt: head.deliveredAt,
            customerID: customerID,
            customerClass: customerClass, country: country, currency: currency, status: try status.present(),
            lines: lines, shippingPaidMinor: shippingPaidMinor,
            shippingCommittedMinor: shippingCommittedMinor, payments: payments,
            otherMethodCommittedMinor: otherMethodCommittedMinor, overpaidMinor: overpaidMinor, cases: cases,
            entriesCount: Int(entriesCount), untold: untold, paymentsChangers: Set(paymentsChangers),
            updatedAt: head.updatedAt)
        if !timeZone.isEmpty { order.zone = TimeZoneTable(name: timeZone, offsets: offsets) }
        order.outstandingMinor = outstandingMinor
        order.purchasePolicyVersion = purchasePolicyVersion == 0 ? nil : purchasePolicyVersion
        order.refusals = refusals
        order.shippingDueMinor = shippingDueMinor
        if let inconsistency = order.inconsistency { throw RecordError(what: inconsistency) }
        return order
    }
}

extension OrderLine: RecordItem {
    package typealias Message = Returns_V1_OrderLine
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.lineID, lineID)
        writer.append(Fields.sku, sku)
        writer.append(Fields.name, name)
        writer.append(Fields.quantity, quantity)
        writer.append(Fields.unitPriceMinor, unitPriceMinor)
        writer.append(Fields.paidMinor, paidMinor)
        writer.append(Fields.category, category)
        writer.append(Fields.returnDays, returnDays.map { UInt32(clamping: $0) })
        writer.append(Fields.reservedUnits, reservedUnits)
        writer.append(Fields.refundableUnits, refundableUnits)
        writer.append(Fields.committedMinor, committedMinor)
        writer.append(Fields.roundingMinor, roundingMinor)
        writer.append(Fields.exchangeDifferencesMinor, exchangeDifferencesMinor)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var paid: Int64?
        self.init(lineID: "", sku: "", quantity: 0, unitPriceMinor: 0)
        while let number = reader.next() {
            switch number {
            case Fields.lineID: lineID = reader.read(Fields.lineID)
            case Fields.sku: sku = reader.read(Fields.sku)
            case Fields.name: name = reader.read(Fields.name)
            case Fields.quantity: quantity = reader.read(Fields.quantity)
            case Fields.unitPriceMinor: unitPriceMinor = reader.read(Fields.unitPriceMinor)
            case Fields.paidMinor: paid = reader.read(Fields.paidMinor)
            case Fields.category: category = reader.read(Fields.category)
            case Fields.returnDays: returnDays = Int64(reader.read(Fields.returnDays))
            case Fields.reservedUnits: reservedUnits = reader.read(Fields.reservedUnits)
            case Fields.refundableUnits: refundableUnits = reader.read(Fields.refundableUnits)
            case Fields.committedMinor: committedMinor = reader.read(Fields.committedMinor)
            case Fields.roundingMinor: roundingMinor = reader.read(Fields.roundingMinor)
            case Fields.exchangeDifferencesMinor:
                exchangeDifferencesMinor = reader.read(Fields.exchangeDifferencesMinor)
            default: break
            }
        }
        guard let paid else { throw RecordError(what: "a line without what was paid") }
        paidMinor = paid
    }
}

extension Payment: RecordItem {
    package typealias Message = Returns_V1_Payment
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.reference, reference)
        writer.append(Fields.method, method)
        writer.append(Fields.amountMinor, amountMinor)
        writer.append(Fields.committedMinor, committedMinor)
        writer.append(Fields.overpaidMinor, overpaidMinor)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var reference = ""
        var method: PaymentMethod?
        var (amount, committed, overpaid): (Int64, Int64, Int64) = (0, 0, 0)
        while let number = reader.next() {
            switch number {
            case Fields.reference: reference = reader.read(Fields.reference)
            case Fields.method: method = try reader.read(Fields.method)
            case Fields.amountMinor: amount = reader.read(Fields.amountMinor)
            case Fields.committedMinor: committed = reader.read(Fields.committedMinor)
            case Fields.overpaidMinor: overpaid = reader.read(Fields.overpaidMinor)
            default: break
            }
        }
        self.init(
            reference: reference, method: try method.present(), amountMinor: amount,
            committedMinor: committed,
            overpaidMinor: overpaid)
    }
}

extension OrderCase: RecordItem {
    package typealias Message = Returns_V1_OrderCase
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.caseID, id.description)
        writer.append(Fields.channelRef, channelRef)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (id, channelRef) = ("", "")
        while let number = reader.next() {
            switch number {
            case Fields.caseID: id = reader.read(Fields.caseID)
            case Fields.channelRef: channelRef = reader.read(Fields.channelRef)
            default: break
            }
        }
        self.init(id: try CaseID(stored: id), channelRef: channelRef)
    }
}

extension UntoldEntry: RecordItem {
    package typealias Message = Returns_V1_UntoldEntry
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.entry, entry)
        for id in cases { writer.append(Fields.caseIds, id.description) }
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var entry: OrderEntry?
        var ids: [String] = []
        while let number = reader.next() {
            switch number {
            case Fields.entry: entry = try reader.read(Fields.entry)
            case Fields.caseIds: reader.read(Fields.caseIds, into: &ids)
            default: break
            }
        }
        self.init(
            entry: try entry.present(),
            cases: try ids.mapStored { id throws(RecordError) in try CaseID(stored: id) })
    }
}

extension OrderEntry: RecordItem {
    package typealias Message = Returns_V1_OrderTimelineEntry
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.atMs, at)
        writer.append(Fields.kind, kind)
        writer.append(Fields.actor, actor)
        writer.append(Fields.text, text)
        writer.append(Fields.reason, reason)
        writer.append(Fields.orderVersion, orderVersion)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var at = Instant(milliseconds: 0)
        var kind: OrderEntryKind?
        var (text, reason) = ("", "")
        var actor: ActorRecord?
        var orderVersion: UInt64 = 0
        while let number = reader.next() {
            switch number {
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.actor: actor = try reader.read(Fields.actor)
            case Fields.text: text = reader.read(Fields.text)
            case Fields.reason: reason = reader.read(Fields.reason)
            case Fields.orderVersion: orderVersion = reader.read(Fields.orderVersion)
            default: break
            }
        }
        self.init(
            at: at, kind: try kind.present(), actor: try actor.present(), text: text, reason: reason,
            orderVersion: orderVersion)
    }

    package var record: ByteBuffer { CheckedRecord.encode(self) }

    /// The order's version that an entry led to; nil for bytes that are none.
    package static func orderVersion(of bytes: ByteBuffer) -> UInt64? {
        return RCPMessageReader.read(bytes) { reader in
            var version: UInt64 = 0
            while let number = reader.next() {
                if case Fields.orderVersion = number { version = reader.read(Fields.orderVersion) }
            }
            return reader.isMalformed ? nil : version
        }
    }
}

extension CaseID {
    init(stored text: String) throws(RecordError) {
        guard let id = CaseID(text) else { throw RecordError(what: "not a case id") }
        self = id
    }
}

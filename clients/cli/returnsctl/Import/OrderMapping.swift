import Foundation
import ReturnsAPI

/// Makes orders of lines: of the flat shape that shops export, or of canonical protobuf JSON.
struct OrderMapping: Sendable {
    var saleChannel: String
    var times: TimeFormat

    func item(_ line: ImportLine) throws(ImportRefusal) -> ImportItem<Returns_V1_PutOrderRequest>? {
        if line.bytes.isBlank { return nil }
        let text = try ImportRefusal.naming(Self.noun) { () throws(JSONFault) in try JSONText(line.bytes) }
        let isFlat = FlatOrder.ownKeys.contains { text.has($0) }
        let order = try isFlat ? flat(text) : canonical(text)
        return ImportItem(
            line: line, key: "\(order.key.saleChannel)/\(order.key.orderNo)", name: order.key.orderNo,
            request: .with { $0.order = order })
    }

    private static let noun = "the line is no order"

    private func canonical(_ text: JSONText) throws(ImportRefusal) -> Returns_V1_Order {
        var order = try ImportRefusal.naming(Self.noun) { () throws(JSONFault) in
            guard text.key(of: "order") != nil else { return try JSONMessage<Returns_V1_Order>.read(text) }
            return try JSONMessage<Returns_V1_PutOrderRequest>.read(text).order
        }
        if order.key.saleChannel.isEmpty { order.key.saleChannel = saleChannel }
        return order
    }

    /// The lines are named by their position, and one payment under the order's number covers all that was paid for them.
    private func flat(_ text: JSONText) throws(ImportRefusal) -> Returns_V1_Order {
        let flat = try ImportRefusal.naming(Self.noun) { () throws(JSONFault) in try FlatOrder(text) }
        // The clock that its times were read off is that of its own zone. One that is unknown the server refuses.
        let zone = flat.timeZone.isEmpty ? nil : TimeZone(identifier: flat.timeZone)
        let times = zone.map { TimeFormat(zone: $0) } ?? times
        let placedAtMs = try times.read(flat.placedAt, "placed_at", example: "2010-12-01 08:26:00")
        let deliveredAtMs = try flat.deliveredAt.map { text throws(ImportRefusal) in
            try times.read(text, "delivered_at", example: "2010-12-03 08:26:00")
        }
        var order = Returns_V1_Order.with {
            $0.key.saleChannel = flat.saleChannel ?? saleChannel
            $0.key.orderNo = flat.orderNo
            $0.placedAtMs = placedAtMs
            $0.customerID = flat.customerID
            $0.country = flat.country
            $0.currency = flat.currency
            $0.status = deliveredAtMs == nil ? .placed : .delivered
            if let deliveredAtMs { $0.deliveredAtMs = deliveredAtMs }
            $0.timeZone = flat.timeZone
            $0.outstandingMinor = flat.outstandingMinor
        }
        var totalMinor: Int64 = 0
        for (index, line) in flat.lines.enumerated() {
            let (amount, isTooLarge) = line.quantity.multipliedReportingOverflow(by: line.unitPriceMinor)
            let (sum, isSumTooLarge) = totalMinor.addingReportingOverflow(line.paidMinor ?? amount)
            guard !isTooLarge, !isSumTooLarge else {
                throw ImportRefusal(
                    "AMOUNT_OVERFLOW", "lines[\(index)]", "quantity times price is beyond any amount")
            }
            totalMinor = sum
            order.lines.append(
                .with {
                    $0.lineID = "\(index + 1)"
                    $0.sku = line.sku
                    $0.name = line.name
                    $0.quantity = line.quantity
                    $0.unitPriceMinor = line.unitPriceMinor
                    $0.category = line.category
                    if let paid = line.paidMinor { $0.paidMinor = paid }
                    if let days = line.returnDays { $0.returnDays = days }
                })
        }
        order.payments = [
            .with {
                $0.reference = flat.orderNo
                $0.method = .card
                $0.amountMinor = totalMinor
            }
        ]
        return order
    }
}

struct FlatOrder {
    struct Line {
        var sku: String
        var name: String
        var quantity: Int64
        var unitPriceMinor: Int64
        /// Absent where the whole price was paid.
        var paidMinor: Int64?
        var category: String
        var returnDays: UInt32?

        static let keys: Set<String> = [
            "sku", "name", "quantity", "unit_price_minor", "paid_minor", "category", "return_days",
        ]

        init(_ object: FlatObject) throws(JSONFault) {
            sku = try object.text("sku")
            name = try object.optionalText("name") ?? ""
            quantity = try object.wholeNumber("quantity")
            unitPriceMinor = try object.wholeNumber("unit_price_minor")
            paidMinor = try object.optionalWholeNumber("paid_minor")
            category = try object.optionalText("category") ?? ""
            // What is no number of days is refused by the server, with the days that it takes.
            returnDays = try object.optionalWholeNumber("return_days").map {
                UInt32(exactly: $0) ?? .max
            }
        }
    }

    var orderNo: String
    var saleChannel: String?
    var placedAt: String
    /// Absent while the goods are on their way.
    var deliveredAt: String?
    var timeZone: String
    var customerID: String
    var country: String
    var currency: String
    /// What the customer still owes; what was paid is for the lines to say.
    var outstandingMinor: Int64
    var lines: [Line] = []

    private static let keys: Set<String> = [
        "order_no", "sale_channel", "placed_at", "delivered_at", "time_zone", "customer_id", "country",
        "currency", "outstanding_minor", "lines",
    ]
    /// Those that no Order has, and so tell that a line is flat.
    static let ownKeys: Set<String> = ["order_no", "sale_channel", "placed_at", "delivered_at"]

    init(_ text: JSONText) throws(JSONFault) {
        let object = try FlatObject(text.members, keys: Self.keys)
        orderNo = try object.text("order_no")
        saleChannel = try object.optionalText("sale_channel")
        placedAt = try object.text("placed_at")
        deliveredAt = try object.optionalText("delivered_at")
        timeZone = try object.optionalText("time_zone") ?? ""
        customerID = try object.optionalText("customer_id") ?? ""
        country = try object.optionalText("country") ?? ""
        currency = try object.text("currency")
        outstandingMinor = try object.optionalWholeNumber("outstanding_minor") ?? 0
        for line in try object.objects("lines", keys: Line.keys) { lines.append(try Line(line)) }
    }
}

extension Data {
    var isBlank: Bool { allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
}

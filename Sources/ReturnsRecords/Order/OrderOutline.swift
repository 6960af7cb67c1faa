import RCP
import ReturnsAPI
import ReturnsDomain

/// What a read needs to know of an order whose record is sent as it is stored: its name, its times, and its cases.
///
/// All else that the record holds is passed over, known or not. So an order that a newer build wrote is read as any other;
/// and nothing can be decided on it.
package struct OrderOutline: RetainedOrder, Hashable, Sendable {
    private let head: OrderHead
    /// In their order.
    package let cases: [CaseID]
    /// Those of them whose stories do not tell all of the order's entries yet.
    package let untoldCases: Set<CaseID>

    package var key: OrderKey { head.key }
    package var version: UInt64 { head.version }
    package var placedAt: Instant { head.placedAt }
    package var deliveredAt: Instant? { head.deliveredAt }
    package var updatedAt: Instant { head.updatedAt }
    package let promisedDays: Int64
    package var hasCases: Bool { !cases.isEmpty }

    package init(_ order: Order) {
        head = OrderHead(
            key: order.key, version: order.version, placedAt: order.placedAt,
            deliveredAt: order.deliveredAt, updatedAt: order.updatedAt)
        cases = order.cases.map(\.id)
        untoldCases = order.untoldCases
        promisedDays = order.promisedDays
    }

    fileprivate init(_ reading: OrderOutlineReading) throws(RecordError) {
        head = reading.head
        cases = reading.cases.map(\.id)
        promisedDays = Int64(reading.promisedDays)
        untoldCases = Set(
            try reading.untold.mapStored { id throws(RecordError) in try CaseID(stored: id) })
    }
}

/// What each reading of an order needs: its name, its version and its times.
struct OrderHead: Hashable, Sendable {
    private typealias Fields = Returns_V1_Order.Fields

    var key = OrderKey(saleChannel: "", orderNumber: "")
    var version: UInt64 = 0
    var placedAt = Instant(milliseconds: 0)
    var deliveredAt: Instant?
    var updatedAt = Instant(milliseconds: 0)

    /// Reads the field that a reader came to, if it is one of these.
    mutating func read(_ number: Int, _ reader: inout RCPMessageReader) throws(RecordError) {
        switch number {
        case Fields.key: key = try reader.read(Fields.key)
        case Fields.placedAtMs: placedAt = reader.read(Fields.placedAtMs)
        case Fields.deliveredAtMs: deliveredAt = reader.read(Fields.deliveredAtMs)
        case Fields.version: version = reader.read(Fields.version)
        case Fields.updatedAtMs: updatedAt = reader.read(Fields.updatedAtMs)
        default: break
        }
    }
}

/// What was read of it, of one group after the other.
struct OrderOutlineReading: RecordReading {
    typealias Message = Returns_V1_Order
    private typealias Fields = Returns_V1_Order.Fields
    private typealias Engine = Returns_V1_OrderEngine.Fields
    private typealias Untold = Returns_V1_UntoldEntry.Fields

    fileprivate var head = OrderHead()
    fileprivate var cases: [OrderCase] = []
    fileprivate var untold: [String] = []
    fileprivate var promisedDays: UInt32 = 0

    init() {}

    mutating func read(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            if case Fields.engine = number {
                try reader.read(Fields.engine) { reader throws(RecordError) in try readEngine(&reader) }
            } else {
                try head.read(number, &reader)
            }
        }
    }

    private mutating func readEngine(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            switch number {
            case Engine.cases: try reader.read(Engine.cases, into: &cases)
            case Engine.untold: reader.read(Engine.untold) { reader in readUntold(&reader) }
            case Engine.promisedDays: promisedDays = reader.read(Engine.promisedDays)
            default: break
            }
        }
    }

    private mutating func readUntold(_ reader: inout RCPMessageReader) {
        while let number = reader.next() {
            if case Untold.caseIds = number { reader.read(Untold.caseIds, into: &untold) }
        }
    }

    func value() throws(RecordError) -> OrderOutline { try OrderOutline(self) }
}

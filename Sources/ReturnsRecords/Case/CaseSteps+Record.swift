import RCP
import ReturnsAPI
import ReturnsDomain

// What the steps of a case leave in it: of the review, of the goods' way and of the time afterwards.

extension Check: RecordItem {
    package typealias Message = Returns_V1_Check
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.kind, kind)
        writer.append(Fields.result, result)
        writer.append(Fields.detail, detail)
        writer.append(Fields.policyVersion, policyVersion)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var kind: CheckKind?
        var result: CheckResult?
        var detail = ""
        var policyVersion: UInt64 = 0
        while let number = reader.next() {
            switch number {
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.result: result = try reader.read(Fields.result)
            case Fields.detail: detail = reader.read(Fields.detail)
            case Fields.policyVersion: policyVersion = reader.read(Fields.policyVersion)
            default: break
            }
        }
        self.init(
            kind: try kind.present(), result: try result.present(), detail: detail,
            policyVersion: policyVersion)
    }
}

extension Check {
    /// The check as the level that is written can tell it: one that cannot be judged yet blocks as a failed one does, and a kind
    /// that the level does not know is left out. Approval judges anew.
    func known(to writer: RCPMessageWriter) -> Check? {
        guard writer.holds(Fields.kind, number: kind.rawValue) else { return nil }
        guard !writer.holds(Fields.result, number: result.rawValue) else { return self }
        var check = self
        check.result = blocksApproval ? .failed : .passed
        return check
    }
}

extension Verification: RecordItem {
    package typealias Message = Returns_V1_Verification
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.customerVerified, isCustomerVerified)
        writer.append(Fields.orderVerified, isOrderVerified)
        writer.append(Fields.by, by)
        writer.append(Fields.atMs, at)
        writer.append(Fields.orderVersion, orderVersion)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (isCustomerVerified, isOrderVerified) = (false, false)
        var by: ActorRecord?
        var at = Instant(milliseconds: 0)
        var orderVersion: UInt64 = 0
        while let number = reader.next() {
            switch number {
            case Fields.customerVerified: isCustomerVerified = reader.read(Fields.customerVerified)
            case Fields.orderVerified: isOrderVerified = reader.read(Fields.orderVerified)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.orderVersion: orderVersion = reader.read(Fields.orderVersion)
            default: break
            }
        }
        self.init(
            isCustomerVerified: isCustomerVerified, isOrderVerified: isOrderVerified, by: try by.present(),
            at: at, orderVersion: orderVersion)
    }
}

extension ReviewDecision: RecordItem {
    package typealias Message = Returns_V1_Decision
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        if case .approved = outcome { writer.append(Fields.approved, true) }
        writer.append(Fields.by, by)
        writer.append(Fields.atMs, at)
        switch outcome {
        case .approved(let address, let instructions, _):
            writer.append(Fields.returnAddress, address)
            writer.append(Fields.instructions, instructions)
        case .rejected(let code, let reason, let alternative):
            writer.append(Fields.code, code)
            writer.append(Fields.reason, reason)
            writer.append(Fields.alternative, alternative)
        }
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var isApproved = false
        var by: ActorRecord?
        var at = Instant(milliseconds: 0)
        var (address, instructions, code, reason, alternative) = ("", "", "", "", "")
        while let number = reader.next() {
            switch number {
            case Fields.approved: isApproved = reader.read(Fields.approved)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.returnAddress: address = reader.read(Fields.returnAddress)
            case Fields.instructions: instructions = reader.read(Fields.instructions)
            case Fields.code: code = reader.read(Fields.code)
            case Fields.reason: reason = reader.read(Fields.reason)
            case Fields.alternative: alternative = reader.read(Fields.alternative)
            default: break
            }
        }
        self.init(
            outcome: isApproved
                ? .approved(returnAddress: address, instructions: instructions, overrideReason: "")
                : .rejected(code: code, reason: reason, alternative: alternative),
            by: try by.present(), at: at)
    }
}

extension Pickup: RecordItem {
    package typealias Message = Returns_V1_Pickup
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.windowFromMs, windowFrom)
        writer.append(Fields.windowUntilMs, windowUntil)
        writer.append(Fields.result, result)
        writer.append(Fields.arrivedAtMs, arrivedAt)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        let zero = Instant(milliseconds: 0)
        self.init(windowFrom: zero, windowUntil: zero, address: "")
        while let number = reader.next() {
            switch number {
            case Fields.windowFromMs: windowFrom = reader.read(Fields.windowFromMs)
            case Fields.windowUntilMs: windowUntil = reader.read(Fields.windowUntilMs)
            case Fields.result: result = try reader.read(Fields.result)
            case Fields.arrivedAtMs: arrivedAt = reader.read(Fields.arrivedAtMs)
            default: break
            }
        }
    }
}

extension Shipment: RecordItem {
    package typealias Message = Returns_V1_Shipment
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.carrier, carrier)
        writer.append(Fields.trackingNo, trackingNumber)
        writer.append(Fields.shippedAtMs, shippedAt)
        writer.append(Fields.events, events)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        self.init(carrier: "", trackingNumber: "", shippedAt: Instant(milliseconds: 0))
        while let number = reader.next() {
            switch number {
            case Fields.carrier: carrier = reader.read(Fields.carrier)
            case Fields.trackingNo: trackingNumber = reader.read(Fields.trackingNo)
            case Fields.shippedAtMs: shippedAt = reader.read(Fields.shippedAtMs)
            case Fields.events: try reader.read(Fields.events, into: &events)
            default: break
            }
        }
    }
}

extension Shipment.TrackingEvent: RecordItem {
    package typealias Message = Returns_V1_TrackingEvent
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.atMs, at)
        writer.append(Fields.status, status)
        writer.append(Fields.place, place)
    }

    package init(from reader: inout RCPMessageReader) {
        self.init(at: Instant(milliseconds: 0), status: "", place: "")
        while let number = reader.next() {
            switch number {
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.status: status = reader.read(Fields.status)
            case Fields.place: place = reader.read(Fields.place)
            default: break
            }
        }
    }
}

extension Inspection: RecordItem {
    package typealias Message = Returns_V1_Inspection
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.lineID, lineID)
        writer.append(Fields.appearanceOk, isAppearanceOK)
        writer.append(Fields.quantityOk, isQuantityOK)
        writer.append(Fields.packagingOk, isPackagingOK)
        writer.append(Fields.unusedOk, isUnusedOK)
        writer.append(Fields.acceptedUnits, acceptedUnits)
        writer.append(Fields.refusedUnits, refusedUnits)
        writer.append(Fields.evidence, evidence)
        writer.append(Fields.inspector, inspector)
        writer.append(Fields.atMs, at)
        writer.append(Fields.standardVersion, standardVersion)
        writer.append(Fields.replacesEarlier, replacesEarlier)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var lineID = ""
        var (isAppearanceOK, isQuantityOK, isPackagingOK, isUnusedOK) = (false, false, false, false)
        var (accepted, refused): (Int64, Int64) = (0, 0)
        var evidence: [String] = []
        var inspector: ActorRecord?
        var at = Instant(milliseconds: 0)
        var standardVersion: UInt64 = 0
        var replacesEarlier = false
        while let number = reader.next() {
            switch number {
            case Fields.lineID: lineID = reader.read(Fields.lineID)
            case Fields.appearanceOk: isAppearanceOK = reader.read(Fields.appearanceOk)
            case Fields.quantityOk: isQuantityOK = reader.read(Fields.quantityOk)
            case Fields.packagingOk: isPackagingOK = reader.read(Fields.packagingOk)
            case Fields.unusedOk: isUnusedOK = reader.read(Fields.unusedOk)
            case Fields.acceptedUnits: accepted = reader.read(Fields.acceptedUnits)
            case Fields.refusedUnits: refused = reader.read(Fields.refusedUnits)
            case Fields.evidence: reader.read(Fields.evidence, into: &evidence)
            case Fields.inspector: inspector = try reader.read(Fields.inspector)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.standardVersion: standardVersion = reader.read(Fields.standardVersion)
            case Fields.replacesEarlier: replacesEarlier = reader.read(Fields.replacesEarlier)
            default: break
            }
        }
        self.init(
            lineID: lineID, isAppearanceOK: isAppearanceOK, isQuantityOK: isQuantityOK,
            isPackagingOK: isPackagingOK, isUnusedOK: isUnusedOK, acceptedUnits: accepted,
            refusedUnits: refused, evidence: evidence, note: "", inspector: try inspector.present(), at: at,
            standardVersion: standardVersion, replacesEarlier: replacesEarlier)
    }
}

extension Outbound: RecordItem {
    package typealias Message = Returns_V1_Outbound
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.kind, kind)
        writer.append(Fields.lineID, lineID)
        writer.append(Fields.sku, sku)
        writer.append(Fields.units, units)
        writer.append(Fields.carrier, carrier)
        writer.append(Fields.trackingNo, trackingNumber)
        writer.append(Fields.shippedAtMs, shippedAt)
        guard let exchange else { return }
        writer.append(Fields.differenceMinor, exchange.differenceMinor)
        writer.append(Fields.settlement, exchange.settlement)
        writer.append(Fields.shareMinor, exchange.shareMinor)
        writer.append(Fields.exchange, exchange.number)
        writer.append(Fields.settlementReference, exchange.settlementReference)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var kind: OutboundKind?
        var exchange = OutboundExchange(number: 0, shareMinor: 0)
        var (lineID, sku, carrier, trackingNumber) = ("", "", "", "")
        var units: Int64 = 0
        var shippedAt: Instant?
        while let number = reader.next() {
            switch number {
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.lineID: lineID = reader.read(Fields.lineID)
            case Fields.sku: sku = reader.read(Fields.sku)
            case Fields.units: units = reader.read(Fields.units)
            case Fields.carrier: carrier = reader.read(Fields.carrier)
            case Fields.trackingNo: trackingNumber = reader.read(Fields.trackingNo)
            case Fields.shippedAtMs: shippedAt = reader.read(Fields.shippedAtMs)
            case Fields.differenceMinor: exchange.differenceMinor = reader.read(Fields.differenceMinor)
            case Fields.settlement: exchange.settlement = try reader.read(Fields.settlement)
            case Fields.shareMinor: exchange.shareMinor = reader.read(Fields.shareMinor)
            case Fields.exchange: exchange.number = reader.read(Fields.exchange)
            case Fields.settlementReference:
                exchange.settlementReference = reader.read(Fields.settlementReference)
            default: break
            }
        }
        self.init(
            kind: try kind.present(), lineID: lineID, sku: sku, units: units, carrier: carrier,
            trackingNumber: trackingNumber, shippedAt: shippedAt)
        if kind == .exchangeAccepted { self.exchange = exchange }
    }
}

extension FollowUp: RecordItem {
    package typealias Message = Returns_V1_FollowUp
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.atMs, at)
        writer.append(Fields.by, by)
        writer.append(Fields.reached, wasReached)
        writer.append(Fields.score, UInt32(score))
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var at = Instant(milliseconds: 0)
        var by: ActorRecord?
        var wasReached = false
        var score: UInt32 = 0
        while let number = reader.next() {
            switch number {
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.reached: wasReached = reader.read(Fields.reached)
            case Fields.score: score = reader.read(Fields.score)
            default: break
            }
        }
        guard let score = UInt8(exactly: score) else { throw RecordError(what: "a score is out of range") }
        self.init(at: at, by: try by.present(), wasReached: wasReached, score: score, comments: "")
    }
}

import ReturnsAPI
import ReturnsDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ActorRecord {
    package var message: Returns_V1_Actor {
        .with {
            $0.name = name
            $0.role = role.message()
            $0.onBehalfOf = onBehalfOf
        }
    }

    init(_ message: Returns_V1_Actor) throws(RecordError) {
        self.init(name: message.name, role: try message.role.stored(), onBehalfOf: message.onBehalfOf)
    }
}

extension CaseLine {
    var message: Returns_V1_CaseLine {
        .with {
            $0.lineID = lineID
            $0.sku = sku
            $0.units = units.message
            $0.owedMinor = owedMinor
            $0.committedMinor = committedMinor
            $0.addedOnReceipt = wasAddedOnReceipt
        }
    }

    init(_ message: Returns_V1_CaseLine) throws(RecordError) {
        self.init(
            lineID: message.lineID, sku: message.sku, requested: message.units.requested,
            wasAddedOnReceipt: message.addedOnReceipt)
        units = try UnitLedger(message.units)
        owedMinor = message.owedMinor
        committedMinor = message.committedMinor
    }
}

extension UnitLedger {
    var message: Returns_V1_UnitLedger {
        .with {
            $0.requested = requested
            $0.awaited = awaited
            $0.received = received
            $0.lost = lost
            $0.kept = kept
            $0.released = released
            $0.uninspected = uninspected
            $0.accepted = accepted
            $0.refused = refused
            $0.undecided = undecided
            $0.conceded = conceded
            $0.sentBack = sentBack
            $0.exchanged = exchanged
            $0.disposed = disposed
            $0.lostConceded = lostConceded
        }
    }

    /// `received` and `refused` are sums of the others, which have to be in range before they are added up.
    init(_ message: Returns_V1_UnitLedger) throws(RecordError) {
        self.init(requested: message.requested)
        awaited = message.awaited
        uninspected = message.uninspected
        accepted = message.accepted
        undecided = message.undecided
        conceded = message.conceded
        sentBack = message.sentBack
        exchanged = message.exchanged
        disposed = message.disposed
        lost = message.lost
        lostConceded = message.lostConceded
        kept = message.kept
        released = message.released
        guard isInRange, received == message.received, refused == message.refused else {
            throw RecordError(what: "a unit ledger is out of balance")
        }
    }
}

extension Check {
    var message: Returns_V1_Check {
        .with {
            $0.kind = kind.message()
            $0.result = result.message()
            $0.detail = detail
            $0.policyVersion = policyVersion
        }
    }

    init(_ message: Returns_V1_Check) throws(RecordError) {
        self.init(
            kind: try message.kind.stored(), result: try message.result.stored(), detail: message.detail,
            policyVersion: message.policyVersion)
    }
}

extension Verification {
    var message: Returns_V1_Verification {
        .with {
            $0.customerVerified = isCustomerVerified
            $0.orderVerified = isOrderVerified
            $0.by = by.message
            $0.atMs = at.milliseconds
            $0.orderVersion = orderVersion
        }
    }

    init(_ message: Returns_V1_Verification) throws(RecordError) {
        self.init(
            isCustomerVerified: message.customerVerified, isOrderVerified: message.orderVerified,
            by: try ActorRecord(message.by), at: Instant(milliseconds: message.atMs),
            orderVersion: message.orderVersion)
    }
}

extension ReviewDecision {
    var message: Returns_V1_Decision {
        .with {
            $0.by = by.message
            $0.atMs = at.milliseconds
            switch outcome {
            case .approved(let address, let instructions, _):
                $0.approved = true
                $0.returnAddress = address
                $0.instructions = instructions
            case .rejected(let code, let reason, let alternative):
                $0.code = code
                $0.reason = reason
                $0.alternative = alternative
            }
        }
    }

    init(_ message: Returns_V1_Decision) throws(RecordError) {
        self.init(
            outcome: message.approved
                ? .approved(
                    returnAddress: message.returnAddress, instructions: message.instructions,
                    overrideReason: "")
                : .rejected(code: message.code, reason: message.reason, alternative: message.alternative),
            by: try ActorRecord(message.by), at: Instant(milliseconds: message.atMs))
    }
}

extension Pickup {
    var message: Returns_V1_Pickup {
        .with {
            $0.windowFromMs = windowFrom.milliseconds
            $0.windowUntilMs = windowUntil.milliseconds
            if let result { $0.result = result.message() }
            if let arrivedAt { $0.arrivedAtMs = arrivedAt.milliseconds }
        }
    }

    init(_ message: Returns_V1_Pickup) throws(RecordError) {
        self.init(
            windowFrom: Instant(milliseconds: message.windowFromMs),
            windowUntil: Instant(milliseconds: message.windowUntilMs), address: "",
            result: try message.result.storedOptional(),
            arrivedAt: message.hasArrivedAtMs ? Instant(milliseconds: message.arrivedAtMs) : nil)
    }
}

extension Shipment {
    var message: Returns_V1_Shipment {
        .with {
            $0.carrier = carrier
            $0.trackingNo = trackingNumber
            $0.shippedAtMs = shippedAt.milliseconds
            $0.events = events.map { event in
                .with {
                    $0.atMs = event.at.milliseconds
                    $0.status = event.status
                    $0.place = event.place
                }
            }
        }
    }

    init(_ message: Returns_V1_Shipment) {
        self.init(
            carrier: message.carrier, trackingNumber: message.trackingNo,
            shippedAt: Instant(milliseconds: message.shippedAtMs),
            events: message.events.map {
                TrackingEvent(at: Instant(milliseconds: $0.atMs), status: $0.status, place: $0.place)
            })
    }
}

extension Inspection {
    var message: Returns_V1_Inspection {
        .with {
            $0.lineID = lineID
            $0.appearanceOk = isAppearanceOK
            $0.quantityOk = isQuantityOK
            $0.packagingOk = isPackagingOK
            $0.unusedOk = isUnusedOK
            $0.acceptedUnits = acceptedUnits
            $0.refusedUnits = refusedUnits
            $0.evidence = evidence
            $0.inspector = inspector.message
            $0.atMs = at.milliseconds
            $0.standardVersion = standardVersion
        }
    }

    init(_ message: Returns_V1_Inspection) throws(RecordError) {
        self.init(
            lineID: message.lineID, isAppearanceOK: message.appearanceOk, isQuantityOK: message.quantityOk,
            isPackagingOK: message.packagingOk, isUnusedOK: message.unusedOk,
            acceptedUnits: message.acceptedUnits, refusedUnits: message.refusedUnits,
            evidence: message.evidence, note: "", inspector: try ActorRecord(message.inspector),
            at: Instant(milliseconds: message.atMs), standardVersion: message.standardVersion)
    }
}

extension Outbound {
    var message: Returns_V1_Outbound {
        .with {
            $0.kind = kind.message()
            $0.lineID = lineID
            $0.sku = sku
            $0.units = units
            $0.carrier = carrier
            $0.trackingNo = trackingNumber
            if let shippedAt { $0.shippedAtMs = shippedAt.milliseconds }
        }
    }

    init(_ message: Returns_V1_Outbound) throws(RecordError) {
        self.init(
            kind: try message.kind.stored(), lineID: message.lineID, sku: message.sku, units: message.units,
            carrier: message.carrier, trackingNumber: message.trackingNo,
            shippedAt: message.hasShippedAtMs ? Instant(milliseconds: message.shippedAtMs) : nil)
    }
}

extension Document {
    /// As a request gives it. Nil when the field is absent.
    package init?(_ message: Returns_V1_Document, isPresent: Bool) {
        guard isPresent else { return nil }
        self.init(message, type: .other)
    }

    /// As a request gives it.
    package init(_ message: Returns_V1_Document, type: DocumentType) {
        self.init(
            type: type, reference: message.reference, sha256: Array(message.sha256),
            addedAt: Instant(milliseconds: 0), addedBy: "")
    }

    init(stored message: Returns_V1_Document) throws(RecordError) {
        self.init(
            type: try message.type.stored(), reference: message.reference, sha256: Array(message.sha256),
            addedAt: Instant(milliseconds: message.addedAtMs), addedBy: message.addedBy)
    }

    var message: Returns_V1_Document {
        .with {
            $0.type = type.message()
            $0.reference = reference
            $0.sha256 = Data(sha256)
            $0.addedAtMs = addedAt.milliseconds
            $0.addedBy = addedBy
        }
    }
}

extension FollowUp {
    var message: Returns_V1_FollowUp {
        .with {
            $0.atMs = at.milliseconds
            $0.by = by.message
            $0.reached = wasReached
            $0.score = UInt32(score)
        }
    }

    init(_ message: Returns_V1_FollowUp) throws(RecordError) {
        guard let score = UInt8(exactly: message.score) else {
            throw RecordError(what: "a score is out of range")
        }
        self.init(
            at: Instant(milliseconds: message.atMs), by: try ActorRecord(message.by),
            wasReached: message.reached, score: score, comments: "")
    }
}

extension Assignment {
    var message: Returns_V1_Assignment {
        .with {
            $0.role = role.message()
            $0.person = person
            $0.team = team
            $0.atMs = at.milliseconds
            $0.by = by.message
        }
    }

    init(_ message: Returns_V1_Assignment) throws(RecordError) {
        self.init(
            role: try message.role.stored(), person: message.person, team: message.team,
            at: Instant(milliseconds: message.atMs), by: try ActorRecord(message.by))
    }
}

extension ClosingNeed {
    package var message: Returns_V1_ClosingNeed {
        .with {
            $0.kind = kind.message()
            switch self {
            case .awaitedUnits(let units), .uninspectedUnits(let units), .undecidedUnits(let units),
                .lostUnits(let units):
                $0.units = units
            case .refund(let amountMinor): $0.amountMinor = amountMinor
            case .document(let type): $0.document = type.message()
            case .refundResult, .failedRefund, .goodsOut, .customerTold, .followUp: break
            }
        }
    }

    init(_ message: Returns_V1_ClosingNeed) throws(RecordError) {
        let kind: ClosingNeedKind = try message.kind.stored()
        self =
            switch kind {
            case .awaitedUnits: .awaitedUnits(message.units)
            case .uninspectedUnits: .uninspectedUnits(message.units)
            case .undecidedUnits: .undecidedUnits(message.units)
            case .lostUnits: .lostUnits(message.units)
            case .refund: .refund(amountMinor: message.amountMinor)
            case .refundResult: .refundResult
            case .failedRefund: .failedRefund
            case .goodsOut: .goodsOut
            case .customerTold: .customerTold
            case .followUp: .followUp
            case .document: .document(try message.document.stored())
            }
    }
}

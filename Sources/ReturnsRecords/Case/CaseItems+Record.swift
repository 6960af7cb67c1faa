import RCP
import ReturnsAPI
import ReturnsDomain

extension ActorRecord: RecordItem {
    package typealias Message = Returns_V1_Actor
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.name, name)
        writer.append(Fields.role, role)
        writer.append(Fields.onBehalfOf, onBehalfOf)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (name, onBehalfOf) = ("", "")
        var role: Role?
        while let number = reader.next() {
            switch number {
            case Fields.name: name = reader.read(Fields.name)
            case Fields.role: role = try reader.read(Fields.role)
            case Fields.onBehalfOf: onBehalfOf = reader.read(Fields.onBehalfOf)
            default: break
            }
        }
        self.init(name: name, role: try role.present(), onBehalfOf: onBehalfOf)
    }
}

extension Contact: RecordItem {
    package typealias Message = Returns_V1_Contact
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.name, name)
        writer.append(Fields.phone, phone)
        writer.append(Fields.email, email)
        writer.append(Fields.address, address)
    }

    package init(from reader: inout RCPMessageReader) {
        self.init()
        while let number = reader.next() {
            switch number {
            case Fields.name: name = reader.read(Fields.name)
            case Fields.phone: phone = reader.read(Fields.phone)
            case Fields.email: email = reader.read(Fields.email)
            case Fields.address: address = reader.read(Fields.address)
            default: break
            }
        }
    }
}

extension DeclaredCondition: RecordItem {
    package typealias Message = Returns_V1_DeclaredCondition
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.code, code)
        writer.append(Fields.met, isMet)
    }

    package init(from reader: inout RCPMessageReader) {
        self.init(code: "", isMet: false)
        while let number = reader.next() {
            switch number {
            case Fields.code: code = reader.read(Fields.code)
            case Fields.met: isMet = reader.read(Fields.met)
            default: break
            }
        }
    }
}

extension CaseLine: RecordItem {
    package typealias Message = Returns_V1_CaseLine
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.lineID, lineID)
        writer.append(Fields.sku, sku)
        writer.append(Fields.units, units)
        writer.append(Fields.owedMinor, owedMinor)
        writer.append(Fields.committedMinor, committedMinor)
        writer.append(Fields.addedOnReceipt, wasAddedOnReceipt)
        writer.append(Fields.reasonCode, statement.reasonCode)
        writer.append(Fields.serialNumbers, statement.serialNumbers)
        writer.append(Fields.deductions, deductions)
        writer.append(Fields.concessions, concessions)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (lineID, sku) = ("", "")
        var units = UnitLedger(requested: 0)
        var (owed, committed): (Int64, Int64) = (0, 0)
        var deductions: [Deduction] = []
        var concessions: [Concession] = []
        var wasAddedOnReceipt = false
        var statement = LineStatement()
        while let number = reader.next() {
            switch number {
            case Fields.lineID: lineID = reader.read(Fields.lineID)
            case Fields.sku: sku = reader.read(Fields.sku)
            case Fields.units: units = try reader.read(Fields.units)
            case Fields.owedMinor: owed = reader.read(Fields.owedMinor)
            case Fields.committedMinor: committed = reader.read(Fields.committedMinor)
            case Fields.addedOnReceipt: wasAddedOnReceipt = reader.read(Fields.addedOnReceipt)
            case Fields.reasonCode: statement.reasonCode = reader.read(Fields.reasonCode)
            case Fields.serialNumbers:
                reader.read(Fields.serialNumbers, into: &statement.serialNumbers)
            case Fields.deductions: try reader.read(Fields.deductions, into: &deductions)
            case Fields.concessions: try reader.read(Fields.concessions, into: &concessions)
            default: break
            }
        }
        self.init(
            lineID: lineID, sku: sku, requested: units.requested, wasAddedOnReceipt: wasAddedOnReceipt)
        self.units = units
        committedMinor = committed
        self.deductions = deductions
        self.concessions = concessions
        if let found = amountsInconsistency { throw RecordError(what: found) }
        // What is owed is kept as it is read; the share follows from it. What is out of range would overflow.
        guard (0...Money.amountMinorMax).contains(owed) else {
            throw RecordError(what: "a money ledger is out of balance")
        }
        shareMinor = owed - concededMinor + deductedMinor
        self.statement = statement
    }
}

extension UnitLedger: RecordItem {
    package typealias Message = Returns_V1_UnitLedger
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.requested, requested)
        writer.append(Fields.awaited, awaited)
        writer.append(Fields.received, received)
        writer.append(Fields.lost, lost)
        writer.append(Fields.kept, kept)
        writer.append(Fields.released, released)
        writer.append(Fields.uninspected, uninspected)
        writer.append(Fields.accepted, accepted)
        writer.append(Fields.refused, refused)
        writer.append(Fields.undecided, undecided)
        writer.append(Fields.conceded, conceded)
        writer.append(Fields.sentBack, sentBack)
        writer.append(Fields.exchanged, exchanged)
        writer.append(Fields.disposed, disposed)
        writer.append(Fields.lostConceded, lostConceded)
        writer.append(Fields.acceptedExchanged, acceptedExchanged)
        writer.append(Fields.keptRefused, keptRefused)
    }

    /// `received` and `refused` are sums of the others, which have to be in range before they are added up.
    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (receivedAll, refusedAll): (Int64, Int64) = (0, 0)
        self.init(requested: 0)
        while let number = reader.next() {
            switch number {
            case Fields.requested: requested = reader.read(Fields.requested)
            case Fields.awaited: awaited = reader.read(Fields.awaited)
            case Fields.received: receivedAll = reader.read(Fields.received)
            case Fields.lost: lost = reader.read(Fields.lost)
            case Fields.kept: kept = reader.read(Fields.kept)
            case Fields.released: released = reader.read(Fields.released)
            case Fields.uninspected: uninspected = reader.read(Fields.uninspected)
            case Fields.accepted: accepted = reader.read(Fields.accepted)
            case Fields.refused: refusedAll = reader.read(Fields.refused)
            case Fields.undecided: undecided = reader.read(Fields.undecided)
            case Fields.conceded: conceded = reader.read(Fields.conceded)
            case Fields.sentBack: sentBack = reader.read(Fields.sentBack)
            case Fields.exchanged: exchanged = reader.read(Fields.exchanged)
            case Fields.disposed: disposed = reader.read(Fields.disposed)
            case Fields.lostConceded: lostConceded = reader.read(Fields.lostConceded)
            case Fields.acceptedExchanged: acceptedExchanged = reader.read(Fields.acceptedExchanged)
            case Fields.keptRefused: keptRefused = reader.read(Fields.keptRefused)
            default: break
            }
        }
        guard isInRange, received == receivedAll, refused == refusedAll else {
            throw RecordError(what: "a unit ledger is out of balance")
        }
    }
}

extension Document: RecordItem {
    package typealias Message = Returns_V1_Document
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.type, type)
        writer.append(Fields.reference, reference)
        writer.append(Fields.sha256, sha256)
        writer.append(Fields.addedAtMs, addedAt)
        writer.append(Fields.addedBy, addedBy)
        writer.append(Fields.refundID, refundID)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var type: DocumentType?
        var (reference, addedBy, refundID) = ("", "", "")
        var sha256: [UInt8] = []
        var addedAt = Instant(milliseconds: 0)
        while let number = reader.next() {
            switch number {
            case Fields.type: type = try reader.read(Fields.type)
            case Fields.reference: reference = reader.read(Fields.reference)
            case Fields.sha256: sha256 = reader.read(Fields.sha256)
            case Fields.addedAtMs: addedAt = reader.read(Fields.addedAtMs)
            case Fields.addedBy: addedBy = reader.read(Fields.addedBy)
            case Fields.refundID: refundID = reader.read(Fields.refundID)
            default: break
            }
        }
        self.init(
            type: try type.present(), reference: reference, sha256: sha256, addedAt: addedAt,
            addedBy: addedBy,
            refundID: refundID
        )
    }
}

extension Assignment: RecordItem {
    package typealias Message = Returns_V1_Assignment
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.role, role)
        writer.append(Fields.person, person)
        writer.append(Fields.team, team)
        writer.append(Fields.atMs, at)
        writer.append(Fields.by, by)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var role: Role?
        var (person, team) = ("", "")
        var at = Instant(milliseconds: 0)
        var by: ActorRecord?
        while let number = reader.next() {
            switch number {
            case Fields.role: role = try reader.read(Fields.role)
            case Fields.person: person = reader.read(Fields.person)
            case Fields.team: team = reader.read(Fields.team)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.by: by = try reader.read(Fields.by)
            default: break
            }
        }
        self.init(
            role: try role.present(), person: person, team: team, at: at, by: try by.present())
    }
}

extension ClosingNeed: RecordItem {
    package typealias Message = Returns_V1_ClosingNeed
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.kind, kind)
        switch self {
        case .awaitedUnits(let units), .uninspectedUnits(let units), .undecidedUnits(let units),
            .lostUnits(let units):
            writer.append(Fields.units, units)
        case .refund(let amountMinor): writer.append(Fields.amountMinor, amountMinor)
        case .document(let type, let refundID):
            writer.append(Fields.document, type)
            writer.append(Fields.refundID, refundID)
        case .refundResult, .failedRefund, .goodsOut, .customerTold, .followUp: break
        }
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var kind: ClosingNeedKind?
        var (units, amountMinor): (Int64, Int64) = (0, 0)
        var document: DocumentType?
        var refundID = ""
        while let number = reader.next() {
            switch number {
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.units: units = reader.read(Fields.units)
            case Fields.amountMinor: amountMinor = reader.read(Fields.amountMinor)
            case Fields.document: document = try reader.read(Fields.document)
            case Fields.refundID: refundID = reader.read(Fields.refundID)
            default: break
            }
        }
        self =
            switch try kind.present() {
            case .awaitedUnits: .awaitedUnits(units)
            case .uninspectedUnits: .uninspectedUnits(units)
            case .undecidedUnits: .undecidedUnits(units)
            case .lostUnits: .lostUnits(units)
            case .refund: .refund(amountMinor: amountMinor)
            case .refundResult: .refundResult
            case .failedRefund: .failedRefund
            case .goodsOut: .goodsOut
            case .customerTold: .customerTold
            case .followUp: .followUp
            case .document: .document(try document.present(), refundID: refundID)
            }
    }
}

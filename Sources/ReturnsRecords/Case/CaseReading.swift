import RCP
import ReturnsAPI
import ReturnsDomain

/// What was read of a case, of one group after the other. What does not add up is damaged.
struct CaseReading: RecordReading {
    typealias Message = Returns_V1_Case
    private typealias Fields = Returns_V1_Case.Fields
    private typealias Engine = Returns_V1_CaseEngine.Fields

    private var id = ""
    private var order = OrderKey(saleChannel: "", orderNumber: "")
    private var version: UInt64 = 0
    private var state: CaseState?
    private var (money, goodsOut, customerTold): (Track?, Track?, Track?) = (nil, nil, nil)
    private var isWithdrawn = false
    private var customerID = ""
    private var currency = ""
    private var form = ReturnFormReading()
    private var returnMethod: ReturnMethod?
    private var requestedAt = Instant(milliseconds: 0)
    private var submittedAt = Instant(milliseconds: 0)
    private var updatedAt = Instant(milliseconds: 0)
    private var enteredBy: ActorRecord?
    private var lines: [CaseLine] = []
    private var checks: [Check] = []
    private var verification: Verification?
    private var decisions: [ReviewDecision] = []
    private var appeals: UInt32 = 0
    private var (question, answer) = ("", "")
    private var pickups: [Pickup] = []
    private var shipments: [Shipment] = []
    private var inspections: [Inspection] = []
    private var refunds: [Refund] = []
    private var outbound: [Outbound] = []
    private var documents: [Document] = []
    private var followUps: [FollowUp] = []
    private var reopenedAt: Instant?
    private var shippingDueMinor: Int64 = 0
    private var clocks: [Clock] = []
    private var notices: [Notice] = []
    private var (policyVersion, standardVersion, slaVersion): (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var exception: ExceptionKind?
    private var closingNeeds: [ClosingNeed] = []
    private var slaPlan = ""
    private var notes: UInt32?
    private var assignments: [Assignment] = []
    // Of the items above.
    private var overrideReasons: [OverrideReason] = []
    private var inspectionNotes: [InspectionNote] = []
    private var refundReasons: [RefundReasons] = []
    private var clockReasons: [ClockReason] = []
    private var pickupPlaces: [PickupPlace] = []
    private var followUpComments: [FollowUpComments] = []
    private var noticeTexts: [NoticeText] = []
    private var lineNotes: [LineNote] = []
    private var applicationHash: [UInt8] = []
    // Of the engine.
    private var stateBefore: CaseState?
    private var timelineEntries: UInt64 = 0
    private var wasBroughtByHand = false
    private var wasToldBefore = false
    private var enclosuresFound: [String] = []
    private var owedDeciders: [String] = []
    private var releasedUnits: [ReleasedUnits] = []
    private var clockStarts: [ClockStart] = []
    private var exchangesAgreed: UInt32 = 0

    init() {}

    mutating func read(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            switch number {
            case Fields.id: id = reader.read(Fields.id)
            case Fields.order: order = try reader.read(Fields.order)
            case Fields.version: version = reader.read(Fields.version)
            case Fields.state: state = try reader.read(Fields.state)
            case Fields.money: money = try reader.read(Fields.money)
            case Fields.goodsOut: goodsOut = try reader.read(Fields.goodsOut)
            case Fields.customerTold: customerTold = try reader.read(Fields.customerTold)
            case Fields.withdrawn: isWithdrawn = reader.read(Fields.withdrawn)
            case Fields.customerID: customerID = reader.read(Fields.customerID)
            case Fields.currency: currency = reader.read(Fields.currency)
            case Fields.returnMethod: returnMethod = try reader.read(Fields.returnMethod)
            case Fields.requestedAtMs: requestedAt = reader.read(Fields.requestedAtMs)
            case Fields.submittedAtMs: submittedAt = reader.read(Fields.submittedAtMs)
            case Fields.updatedAtMs: updatedAt = reader.read(Fields.updatedAtMs)
            case Fields.enteredBy: enteredBy = try reader.read(Fields.enteredBy)
            case Fields.lines: try reader.read(Fields.lines, into: &lines)
            case Fields.checks: try reader.read(Fields.checks, into: &checks)
            case Fields.verification: verification = try reader.read(Fields.verification)
            case Fields.decisions: try reader.read(Fields.decisions, into: &decisions)
            case Fields.appeals: appeals = reader.read(Fields.appeals)
            case Fields.question: question = reader.read(Fields.question)
            case Fields.answer: answer = reader.read(Fields.answer)
            case Fields.pickups: try reader.read(Fields.pickups, into: &pickups)
            case Fields.shipments: try reader.read(Fields.shipments, into: &shipments)
            case Fields.inspections: try reader.read(Fields.inspections, into: &inspections)
            case Fields.refunds: try reader.read(Fields.refunds, into: &refunds)
            case Fields.outbound: try reader.read(Fields.outbound, into: &outbound)
            case Fields.documents: try reader.read(Fields.documents, into: &documents)
            case Fields.followUps: try reader.read(Fields.followUps, into: &followUps)
            case Fields.clocks: try reader.read(Fields.clocks, into: &clocks)
            case Fields.reopenedAtMs: reopenedAt = reader.read(Fields.reopenedAtMs)
            case Fields.shippingDueMinor: shippingDueMinor = reader.read(Fields.shippingDueMinor)
            case Fields.notices: try reader.read(Fields.notices, into: &notices)
            case Fields.noticeTexts: try reader.read(Fields.noticeTexts, into: &noticeTexts)
            case Fields.policyVersion: policyVersion = reader.read(Fields.policyVersion)
            case Fields.standardVersion: standardVersion = reader.read(Fields.standardVersion)
            case Fields.exception: exception = try reader.read(Fields.exception)
            case Fields.closingNeeds: try reader.read(Fields.closingNeeds, into: &closingNeeds)
            case Fields.slaVersion: slaVersion = reader.read(Fields.slaVersion)
            case Fields.slaPlan: slaPlan = reader.read(Fields.slaPlan)
            case Fields.notes: notes = reader.read(Fields.notes)
            case Fields.assignments: try reader.read(Fields.assignments, into: &assignments)
            case Fields.overrideReasons: try reader.read(Fields.overrideReasons, into: &overrideReasons)
            case Fields.inspectionNotes: try reader.read(Fields.inspectionNotes, into: &inspectionNotes)
            case Fields.refundReasons: try reader.read(Fields.refundReasons, into: &refundReasons)
            case Fields.clockReasons: try reader.read(Fields.clockReasons, into: &clockReasons)
            case Fields.pickupPlaces: try reader.read(Fields.pickupPlaces, into: &pickupPlaces)
            case Fields.followUpComments: try reader.read(Fields.followUpComments, into: &followUpComments)
            case Fields.lineNotes: try reader.read(Fields.lineNotes, into: &lineNotes)
            case Fields.applicationSha256: applicationHash = reader.read(Fields.applicationSha256)
            case Fields.engine:
                try reader.read(Fields.engine) { reader throws(RecordError) in try readEngine(&reader) }
            default: try form.read(number, &reader)
            }
        }
    }

    private mutating func readEngine(_ reader: inout RCPMessageReader) throws(RecordError) {
        while let number = reader.next() {
            switch number {
            case Engine.stateBefore: stateBefore = try reader.read(Engine.stateBefore)
            case Engine.timelineEntries: timelineEntries = reader.read(Engine.timelineEntries)
            case Engine.broughtByHand: wasBroughtByHand = reader.read(Engine.broughtByHand)
            case Engine.enclosuresFound: reader.read(Engine.enclosuresFound, into: &enclosuresFound)
            case Engine.owedDeciders: reader.read(Engine.owedDeciders, into: &owedDeciders)
            case Engine.lines: try reader.read(Engine.lines, into: &releasedUnits)
            case Engine.clocks: try reader.read(Engine.clocks, into: &clockStarts)
            case Engine.exchanges: exchangesAgreed = reader.read(Engine.exchanges)
            case Engine.toldBefore: wasToldBefore = reader.read(Engine.toldBefore)
            default: break
            }
        }
    }

    // MARK: Value

    func value() throws(RecordError) -> Case {
        var value = try origin()
        value.lines = lines
        value.checks = checks
        value.verification = verification
        value.decisions = decisions
        value.appeals = Int(appeals)
        value.question = question
        value.answer = answer
        value.pickups = pickups
        value.shipments = shipments
        value.exception = exception
        value.inspections = inspections
        value.refunds = refunds
        value.outbound = outbound
        value.documents = documents
        if !documents.isEmpty { value.documents[0].sha256 = applicationHash }
        value.followUps = followUps
        value.notices = notices
        value.reopenedAt = reopenedAt
        value.shippingDueMinor = shippingDueMinor
        value.assignments = assignments
        value.closingNeeds = closingNeeds
        value.notes = notes.map(Int.init)
        try addClocks(to: &value)
        try addReasons(to: &value)
        try addPersonalItems(to: &value)
        try addEngine(to: &value)
        if let inconsistency = value.itemInconsistency { throw RecordError(what: inconsistency) }
        let track = try customerTold.present()
        value.adoptNotices(from: track)
        value.adoptRefundClocks()
        // A build that kept no notices lets a clock run on where whoever answered, or appealed, need not be told any more.
        let isLeftOver = track == .due && value.state == .submitted && value.runs(.notify)
        guard value.customerTold == track || isLeftOver else {
            throw RecordError(what: "the notices do not add up")
        }
        if let inconsistency = value.sumInconsistency { throw RecordError(what: inconsistency) }
        return value
    }

    private func origin() throws(RecordError) -> Case {
        guard let currency = CurrencyCode(currency) else { throw RecordError(what: "not a currency") }
        var value = Case(
            id: try CaseID(stored: id), order: order, version: version, state: try state.present(),
            customerID: customerID, currency: currency, form: try form.value(), returnMethod: returnMethod,
            requestedAt: requestedAt, submittedAt: submittedAt,
            enteredBy: try enteredBy.present(), lines: [], policyVersion: policyVersion,
            standardVersion: standardVersion, slaVersion: slaVersion, slaPlan: slaPlan)
        value.money = try money.present()
        value.goodsOut = try goodsOut.present()
        value.isWithdrawn = isWithdrawn
        value.updatedAt = updatedAt
        return value
    }

    private func addClocks(to value: inout Case) throws(RecordError) {
        guard clockStarts.count == clocks.count else {
            throw RecordError(what: "clocks without what they were started with")
        }
        value.clocks.reserveCapacity(clocks.count)
        for (clock, start) in zip(clocks, clockStarts) { value.clocks.append(try clock.started(with: start)) }
        for item in clockReasons {
            let clock = try clocks.place(item.clock, "clock")
            switch item.place {
            case .pause(let place):
                let pause = try clocks[clock].pauses.place(place, "pause")
                value.clocks[clock].pauses[pause].reason = item.reason
                value.clocks[clock].pauses[pause].resumeReason = item.resumeReason
            case .extension(let place):
                let grant = try clocks[clock].extensions.place(place, "extension")
                value.clocks[clock].extensions[grant].reason = item.reason
            case nil: throw RecordError(what: "a clock's reason names nothing")
            }
        }
    }

    private func addReasons(to value: inout Case) throws(RecordError) {
        for item in overrideReasons {
            let index = try decisions.place(item.decision, "decision")
            guard case .approved(let address, let instructions, _) = decisions[index].outcome else {
                throw RecordError(what: "a rejection overrides nothing")
            }
            value.decisions[index].outcome = .approved(
                returnAddress: address, instructions: instructions, overrideReason: item.reason)
        }
        for item in inspectionNotes {
            value.inspections[try inspections.place(item.inspection, "inspection")].note = item.note
        }
        for item in refundReasons {
            guard let index = refunds.firstIndex(where: { $0.id == item.refundID }) else {
                throw RecordError(what: "reasons of a refund that is not there")
            }
            value.refunds[index].otherMethodReason = item.otherMethod
            value.refunds[index].failureReason = item.failure
        }
    }

    private func addPersonalItems(to value: inout Case) throws(RecordError) {
        for item in pickupPlaces {
            let index = try pickups.place(item.pickup, "pickup")
            value.pickups[index].address = item.address
            value.pickups[index].reason = item.reason
        }
        for item in followUpComments {
            value.followUps[try followUps.place(item.followUp, "follow-up")].comments = item.comments
        }
        for item in noticeTexts {
            value.notices[try notices.place(item.notice, "notice")].text = item.text
        }
        for item in lineNotes {
            value.lines[try lines.place(item.line, "line")].statement.note = item.note
        }
    }

    private func addEngine(to value: inout Case) throws(RecordError) {
        value.stateBefore = stateBefore
        guard let entries = Int(exactly: timelineEntries) else {
            throw RecordError(what: "a counter is out of range")
        }
        value.timelineEntries = entries
        value.wasBroughtByHand = wasBroughtByHand
        value.wasToldBefore = wasToldBefore
        value.enclosuresFound = enclosuresFound
        value.owedDeciders = Set(owedDeciders)
        value.exchangesAgreed = exchangesAgreed
        for item in releasedUnits {
            let index = try lines.place(item.line, "line")
            value.lines[index].releasedAwaited = item.awaited
            value.lines[index].releasedSentBack = item.sentBack
        }
    }
}

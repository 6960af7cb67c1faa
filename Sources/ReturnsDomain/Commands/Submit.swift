extension CommandRule {
    /// The form of R4 opens a case; no state takes it.
    static let submit = CommandRule(in: []) { _ in false }
}

extension CaseDraft {
    /// Opens a case: refuses only what can never be right. What policy has to judge becomes a failed check, shown to
    /// the reviewer (R4, R6).
    static func submitting(
        _ submission: Submission, order: Order, actor: Actor, by: ActorRecord, now: Instant,
        policy: ReturnPolicy, purchasePolicy: PurchasePolicy?, sla: SLAPolicy, keeps: KeptFacts
    ) throws(CaseRejection) -> CaseTransition {
        let form = submission.form
        try form.validateReference()
        if let taken = order.refusal(ofChannelRef: form.channelRef) { throw taken }
        let plan = sla.plan(for: order, reason: form.reasonCode)
        let zone = order.zone(under: purchasePolicy?.known ?? policy, plan: plan)
        try submission.validate(policy: policy, order: order, zone: zone, now: now)
        guard order.cases.count < CountLimits.orderCasesMax else {
            throw .notAllowed(
                "ORDER_FULL", "the order has \(CountLimits.orderCasesMax) cases already, the most it can")
        }
        try submission.requireCustomer(of: order)
        let units = try submission.resolveLines(order: order)
        let value = Case(
            id: submission.caseID, order: order.key, version: 0, state: .submitted,
            customerID: order.customerID, currency: order.currency, form: form,
            returnMethod: submission.returnMethod, requestedAt: submission.requestedAt ?? now,
            submittedAt: now, enteredBy: by,
            lines: units.map {
                var line = CaseLine(
                    lineID: order.lines[$0.index].lineID, sku: order.lines[$0.index].sku, requested: $0.units)
                line.statement = $0.statement
                return line
            },
            policyVersion: policy.version, standardVersion: policy.standardVersion, slaVersion: sla.version,
            slaPlan: plan.name)
        var draft = CaseDraft(
            value, order: order, actor: actor, by: by, now: now, policy: policy,
            purchasePolicy: purchasePolicy, sla: sla, keeps: keeps, isNew: true)
        for line in units { draft.reserve(line.units, orderLine: line.index) }
        draft.order.cases.append(OrderCase(id: submission.caseID, channelRef: form.channelRef))
        draft.value.notes = 0
        draft.value.checks = draft.runChecks()
        try draft.attach(
            Document(
                type: .application,
                reference: form.channelRef.isEmpty ? submission.caseID.description : form.channelRef,
                sha256: submission.applicationSHA256, addedAt: now, addedBy: by.name), field: "application")
        let failed = draft.value.checks.filter(\.blocksApproval).map(\.kind.description)
        draft.record(
            .submitted,
            failed.isEmpty ? "all checks passed" : "checks not passed: \(failed.joined(separator: ", "))",
            .submission(intakeChannel: form.intakeChannel, reasonCode: form.reasonCode))
        try draft.requireRoomToGrow()
        return try draft.finish()
    }
}

extension Order {
    /// Why no case is opened under a channel reference that a case of the order has; nil where none has it.
    ///
    /// Asked before anything that can change: the same form must find its case for ever, whatever the policy says by then, and
    /// whether or not it can be read.
    public func refusal(ofChannelRef reference: String) -> CaseRejection? {
        guard !reference.isEmpty, let known = cases.first(where: { $0.channelRef == reference }) else {
            return nil
        }
        return CaseRejection(
            kind: .alreadyExists, code: "CHANNEL_REF_EXISTS", field: "channel_ref",
            text: "this order has a case with that reference already: \(known.id)", existing: known.id)
    }
}

/// A form that opens a case.
public struct Submission: Hashable, Sendable {
    public var caseID: CaseID
    /// Whose order the channel takes it to be; empty where it does not say.
    public var customerID: String
    /// What the case keeps as it is.
    public var form: ReturnForm
    public var lines: [RequestedLine]
    public var returnMethod: ReturnMethod?
    /// Nil means on receipt.
    public var requestedAt: Instant?
    /// SHA-256 of the form as it came in: the application document of R19.
    public var applicationSHA256: [UInt8]

    public init(
        caseID: CaseID, customerID: String = "", form: ReturnForm, lines: [RequestedLine],
        returnMethod: ReturnMethod? = nil, requestedAt: Instant? = nil, applicationSHA256: [UInt8]
    ) {
        self.caseID = caseID
        self.customerID = customerID
        self.form = form
        self.lines = lines
        self.returnMethod = returnMethod
        self.requestedAt = requestedAt
        self.applicationSHA256 = applicationSHA256
    }
}

/// Units of a line named by its id, or by SKU where that is unambiguous, with the unit price to tell two lines apart.
public struct RequestedLine: Hashable, Sendable {
    public var lineID: String
    public var sku: String
    public var unitPriceMinor: Int64?
    public var quantity: Int64
    public var statement: LineStatement

    public init(
        lineID: String = "", sku: String = "", unitPriceMinor: Int64? = nil, quantity: Int64,
        statement: LineStatement = LineStatement()
    ) {
        self.lineID = lineID
        self.sku = sku
        self.unitPriceMinor = unitPriceMinor
        self.quantity = quantity
        self.statement = statement
    }
}

extension Submission {
    /// - Parameter zone: Of the order, in which times are told.
    fileprivate func validate(
        policy: ReturnPolicy, order: Order, zone: TimeZoneTable, now: Instant
    ) throws(CaseRejection) {
        try form.validate(policy: policy)
        try Require.identifier(customerID, "customer_id", optional: true)
        if let requestedAt {
            guard requestedAt.isRepresentable, requestedAt <= now.adding(Milliseconds.day) else {
                throw .invalid(
                    "TIME_OUT_OF_RANGE", "requested_at_ms",
                    "the request cannot lie more than a day in the future")
            }
            guard requestedAt >= order.placedAt else {
                throw .invalid(
                    "TIME_OUT_OF_RANGE", "requested_at_ms",
                    "\(requestedAt) is \(zone.localText(requestedAt)), before the order was placed on \(zone.localText(order.placedAt)); give milliseconds since 1970 UTC, from \(order.placedAt) on, or leave it out for now"
                )
            }
        }
        try Require.count(lines.count, "lines", 1...CountLimits.caseLinesMax)
        for (index, line) in lines.enumerated() {
            try Require.identifier(line.lineID, "lines[\(index)].line_id", optional: true)
            try Require.text(
                line.sku, "lines[\(index)].sku", max: TextLimits.identifierBytesMax, optional: true)
            try Require.units(line.quantity, "lines[\(index)].quantity")
            try line.statement.validate("lines[\(index)]", units: line.quantity, policy: policy)
        }
    }

    /// A return of another customer's order is a mistake of who names the order, and no case of the right customer's.
    fileprivate func requireCustomer(of order: Order) throws(CaseRejection) {
        guard !customerID.isEmpty, customerID != order.customerID else { return }
        throw .invalid(
            "CUSTOMER_MISMATCH", "customer_id",
            order.customerID.isEmpty
                ? "the order names no customer: leave customer_id out, or push the order with its customer first"
                : "the order is another customer's: look for a typo in the order's number or the customer's id"
        )
    }

    /// Finds each order line, adds up what is asked of it, and refuses more than is left.
    fileprivate func resolveLines(order: Order) throws(CaseRejection) -> [FormLine] {
        var found: [FormLine] = []
        for (position, line) in lines.enumerated() {
            func field() -> String { "lines[\(position)]" }
            let index = try order.resolve(line, field: field())
            let known = found.firstIndex { $0.index == index }
            let total = (known.map { found[$0].units } ?? 0) + line.quantity
            let orderLine = order.lines[index]
            guard total <= orderLine.availableUnits else {
                throw CaseRejection(
                    kind: .notAllowedNow, code: "QUANTITY_EXCEEDED", field: "\(field()).quantity",
                    text:
                        "\(counted(total, "unit")) asked of line \(orderLine.lineID), \(orderLine.availableUnits) left of \(orderLine.quantity) bought"
                )
            }
            if let known {
                try found[known].statement.add(line.statement, of: orderLine.lineID, field())
                found[known].units = total
            } else {
                found.append(FormLine(index: index, units: total, statement: line.statement))
            }
        }
        return found
    }
}

/// What a form asks of one order line.
private struct FormLine {
    /// Of the order line.
    var index: Int
    var units: Int64
    var statement: LineStatement
}

extension LineStatement {
    fileprivate func validate(
        _ field: @autoclosure () -> String, units: Int64, policy: ReturnPolicy
    ) throws(CaseRejection) {
        if !reasonCode.isEmpty { try policy.requireReason(reasonCode, "\(field()).reason_code") }
        try Require.text(note, "\(field()).note", max: TextLimits.lineNoteBytesMax, optional: true)
        try Require.count(
            serialNumbers.count, "\(field()).serial_numbers",
            0...Int(min(units, Int64(CountLimits.lineSerialNumbersMax))))
        for (index, number) in serialNumbers.enumerated() {
            try Require.text(
                number, "\(field()).serial_numbers[\(index)]", max: TextLimits.identifierBytesMax)
        }
        if serialNumbers.count > 1 { try requireDistinct(field()) }
    }

    private func requireDistinct(_ field: String) throws(CaseRejection) {
        guard Set(serialNumbers).count < serialNumbers.count else { return }
        throw .invalid(
            "DUPLICATE_SERIAL_NUMBER", "\(field).serial_numbers",
            "a serial number stands twice; each unit has its own")
    }

    /// Takes in what another line of the form says of the same order line.
    fileprivate mutating func add(
        _ other: LineStatement, of lineID: String, _ field: String
    ) throws(CaseRejection) {
        func differ(_ what: String, _ name: String) -> CaseRejection {
            .invalid(
                "LINE_STATEMENTS_DIFFER", "\(field).\(name)",
                "line \(lineID) is named twice, with \(what) that differ; a case keeps one for each line, so give the same, or open a case for each"
            )
        }
        guard other.reasonCode == reasonCode else { throw differ("reasons", "reason_code") }
        guard other.note == note || other.note.isEmpty || note.isEmpty else { throw differ("notes", "note") }
        if note.isEmpty { note = other.note }
        serialNumbers += other.serialNumbers
        try Require.count(
            serialNumbers.count, "\(field).serial_numbers", 0...CountLimits.lineSerialNumbersMax)
        try requireDistinct(field)
    }
}

extension Order {
    fileprivate func resolve(_ line: RequestedLine, field: @autoclosure () -> String) throws(CaseRejection)
        -> Int
    {
        if !line.lineID.isEmpty {
            guard let index = lineIndex(line.lineID) else {
                throw .invalid("LINE_UNKNOWN", "\(field()).line_id", "the order has no line \(line.lineID)")
            }
            guard line.sku.isEmpty || lines[index].sku == line.sku else {
                throw .invalid(
                    "LINE_MISMATCH", "\(field()).sku",
                    "line \(line.lineID) is another SKU; leave one of the two out")
            }
            guard lines[index].unitPriceMinor == line.unitPriceMinor ?? lines[index].unitPriceMinor else {
                throw .invalid(
                    "LINE_MISMATCH", "\(field()).unit_price_minor",
                    "line \(line.lineID) has another unit price; leave one of the two out")
            }
            return index
        }
        guard !line.sku.isEmpty else {
            throw .invalid("FIELD_REQUIRED", "\(field()).line_id", "name the line by line_id or by sku")
        }
        let matches = lines.indices.filter {
            lines[$0].sku == line.sku
                && lines[$0].unitPriceMinor == line.unitPriceMinor ?? lines[$0].unitPriceMinor
        }
        guard let first = matches.first else {
            throw .invalid(
                "LINE_UNKNOWN", "\(field()).sku",
                "the order has no line with SKU \(line.sku)\(line.unitPriceMinor == nil ? "" : " at that price")"
            )
        }
        guard matches.count == 1 else {
            let ids = matches.map { lines[$0].lineID }.joined(separator: ", ")
            throw .invalid(
                "LINE_AMBIGUOUS", "\(field()).sku", "SKU \(line.sku) is on lines \(ids); name one by line_id")
        }
        return first
    }
}

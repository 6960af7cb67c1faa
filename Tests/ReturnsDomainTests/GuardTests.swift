import Foundation
import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Every refusal of the domain: its code, its field, its kind, and that no code goes untested.
@Suite struct GuardTests {
    @Test(arguments: GuardCase.all.indices)
    func refusal(_ index: Int) throws {
        let example = GuardCase.all[index]
        var desk = Desk(policy: Fixture.policy(isReturnlessAllowed: false))
        try desk.follow(example.path)
        example.change(&desk.policy)
        let move = example.move(desk.value)
        let refused = try desk.refusal(move.command, as: move.actor)
        #expect(
            refused.code == example.code && refused.field == example.field && refused.kind == example.kind)
        #expect(!refused.text.isEmpty)
        if refused.kind == .notAllowedNow, !desk.value.state.isTerminal { #expect(!refused.allowed.isEmpty) }
    }

    typealias Change = @Sendable (inout Submission) -> Void

    /// Forms that can never be right, each with its field.
    private static let forms: [(code: String, kind: CaseRejection.Kind, field: String, change: Change)] = [
        ("REASON_UNKNOWN", .invalid, "reason_code", { $0.form.reasonCode = "whim" }),
        ("REASON_UNKNOWN", .invalid, "lines[0].reason_code", { $0.lines[0].statement.reasonCode = "whim" }),
        ("REASON_RETIRED", .invalid, "reason_code", { $0.form.reasonCode = "old" }),
        ("REASON_RETIRED", .invalid, "lines[0].reason_code", { $0.lines[0].statement.reasonCode = "old" }),
        (
            "TEXT_TOO_LONG", .invalid, "lines[0].note",
            { $0.lines[0].statement.note = String(repeating: "x", count: 1_001) }
        ),
        (
            "COUNT_OUT_OF_RANGE", .invalid, "lines[0].serial_numbers",
            { $0.lines[0].statement.serialNumbers = ["A", "B", "C"] }
        ),
        (
            "DUPLICATE_SERIAL_NUMBER", .invalid, "lines[0].serial_numbers",
            { $0.lines[0].statement.serialNumbers = ["A", "A"] }
        ),
        (
            "TEXT_TOO_LONG", .invalid, "lines[0].serial_numbers[0]",
            { $0.lines[0].statement.serialNumbers = [String(repeating: "9", count: 65)] }
        ),
        (
            "LINE_STATEMENTS_DIFFER", .invalid, "lines[1].reason_code",
            {
                $0.lines = ["damaged", "faulty"].map {
                    RequestedLine(lineID: "1", quantity: 1, statement: LineStatement(reasonCode: $0))
                }
            }
        ),
        ("COUNT_OUT_OF_RANGE", .invalid, "lines", { $0.lines = [] }),
        ("QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].quantity", { $0.lines[0].quantity = -1 }),
        ("QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].quantity", { $0.lines[0].quantity = .max }),
        ("QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].quantity", { $0.lines[0].quantity = 6 }),
        (
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[1].quantity",
            { $0.lines = [RequestedLine(lineID: "1", quantity: 3), RequestedLine(sku: "MUG", quantity: 3)] }
        ),
        ("LINE_UNKNOWN", .invalid, "lines[0].line_id", { $0.lines[0].lineID = "9" }),
        (
            "TEXT_TOO_LONG", .invalid, "lines[0].line_id",
            { $0.lines[0].lineID = String(repeating: "9", count: 4_000) }
        ),
        ("LINE_UNKNOWN", .invalid, "lines[0].sku", { $0.lines[0] = RequestedLine(sku: "HAT", quantity: 1) }),
        (
            "LINE_UNKNOWN", .invalid, "lines[0].sku",
            { $0.lines[0] = RequestedLine(sku: "MUG", unitPriceMinor: 1, quantity: 1) }
        ),
        ("LINE_MISMATCH", .invalid, "lines[0].sku", { $0.lines[0].sku = "PLATE" }),
        ("LINE_MISMATCH", .invalid, "lines[0].unit_price_minor", { $0.lines[0].unitPriceMinor = 999 }),
        ("LINE_MISMATCH", .invalid, "lines[0].unit_price_minor", { $0.lines[0].unitPriceMinor = 0 }),
        (
            "LINE_AMBIGUOUS", .invalid, "lines[0].sku",
            { $0.lines[0] = RequestedLine(sku: "TWIN", quantity: 1) }
        ),
        ("FIELD_REQUIRED", .invalid, "lines[0].line_id", { $0.lines[0] = RequestedLine(quantity: 1) }),
        ("TEXT_TOO_LONG", .invalid, "free_text", { $0.form.freeText = String(repeating: "é", count: 2_001) }),
        ("CONTROL_CHARACTER", .invalid, "contact.name", { $0.form.contact.name = "\u{0}" }),
        ("CONTROL_CHARACTER", .invalid, "free_text", { $0.form.freeText = "a\u{9B}31mb" }),
        ("CONTROL_CHARACTER", .invalid, "contact.address", { $0.form.contact.address = "a\u{202E}b" }),
        ("IDENTIFIER_MALFORMED", .invalid, "channel_ref", { $0.form.channelRef = "re f" }),
        ("TIME_OUT_OF_RANGE", .invalid, "requested_at_ms", { $0.requestedAt = Fixture.utc(2027, 1, 1) }),
        ("TIME_OUT_OF_RANGE", .invalid, "requested_at_ms", { $0.requestedAt = Fixture.utc(2026, 2, 24) }),
        ("SHA256_MALFORMED", .invalid, "application.sha256", { $0.applicationSHA256 = [] }),
        (
            "COUNT_OUT_OF_RANGE", .invalid, "conditions",
            { $0.form.conditions = (0...32).map { DeclaredCondition(code: "c\($0)", isMet: true) } }
        ),
        ("CUSTOMER_MISMATCH", .invalid, "customer_id", { $0.customerID = "C-8" }),
        ("IDENTIFIER_MALFORMED", .invalid, "customer_id", { $0.customerID = "C 7" }),
        ("CHANNEL_REF_EXISTS", .alreadyExists, "channel_ref", { $0.form.channelRef = "web-1" }),
    ]

    @Test(arguments: forms.indices)
    func formRefused(_ index: Int) throws {
        let example = Self.forms[index]
        var order = Fixture.order()
        for price in [Int64(5), 6] {
            order.lines.append(
                OrderLine(lineID: "t\(price)", sku: "TWIN", quantity: 1, unitPriceMinor: price, paidMinor: 0))
        }
        order.cases = [OrderCase(id: Fixture.caseID(77), channelRef: "web-1")]
        var form = Fixture.submission()
        example.change(&form)
        var desk = Desk(order: order)
        desk.policy.reasons.append(
            ReturnReason(code: "old", title: "No more", isCovered: true, isRetired: true))
        let refused = try desk.refusal(.submit(form), as: Cast.shop)
        #expect(
            refused.code == example.code && refused.field == example.field && refused.kind == example.kind)
        if refused.code == "CHANNEL_REF_EXISTS" { #expect(refused.existing == Fixture.caseID(77)) }
    }

    @Test func twoLinesOfOneSKUAreToldApartByPrice() throws {
        var order = Fixture.order()
        order.lines.append(OrderLine(lineID: "4", sku: "MUG", quantity: 1, unitPriceMinor: 900, paidMinor: 0))
        var desk = Desk(order: order)
        let line = RequestedLine(sku: "MUG", unitPriceMinor: 900, quantity: 1)
        try desk.submit(Fixture.submission(lines: [line]))
        #expect(desk.value.lines.map(\.lineID) == ["4"])
    }

    @Test func whatPolicyHasToJudgeIsAFailedCheckAndNoRefusal() throws {
        var desk = Desk(order: Fixture.order(placedAt: Fixture.utc(2026, 1, 1)))
        desk.order.status = .cancelled
        desk.order.lines[1].returnDays = 0
        let lines = ["1", "2"].map { RequestedLine(lineID: $0, quantity: 1) }
        try desk.submit(Fixture.submission(lines: lines, reason: "worn_out", isConforming: false))
        // The other kinds are there where there is something to note, and never fail.
        let noting: [CheckKind] = [.earlierRefusals, .paidInPart]
        #expect(desk.value.checks.map(\.kind) == CheckKind.allCases.filter { !noting.contains($0) })
        #expect(desk.value.checks.allSatisfy { $0.result == .failed })
        try desk.follow("verify")
        let plain = Command.approve(returnAddress: "", instructions: "", overrideReason: "")
        let refused = try desk.refusal(plain, as: Cast.sara)
        #expect(refused.code == "CHECKS_FAILED" && refused.field == "override_reason")
        let override = Command.approve(returnAddress: "", instructions: "", overrideReason: "goodwill")
        #expect(try desk.refusal(override, as: Cast.sara).code == "SUPERVISOR_REQUIRED")
        try desk.run(override, as: Cast.sue)
        #expect(desk.value.state == .approved && desk.value.decisions.last?.by.role == .supervisor)
    }

    @Test func unknownOrdersAndCases() throws {
        let desk = Desk()
        let noOrder = Case.decide(
            nil, order: nil, command: .close, actor: Cast.sara, now: desk.now, policy: desk.policy,
            sla: .standard())
        guard case .failure(let rejection) = noOrder else { return #expect(Bool(false), "taken") }
        #expect(rejection.code == "ORDER_UNKNOWN" && rejection.kind == .notFound)
        #expect(try desk.refusal(.close, as: Cast.sara).code == "CASE_UNKNOWN")
    }

    @Test func fullOrdersAndCases() throws {
        var order = Fixture.order()
        order.cases = (0..<CountLimits.orderCasesMax).map {
            OrderCase(id: Fixture.caseID(UInt32($0)), channelRef: "")
        }
        #expect(
            try Desk(order: order).refusal(.submit(Fixture.submission()), as: Cast.shop).code == "ORDER_FULL")

        var desk = Desk()
        try desk.submit()
        for _ in desk.value.documents.count..<CountLimits.caseRecordsMax {
            try desk.run(.attachDocument(Fixture.document(.other)), as: Cast.sara)
        }
        #expect(
            try desk.refusal(.attachDocument(Fixture.document(.other)), as: Cast.sara).code == "CASE_FULL")
    }

    /// What comes with many parcels adds up to no more than a case may hold.
    @Test func parcelsCannotAddWithoutEnd() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        func parcel(_ enclosures: [String]) -> Command {
            .receive(
                Receipt(
                    lines: [], undeclared: [Receipt.Undeclared(sku: "HAT", units: 1)], enclosures: enclosures)
            )
        }
        for first in stride(from: 0, to: CountLimits.caseRecordsMax, by: 25) {
            try desk.run(parcel((first..<(first + 25)).map { "e\($0)" }), as: Cast.wang)
        }
        #expect(desk.value.enclosuresFound.count == CountLimits.caseRecordsMax)
        try desk.run(parcel(["e0"]), as: Cast.wang)
        #expect(try desk.refusal(parcel(["another"]), as: Cast.wang).code == "CASE_FULL")
    }

    @Test func alternativesAreOutboundItemsOfTheCase() throws {
        var desk = Desk()
        try desk.follow("submit reject tell")
        desk.current!.outbound = [Outbound](
            repeating: Outbound(kind: .alternative, lineID: "", sku: "HAT", units: 1),
            count: CountLimits.caseOutboundMax - 1)
        let goods = [GoodsUnits](repeating: .init(sku: "CAP", units: 1), count: 2)
        #expect(try desk.refusal(.acceptAlternative(goods: goods), as: Cast.sara).code == "CASE_FULL")
    }

    @Test func askingCannotGoOnForEver() throws {
        var desk = Desk()
        try desk.submit()
        desk.current!.clocks += [Clock](repeating: desk.value.clocks[0], count: CountLimits.caseClocksMax)
        #expect(try desk.refusal(.requestInfo(question: "q"), as: Cast.sara).code == "CASE_FULL")
    }

    @Test func theCaseCanBeDrivenOnWhenTheAutomaticRefundIDIsTaken() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(refundID: "\(desk.value.id)-2", amountMinor: 1)), as: Cast.fei)
        try desk.follow("record_refund refund")
        #expect(desk.value.refunds.map(\.id) == ["\(desk.value.id)-2", "\(desk.value.id)-3"])
    }

    @Test func aNoteIsANewVersionOfTheCase() throws {
        var desk = Desk()
        try desk.submit()
        let transition = try desk.run(.note(text: "called"), as: Cast.sara)
        #expect(!transition.isEmpty && desk.value.version == 2)
        #expect(
            transition.entries.map(\.caseVersion) == [2] && transition.entries[0].personalText == "called")
    }

    @Test func notesAreCountedFromTheSubmissionOn() throws {
        var desk = Desk()
        try desk.submit()
        #expect(desk.value.notes == 0)
        for text in ["called", "called again"] { try desk.run(.note(text: text), as: Cast.sara) }
        try desk.follow("verify")
        #expect(desk.value.notes == 2)
    }

    @Test func policiesThatCannotBeRunAreRefused() throws {
        let nowhere = TimeZoneTable(name: "Asia/Peking")
        let utc = TimeZoneTable(name: "UTC", offsets: [.init(from: Instant(milliseconds: 0), seconds: 0)])
        let changes: [(code: String, change: (inout ReturnPolicy) -> Void)] = [
            ("OUT_OF_RANGE", { $0.returnWindowDays = -1 }),
            ("DUPLICATE_REASON", { $0.reasons.append($0.reasons[0]) }),
            ("COUNT_OUT_OF_RANGE", { $0.reasons = [] }),
            ("IDENTIFIER_MALFORMED", { $0.enclosures = ["two words"] }),
            ("OUT_OF_RANGE", { $0.appealsMax = 11 }),
            ("OUT_OF_RANGE", { $0.deductionPercentMax = 101 }),
            ("OUT_OF_RANGE", { $0.secondPersonAboveMinor = -1 }),
            ("FIELD_REQUIRED", { $0.instructions = "" }),
            ("REASON_REMOVED", { $0.reasons.removeLast() }),
            ("FIELD_REQUIRED", { for index in $0.reasons.indices { $0.reasons[index].isRetired = true } }),
            ("DUPLICATE_LOCALE", { $0.reasons[0].texts.append($0.reasons[0].texts[0]) }),
            ("FIELD_REQUIRED", { $0.reasons[0].texts[0].text = "" }),
            ("IDENTIFIER_MALFORMED", { $0.reasons[0].evidence = ["a photograph"] }),
            ("OUT_OF_RANGE", { $0.returnRules = [ReturnRule(skus: ["A"], returnDays: 3_651, reason: "r")] }),
            ("FIELD_REQUIRED", { $0.returnRules = [ReturnRule(returnDays: 1, reason: "r")] }),
            ("FIELD_REQUIRED", { $0.returnRules = [ReturnRule(skus: ["A"], returnDays: 1, reason: "")] }),
            (
                "COUNT_OUT_OF_RANGE",
                {
                    let skus = (0...CountLimits.returnRuleNamesMax).map(String.init)
                    $0.returnRules = [ReturnRule(skus: skus, returnDays: 1, reason: "r")]
                }
            ),
            ("TIME_ZONE_UNKNOWN", { $0.channelZones = [ChannelZone(saleChannels: ["a"], zone: nowhere)] }),
            ("SALE_CHANNEL_MALFORMED", { $0.channelZones = [ChannelZone(saleChannels: ["A"], zone: utc)] }),
            (
                "DUPLICATE_SALE_CHANNEL",
                { $0.channelZones = [ChannelZone(saleChannels: ["a", "a"], zone: utc)] }
            ),
        ]
        try ReturnPolicy.standard().validate(replacing: .standard())
        for (code, change) in changes {
            var policy = ReturnPolicy.standard()
            change(&policy)
            let refused = #expect(throws: CaseRejection.self) {
                try policy.validate(replacing: .standard())
            }
            #expect(refused?.code == code && refused?.kind == .invalid)
        }
    }

    /// Codes that the tests above, the order's and the calendar's produce outside the tables.
    private static let elsewhere: Set<String> = [
        "SECOND_PERSON_REQUIRED", "REFUND_NOT_CONFIRMED", "REFUND_NOT_PREPARED", "METHOD_CONFLICT",
        "CREDIT_NOTE_EXISTS",
        "REFUND_REQUIRED", "DOCUMENT_KNOWN", "REFUND_NOT_OF_DOCUMENT",
        "ORDER_UNKNOWN", "CASE_UNKNOWN", "CHECKS_FAILED", "ORDER_FULL", "CASE_FULL", "FORM_TOO_LARGE",
        "DUPLICATE_REASON",
        "ORDER_CONFLICT", "SALE_CHANNEL_MALFORMED", "DUPLICATE_PLAN", "PLAN_ORDER", "HOURS_MISMATCH",
        "NO_CASE", "PAYMENTS_FIXED", "PAYMENT_REFUNDED", "PAYMENTS_UNCHANGED", "CHANGES_UNTOLD",
        "ROLE_NOT_ASSIGNED", "OTHER_DEPARTMENT", "NAME_MALFORMED", "CASE_INCONSISTENT", "PAYMENTS_CHANGER",
        "TIME_ZONE_UNKNOWN", "TIME_ZONE_TOO_LONG", "CURRENCY_UNKNOWN",
        "REASON_REMOVED", "DUPLICATE_LOCALE", "DUPLICATE_SALE_CHANNEL",
    ]

    /// Greps the domain's sources: a code without a test fails here, and so does a test for a code that is gone.
    @Test func noCodeGoesUntested() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ReturnsDomain").resolvingSymlinksInPath()
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var codes: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|WITHDRAWN)"/) {
                codes.insert(String(match.1))
            }
        }
        let tested = Self.elsewhere.union(GuardCase.all.map(\.code)).union(Self.forms.map(\.code))
        #expect(codes.count > 60)
        #expect(codes.subtracting(tested).isEmpty)
        #expect(tested.subtracting(codes).isEmpty)
    }
}

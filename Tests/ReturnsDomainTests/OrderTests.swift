import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Pushing orders: new, again, and changed under cases that hold units of them.
@Suite struct OrderTests {
    private func put(
        _ order: Order, over known: Order? = nil, actor: Actor = Cast.shop
    ) -> Result<OrderUpdate, CaseRejection> {
        Order.put(order, over: known, actor: actor, now: Fixture.monday)
    }

    private func rejection(_ order: Order, over known: Order? = nil) throws -> CaseRejection {
        guard case .failure(let rejection) = put(order, over: known) else {
            throw Desk.Surprise(description: "the order was taken")
        }
        return rejection
    }

    @Test func aNewOrderTheSameAgainAndAChange() throws {
        let pushed = Fixture.order()
        guard case .success(.created(let first)) = put(pushed) else {
            return #expect(Bool(false), "not created")
        }
        #expect(first.version == 1 && first.updatedAt == Fixture.monday)
        #expect(put(pushed, over: first) == .success(.unchanged(first)))
        var delivered = pushed
        delivered.status = .delivered
        delivered.deliveredAt = Fixture.utc(2026, 3, 1)
        guard case .success(.updated(let second)) = put(delivered, over: first) else {
            return #expect(Bool(false), "not updated")
        }
        #expect(second.version == 2 && second.status == .delivered && second.lines == first.lines)
    }

    typealias Change = @Sendable (inout Order) -> Void

    /// What can never be right, with its field.
    private static let malformed: [(code: String, field: String, change: Change)] = [
        ("SALE_CHANNEL_MALFORMED", "order.sale_channel", { $0.key.saleChannel = "On Line" }),
        ("FIELD_REQUIRED", "order.order_no", { $0.key.orderNumber = "" }),
        ("IDENTIFIER_MALFORMED", "order.customer_id", { $0.customerID = "a b" }),
        ("TEXT_TOO_LONG", "order.country", { $0.country = String(repeating: "x", count: 513) }),
        ("TIME_OUT_OF_RANGE", "order.placed_at_ms", { $0.placedAt = Instant(milliseconds: -1) }),
        ("TIME_OUT_OF_RANGE", "order.delivered_at_ms", { $0.deliveredAt = $0.placedAt.adding(-1) }),
        ("TIME_ZONE_UNKNOWN", "order.time_zone", { $0.zone = TimeZoneTable(name: "Asia/Peking") }),
        ("IDENTIFIER_MALFORMED", "order.time_zone", { $0.zone = TimeZoneTable(name: "Asia Shanghai") }),
        ("OUT_OF_RANGE", "order.lines[0].return_days", { $0.lines[0].returnDays = 3_651 }),
        (
            "TEXT_TOO_LONG", "order.lines[0].category",
            { $0.lines[0].category = String(repeating: "x", count: 65) }
        ),
        ("COUNT_OUT_OF_RANGE", "order.lines", { $0.lines = [] }),
        ("QUANTITY_OUT_OF_RANGE", "order.lines[1].quantity", { $0.lines[1].quantity = 0 }),
        ("QUANTITY_OUT_OF_RANGE", "order.lines[0].quantity", { $0.lines[0].quantity = .max }),
        ("AMOUNT_OUT_OF_RANGE", "order.lines[0].unit_price_minor", { $0.lines[0].unitPriceMinor = -1 }),
        ("AMOUNT_OUT_OF_RANGE", "order.lines[2].paid_minor", { $0.lines[2].paidMinor = .max }),
        ("AMOUNT_OUT_OF_RANGE", "order.shipping_paid_minor", { $0.shippingPaidMinor = .min }),
        ("AMOUNT_OUT_OF_RANGE", "order.outstanding_minor", { $0.outstandingMinor = -1 }),
        (
            "AMOUNT_OUT_OF_RANGE", "order.outstanding_minor",
            { $0.outstandingMinor = Money.amountMinorMax + 1 }
        ),
        ("AMOUNT_OUT_OF_RANGE", "order.payments[1].amount_minor", { $0.payments[1].amountMinor = .max }),
        ("DUPLICATE_LINE", "order.lines[1].line_id", { $0.lines[1].lineID = "1" }),
        ("DUPLICATE_PAYMENT", "order.payments[1].reference", { $0.payments[1].reference = "card-1" }),
        ("PAYMENTS_MISMATCH", "order.payments", { $0.payments[0].amountMinor -= 1 }),
        ("CURRENCY_UNKNOWN", "order.currency", { $0.currency = CurrencyCode("RMB")! }),
        ("CURRENCY_UNKNOWN", "order.currency", { $0.currency = CurrencyCode("XTS")! }),
    ]

    @Test(arguments: malformed.indices)
    func refusesWhatCanNeverBeRight(_ index: Int) throws {
        let example = Self.malformed[index]
        var order = Fixture.order()
        example.change(&order)
        let refused = try rejection(order)
        #expect(refused.code == example.code && refused.field == example.field && refused.kind == .invalid)
    }

    @Test func aLinePriceThatOverflowsIsRefusedAndNoTrap() throws {
        var order = Fixture.order()
        order.lines[0] = OrderLine(
            lineID: "1", sku: "MUG", quantity: 10_000_000, unitPriceMinor: 1_000_000_000_000)
        #expect(try rejection(order).field == "order.lines[0].paid_minor")
        order.lines[0] = OrderLine(lineID: "1", sku: "MUG", quantity: .max, unitPriceMinor: .min)
        #expect(try rejection(order).field == "order.lines[0].quantity")
    }

    @Test func theLargestOrderDoesNotOverflow() throws {
        var order = Fixture.order()
        order.lines = (0..<CountLimits.orderLinesMax).map {
            OrderLine(lineID: "\($0)", sku: "S", quantity: 1, unitPriceMinor: Money.amountMinorMax)
        }
        #expect(try rejection(order).code == "PAYMENTS_MISMATCH")
    }

    /// What would break the ledgers of a case that stands on the order: two units held, one of them refunded.
    private static let conflicts: [(field: String, change: Change)] = [
        (
            "order.lines",
            { order in
                order.lines.removeAll { $0.lineID == "3" }; order.payments[1].amountMinor -= 1_400
            }
        ),
        ("order.lines[0].quantity", { $0.lines[0].quantity = 1 }),
        (
            "order.lines[0].paid_minor",
            {
                $0.lines[0].paidMinor -= 1; $0.payments[0].amountMinor -= 1
            }
        ),
        ("order.lines[1].sku", { $0.lines[1].sku = "CUP" }),
        ("order.currency", { $0.currency = CurrencyCode("CNY")! }),
        ("order.customer_id", { $0.customerID = "C-8" }),
        (
            "order.lines[1].paid_minor",
            {
                $0.lines[1].paidMinor -= 1; $0.lines[2].paidMinor += 1
            }
        ),
        (
            "order.shipping_paid_minor",
            {
                $0.shippingPaidMinor -= 1; $0.lines[2].paidMinor += 1
            }
        ),
    ]

    /// What is paid for a line by the time that its units are accepted counts: 5.00 of 10.00 a unit, and then the rest. What is owed by
    /// then stays as it was worked out.
    @Test func anOrderThatWasPaidInPartIsPaidOnUntilUnitsAreAccepted() throws {
        var desk = Desk()
        desk.order.lines[0].paidMinor = 2_500
        desk.order.outstandingMinor = 2_500
        let paid = desk.order.lines.reduce(desk.order.shippingPaidMinor) { $0 + $1.paidMinor }
        desk.order.payments = [Payment(reference: "card-1", method: .card, amountMinor: paid)]
        var rest = desk.order
        try desk.submit()
        rest.lines[0].paidMinor += 2_500
        rest.outstandingMinor = 0
        rest.payments.append(Payment(reference: "card-2", method: .card, amountMinor: 2_500))
        guard case .success(.updated(let merged)) = put(rest, over: desk.order) else {
            return #expect(Bool(false), "\(put(rest, over: desk.order))")
        }
        // Who adds a payment has no part in what is refunded.
        #expect(merged.paymentsChangers == [Cast.shop.name])
        // Fewer or more units are another price for those that are held.
        var more = rest
        more.lines[0].quantity += 1
        #expect(try rejection(more, over: desk.order).field == "order.lines[0].quantity")
        desk.order = merged
        try desk.follow("verify approve tell ship receive inspect")
        #expect(desk.value.lines[0].shareMinor == 1_000 * desk.value.lines[0].units.accepted)
        var late = rest
        late.lines[0].paidMinor += 1
        late.payments[1].amountMinor += 1
        let refused = try rejection(late, over: desk.order)
        #expect(refused.code == "ORDER_CONFLICT" && refused.field == "order.lines[0].paid_minor")
        #expect(refused.text.contains("outstanding_minor"))
    }

    @Test(arguments: conflicts.indices)
    func keepsWhatCasesStandOn(_ index: Int) throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund record_refund")
        var pushed = Fixture.order()
        Self.conflicts[index].change(&pushed)
        let refused = try rejection(pushed, over: desk.order)
        #expect(refused.code == "ORDER_CONFLICT" && refused.field == Self.conflicts[index].field)
        #expect(refused.kind == .notAllowedNow)
    }

    @Test func aRejectedCaseCanStillAppealAfterTheOrderChanged() throws {
        var desk = Desk()
        try desk.follow("submit reject tell")
        var pushed = Fixture.order()
        pushed.lines.removeFirst()
        pushed.payments[0].amountMinor -= 4_999
        #expect(try rejection(pushed, over: desk.order).field == "order.lines")
        pushed = Fixture.order()
        pushed.lines[0].quantity = 1
        guard case .success(.updated(let changed)) = put(pushed, over: desk.order) else {
            return #expect(Bool(false), "not updated")
        }
        desk.order = changed
        #expect(try desk.refusal(.appeal(reason: "r"), as: Cast.shop).code == "QUANTITY_EXCEEDED")
    }

    @Test func keepsLedgersAndCasesOfAKnownOrder() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund record_refund")
        var pushed = Fixture.order()
        pushed.lines.reverse()
        guard case .success(.updated(let merged)) = put(pushed, over: desk.order) else {
            return #expect(Bool(false), "not updated")
        }
        #expect(merged.lines[2].reservedUnits == 2 && merged.lines[2].committedMinor == 2_000)
        #expect(merged.cases == desk.order.cases && merged.payments[0].committedMinor == 2_000)
        #expect(merged.paymentsChangers.isEmpty)
    }

    /// A refund can name the payment that was added, so who adds one has no part in refunds: the person and whom they act
    /// for. Before there is a case, the order system says how it was paid.
    @Test func whoAddsAPaymentUnderACaseIsBarredFromItsMoney() throws {
        let erp = Actor(name: "erp", roles: [.channel, .finance], onBehalfOf: "ann")
        var desk = Desk()
        var pushed = desk.order
        func add(_ amountMinor: Int64) throws -> Order {
            pushed.payments.append(
                Payment(reference: "more-\(amountMinor)", method: .card, amountMinor: amountMinor))
            pushed.shippingPaidMinor += amountMinor
            guard case .success(.updated(let order)) = put(pushed, over: desk.order, actor: erp) else {
                throw Desk.Surprise(description: "the push was refused")
            }
            return order
        }
        desk.order = try add(300)
        #expect(desk.order.paymentsChangers.isEmpty)
        try desk.follow("submit verify approve tell ship receive inspect")
        desk.order = try add(400)
        #expect(desk.order.paymentsChangers == ["ann", "erp"] && desk.order.inconsistency == nil)
        for actor in [Actor(name: "erp", roles: [.finance]), Actor(name: "ann", roles: [.finance])] {
            #expect(try desk.refusal(.refund(RefundOrder()), as: actor).code == "PAYMENTS_CHANGER")
        }
        try desk.follow("refund")
        // The same push again adds nothing.
        guard case .success(.unchanged(let order)) = put(pushed, over: desk.order, actor: Cast.fei) else {
            return #expect(Bool(false), "another result")
        }
        #expect(order.paymentsChangers == ["ann", "erp"])
    }
}

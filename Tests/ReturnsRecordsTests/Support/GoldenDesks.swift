import ReturnsDomain
import ReturnsTestSupport

/// What no random walk comes to: a customer who has said everything, papers of each type, orders of each kind.
enum GoldenDesks {
    /// - Parameter use: Is handed each step.
    static func run(_ use: (GoldenWalks.Step) throws -> Void) throws {
        for desk in [
            try told(), try toldBefore(), try overpaid(), try undelivered(), try settled(), try held(),
            try setOff(),
        ]
            + (try forms())
        {
            for transition in desk.transitions {
                try use(.init(transition: transition, orderEntry: nil, order: transition.orderAfter))
            }
        }
        for order in orders { try use(.init(transition: nil, orderEntry: nil, order: order)) }
    }

    /// Everything that a customer, and the departments, can say of a case.
    private static func told() throws -> Desk {
        var desk = Desk()
        var form = Fixture.submission(channelRef: "REF-1")
        form.lines[0].statement = LineStatement(
            reasonCode: "damaged", note: "the lid", serialNumbers: ["SN-1", "SN-2"])
        form.form.contact = Contact(
            name: "Ann Lee", phone: "+49 30 1", email: "ann@example.org", address: "Lane 1, Berlin")
        try desk.run(
            .submit(form), as: Actor(name: "portal", roles: [.channel], onBehalfOf: "shop"))
        try desk.run(.requestInfo(question: "which one is it?"), as: Cast.sara)
        try desk.run(.provideInfo(answer: "the blue one"), as: Cast.shop)
        try desk.run(.assign(.service, person: "sara", team: "desk-a"), as: Cast.sue)
        try desk.follow("verify approve tell ship receive")
        try desk.run(
            .inspect(
                lines: [
                    LineInspection(
                        lineID: "1", isAppearanceOK: true, isQuantityOK: true, isPackagingOK: true,
                        isUnusedOK: false, acceptedUnits: 1, refusedUnits: 1, evidence: ["photo-1"],
                        note: "a chip at the rim")
                ], report: Fixture.document(.inspectionReport)), as: Cast.wang)
        for type in DocumentType.allCases {
            let clerk = WellFormed.clerk(type)
            try desk.run(.attachDocument(Fixture.document(type, "\(type)")), as: clerk)
        }
        try desk.follow("refund record_refund")
        try desk.run(
            .tell(Telling(occasions: [.refunded], channel: "wechat", text: "half of it")), as: Cast.sara)
        try desk.follow("tell resolve:1 ship_back follow_up")
        return desk
    }

    /// Told of something before notices were kept, and to be told of something again.
    private static func toldBefore() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship report_exception")
        desk.current!.notices.removeAll { $0.state == .told }
        desk.current!.wasToldBefore = true
        try desk.follow("note")
        return desk
    }

    /// A pause that ends while the state holds the clock: the state's own goes on, by nobody's hand.
    private static func held() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit")
        try desk.run(
            .pauseClock(.review, reason: "strike", until: desk.now.adding(Milliseconds.day)), as: Cast.sue)
        try desk.follow("request_info tell wait:2d provide_info")
        return desk
    }

    /// A refund that was given up and succeeded late, its shipping included.
    private static func overpaid() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        try desk.run(.refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund record_refund")
        return desk
    }

    /// What went out beyond what was owed counts for what comes to be owed later.
    private static func setOff() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        try desk.run(.refund(RefundOrder(amountMinor: 1_500)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let wish = DeductionOrder(lineID: "1", amountMinor: 500, code: .damage, reason: "scratched")
        try desk.run(.deduct(wish), as: Cast.sue)
        let late = RefundReport(
            refundID: desk.value.refunds[0].id, result: .succeeded(voucher: "V9", document: nil))
        try desk.run(.recordRefund(late), as: Cast.fei)
        try desk.follow("take_back_deduction")
        return desk
    }

    /// An exchange that the customer paid for, and a refund by each method, with its credit note.
    private static func settled() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(
            .agreeExchange(
                ExchangeAgreement(
                    lineID: "1", units: 1, sku: "MUG-L", differenceMinor: 200, settlement: .paidByCustomer,
                    settlementReference: "T-118")), as: Cast.sara)
        for (index, method) in RefundMethod.allCases.enumerated() {
            var wish = RefundOrder(amountMinor: 100)
            wish.method = method
            if method != .original { wish.otherMethodReason = "the card has expired" }
            if method == .other { wish.otherMethod = "a cheque" }
            try desk.run(.refund(wish), as: method == .original ? Cast.fei : Cast.sue)
            var report = RefundReport(
                refundID: desk.value.refunds[index].id,
                result: .succeeded(voucher: "V-\(index)", document: nil))
            report.creditNote = "2531200\(index)"
            try desk.run(.recordRefund(report), as: Cast.fei)
        }
        return desk
    }

    /// Asked back before it arrived, and before all of it was paid.
    private static func undelivered() throws -> Desk {
        var order = Fixture.order()
        order.status = .placed
        order.deliveredAt = nil
        order.outstandingMinor = 4_000
        var desk = Desk(order: order)
        try desk.submit()
        return desk
    }

    /// A form of each channel, and of each way to send goods back.
    private static func forms() throws -> [Desk] {
        try IntakeChannel.allCases.enumerated().map { index, channel in
            var desk = Desk()
            var form = Fixture.submission()
            form.form.intakeChannel = channel
            form.returnMethod = ReturnMethod.allCases[index % ReturnMethod.allCases.count]
            try desk.submit(form)
            return desk
        }
    }

    /// Orders without cases.
    private static let orders: [Order] = {
        var delivered = Fixture.order(number: "SO-2")
        delivered.status = .delivered
        delivered.deliveredAt = Fixture.monday
        delivered.customerClass = "vip"
        delivered.country = "DE"
        delivered.purchasePolicyVersion = 1
        delivered.zone = TimeZoneTable(
            name: "Europe/Berlin",
            offsets: [
                .init(from: Fixture.utc(2025, 10, 26, 1), seconds: 3_600),
                .init(from: Fixture.utc(2026, 3, 29, 1), seconds: 7_200),
            ])
        delivered.lines[0].category = "fresh"
        delivered.lines[0].returnDays = 2
        for index in delivered.lines.indices { delivered.lines[index].name = "Stoneware" }
        var cancelled = Fixture.order(number: "SO-3")
        cancelled.status = .cancelled
        cancelled.payments = PaymentMethod.allCases.map {
            Payment(reference: "\($0)-1", method: $0, amountMinor: 1_000)
        }
        return [delivered, cancelled]
    }()
}

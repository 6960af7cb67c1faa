import ReturnsDomain

/// Orders, forms and papers that the tests start from.
public enum Fixture {
    /// UTC, so that a test can state its times as a person reads them.
    public static func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0)
        -> Instant
    {
        let days = Int64(WorkingCalendar.day(year: year, month: month, dayOfMonth: day))
        return Instant(
            milliseconds: days * Milliseconds.day + Int64(hour) * Milliseconds.hour
                + Int64(minute) * Milliseconds.minute)
    }

    /// Monday 2 March 2026, ten o'clock in Shanghai.
    public static let monday = utc(2026, 3, 2, 2)

    /// Three lines whose prices do not divide evenly, shipping, and two original payments; delivered two days later.
    public static func order(number: String = "SO-1", placedAt: Instant = utc(2026, 2, 25)) -> Order {
        Order(
            key: OrderKey(saleChannel: "online", orderNumber: number), version: 1, placedAt: placedAt,
            deliveredAt: placedAt.adding(2 * Milliseconds.day), customerID: "C-7",
            currency: CurrencyCode("EUR")!, status: .delivered,
            lines: [
                OrderLine(lineID: "1", sku: "MUG", quantity: 5, unitPriceMinor: 1_000, paidMinor: 4_999),
                OrderLine(lineID: "2", sku: "PLATE", quantity: 3, unitPriceMinor: 1_000),
                OrderLine(lineID: "3", sku: "BOWL", quantity: 2, unitPriceMinor: 700),
            ],
            shippingPaidMinor: 500,
            payments: [
                Payment(reference: "card-1", method: .card, amountMinor: 6_000),
                Payment(reference: "gift-1", method: .giftCard, amountMinor: 3_899),
            ],
            updatedAt: placedAt)
    }

    public static func caseID(_ random: UInt32, at time: Instant = monday) -> CaseID {
        CaseID(at: time, partition: 7, random: random)
    }

    public static func submission(
        id: CaseID = caseID(1), lines: [RequestedLine] = [RequestedLine(lineID: "1", quantity: 2)],
        reason: String = "unwanted", channelRef: String = "", isConforming: Bool = true
    ) -> Submission {
        Submission(
            caseID: id,
            form: ReturnForm(
                channelRef: channelRef, intakeChannel: .website, intakeReference: "form", reasonCode: reason,
                freeText: "please", contact: Contact(name: "Ann"),
                conditions: isConforming
                    ? [
                        DeclaredCondition(code: "original_packaging", isMet: true),
                        DeclaredCondition(code: "unused", isMet: true),
                    ] : []),
            lines: lines, applicationSHA256: [UInt8](repeating: 1, count: 32))
    }

    public static func document(_ type: DocumentType, _ reference: String = "paper") -> Document {
        Document(
            type: type, reference: reference, sha256: [UInt8](repeating: 2, count: 32),
            addedAt: Instant(milliseconds: 0), addedBy: "")
    }

    /// The SLA policies of the tests: the standard one, and another with shorter and longer times, business time among them.
    public static let slaPolicies: [UInt64: SLAPolicy] = {
        var other = SLAPolicy.standard(version: 2)
        other.plans[0].targets[.review] = ClockTarget(
            .working(8 * Milliseconds.hour), warnBefore: [2 * Milliseconds.hour, Milliseconds.hour])
        other.plans[0].targets[.refund] = ClockTarget(.workingDays(5), warnBefore: [Milliseconds.day])
        other.plans[0].targets[.customerShip] = ClockTarget(.wall(21 * Milliseconds.day))
        return [1: .standard(), 2: other]
    }()

    /// What a case is decided by: the version it keeps, the first for a new one.
    public static func sla(of value: Case?) -> SLAPolicy { slaPolicies[value?.slaVersion ?? 1]! }

    public static func policy(isReturnlessAllowed: Bool = true) -> ReturnPolicy {
        var policy = ReturnPolicy.standard()
        policy.isReturnlessAllowed = isReturnlessAllowed
        policy.deductionPercentMax = 20
        // All of the order's first line is worth 49.99.
        policy.secondPersonAboveMinor = 4_998
        policy.returnAddress = "Returns desk, 1 Dock Road"
        return policy
    }
}

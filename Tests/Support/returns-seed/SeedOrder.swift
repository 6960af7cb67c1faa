import ReturnsDomain

/// A small order, and the return of one unit of it.
enum SeedOrder {
    static let shop = Actor(name: "seed", roles: [.channel])

    static func order(number: Int, placedAt: Instant) -> Order {
        Order(
            key: OrderKey(saleChannel: "seed", orderNumber: "S\(number)"), placedAt: placedAt,
            customerID: "C\(number % 100_000)", currency: CurrencyCode("GBP")!, status: .delivered,
            lines: [OrderLine(lineID: "1", sku: "MUG", quantity: 3, unitPriceMinor: 450)],
            payments: [Payment(reference: "card-\(number)", method: .card, amountMinor: 1_350)],
            updatedAt: placedAt)
    }

    static func submission(id: CaseID, number: Int) -> Submission {
        Submission(
            caseID: id,
            form: ReturnForm(
                channelRef: "R-\(number)", intakeChannel: .website, reasonCode: "unwanted",
                contact: Contact(name: "A. Customer"),
                conditions: [
                    DeclaredCondition(code: "original_packaging", isMet: true),
                    DeclaredCondition(code: "unused", isMet: true),
                ]),
            lines: [RequestedLine(lineID: "1", quantity: 1)],
            applicationSHA256: [UInt8](repeating: 1, count: 32))
    }
}

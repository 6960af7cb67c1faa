import ArgumentParser
import RCP
import ReturnsAPI

struct OrderImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Push orders from a file; the same file again changes nothing.",
        discussion: """
            A line is an order in canonical protobuf JSON, or flat: order_no, placed_at, delivered_at, time_zone, \
            customer_id, country, currency, outstanding_minor, lines of sku, name, quantity, unit_price_minor, paid_minor, \
            category, return_days. Flat orders get line ids 1, 2, … and one card payment of their total under their number. \
            One that is paid in part says what is outstanding, and the paid_minor of its lines. One without delivered_at is \
            on its way: push it again once it has arrived, since nothing can be returned before. Times without an offset \
            are of the order's own time_zone, where it has one.
            """)
    @OptionGroup var importing: ImportOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let mapping = OrderMapping(saleChannel: importing.channel.name, times: importing.zone.times)
        let isDryRun = global.dryRun
        try await importing.run(global, noun: "order", sends: !isDryRun) { session in
            ImportEngine<Returns_V1_PutOrderRequest>(
                inFlightMax: importing.inFlight, timeoutMilliseconds: session.settings.timeoutMilliseconds,
                parse: { (line) throws(ImportRefusal) in try mapping.item(line) },
                send: { item, timeout in
                    if isDryRun { return ImportAcknowledgement(result: .valid, id: item.name) }
                    // PutOrder compares contents, so a fresh request id repeats safely. One that followed from the
                    // content would not: an order changed and changed back would be answered from memory.
                    let options = RCPCallOptions(timeout: .milliseconds(timeout))
                    let reply = try await session.client.orders.putOrder(item.request, options: options)
                        .message
                    return ImportAcknowledgement(result: Self.result(reply.result), id: item.name)
                })
        }
    }

    static func result(_ result: Returns_V1_PutOrderResult) -> ImportResult {
        switch result {
        case .created: .created
        case .updated: .updated
        case .unspecified, .unchanged, .UNRECOGNIZED: .unchanged
        }
    }
}

import ArgumentParser
import ReturnsAPI

struct OrderCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Orders that return cases refer to.",
        subcommands: [OrderGet.self, OrderImport.self, OrderPayments.self])
}

struct OrderGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an order with its ledgers of units and money.")
    @Argument(help: ArgumentHelp("Order, as CHANNEL/NUMBER or by its number.", valueName: "order"))
    var orderNo: String
    @OptionGroup var channel: ChannelOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let request = Returns_V1_GetOrderRequest.with {
                $0.key = OrderName.key(orderNo, channel: channel.given)
            }
            let reply = try await session.client.orders.getOrder(request).message
            try session.output.show(reply) { OrderDetail(reply: reply).text($0) }
            Output.noteUnreadable(entries: reply.unreadableNumbers, of: "order")
        }
    }
}

import ArgumentParser

/// The sale channel of an order: one word wherever it is asked for.
struct ChannelOption: ParsableArguments {
    @Option(help: "Sale channel of the order, where nothing else names it. (default: online)")
    var channel: String?

    /// What the imports called it first.
    @Option(help: .hidden) var saleChannel: String?

    func validate() throws {
        guard channel == nil || saleChannel == nil else { throw ValidationError("give --channel once") }
    }

    var name: String { channel ?? saleChannel ?? "online" }
}

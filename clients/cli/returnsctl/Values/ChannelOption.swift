import ArgumentParser

/// The sale channel of an order: one word wherever it is asked for.
struct ChannelOption: ParsableArguments {
    @Option(name: .customLong("channel"), help: "Sale channel of the order, where nothing else names it.")
    var name = Self.standard

    static let standard = "online"
}

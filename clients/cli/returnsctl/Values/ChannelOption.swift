import ArgumentParser

/// The sale channel of an order: one word wherever it is asked for.
struct ChannelOption: ParsableArguments {
    @Option(
        name: .customLong("channel"),
        help: ArgumentHelp(
            "Sale channel of the order, where nothing else names it; \(Self.standard) unless given.",
            valueName: "name"))
    var given: String?

    var name: String { given ?? Self.standard }

    static let standard = "online"
}

import ArgumentParser
import ReturnsWire

struct CaseImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Open cases from a file; the same file again opens none.",
        discussion: """
            A line is a SubmitCaseRequest in canonical protobuf JSON, or flat: return_no, requested_at, order_no, lines \
            of sku, quantity, unit_price_minor. What lines do not say is taken from --default: reason=other, \
            intake_channel=website unless given.
            """)
    @OptionGroup var importing: ImportOptions
    @Option(
        name: .customLong("default"),
        help: ArgumentHelp(
            "What lines do not say: reason, intake_channel, return_method; repeatable.",
            valueName: "key=value"))
    var defaults: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var defaults = CaseDefaults()
        for text in self.defaults { try defaults.set(text) }
        let mapping = CaseMapping(
            saleChannel: importing.saleChannel, times: importing.times, defaults: defaults,
            isDryRun: global.dryRun)
        try await global.withSession(attemptsMax: ImportOptions.attemptsMax) { session in
            let isDryRun = global.dryRun
            let engine = ImportEngine<Returns_V1_SubmitCaseRequest>(
                inFlightMax: importing.inFlight,
                parse: { (line) throws(ImportRefusal) in try mapping.item(line) },
                send: { item in
                    let options = RCPCallOptions(requestID: try CaseMapping.requestID(item.request))
                    let reply = try await session.client.cases.submitCase(item.request, options: options)
                    let result: ImportResult = reply.replayed ? .unchanged : isDryRun ? .valid : .created
                    return ImportAcknowledgement(result: result, id: reply.message.case.id)
                })
            try await importing.run(engine, noun: "cases", output: session.output)
        }
    }
}

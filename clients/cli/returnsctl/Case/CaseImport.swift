import ArgumentParser
import RCP
import ReturnsAPI

struct CaseImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Open cases from a file; the same file again opens none.",
        discussion: """
            A line is a SubmitCaseRequest in canonical protobuf JSON, or flat: return_no, requested_at, order_no, lines of \
            sku, quantity, unit_price_minor, reason, note, serial_numbers, and any field of SubmitCaseRequest by its name (customer_id, freeText). What lines do not say is taken from --default: reason=other, \
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
            saleChannel: importing.channel.name, times: importing.zone.times, defaults: defaults,
            isDryRun: global.dryRun)
        let isDryRun = global.dryRun
        try await importing.run(global, noun: "case", sends: true) { session in
            ImportEngine<Returns_V1_SubmitCaseRequest>(
                inFlightMax: importing.inFlight, timeoutMilliseconds: session.settings.timeoutMilliseconds,
                parse: { (line) throws(ImportRefusal) in try mapping.item(line) },
                send: { item, timeout in
                    let reply = try await Self.submit(item.request, timeout, session.client.cases)
                    let result: ImportResult = reply.replayed ? .unchanged : isDryRun ? .valid : .created
                    return ImportAcknowledgement(result: result, id: reply.message.case.id)
                })
        }
    }

    /// Submits under the id that follows from the content.
    ///
    /// The server ties a request id to who used it. Where somebody else has sent the line its reference finds the case,
    /// under any id; without a reference another id could open a second case.
    private static func submit(
        _ request: Returns_V1_SubmitCaseRequest, _ timeoutMilliseconds: UInt32, _ cases: CaseServiceClient
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var options = RCPCallOptions(timeout: .milliseconds(timeoutMilliseconds))
        options.requestID = try CaseMapping.requestID(request)
        do {
            return try await cases.submitCase(request, options: options)
        } catch let status as RCPStatus where status.isRequestIDReused {
            guard !request.channelRef.isEmpty else {
                throw ImportRefusal(
                    "SENT_BY_ANOTHER", "",
                    "somebody else has sent this line before: look for its case with returnsctl case list --order "
                        + request.order.orderNo)
            }
            options.requestID = .random()
            return try await cases.submitCase(request, options: options)
        }
    }
}

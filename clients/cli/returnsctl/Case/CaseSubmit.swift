import ArgumentParser
import Foundation
import ReturnsAPI

struct CaseSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Open a case from a form.",
        discussion: """
            The file holds a SubmitCaseRequest in canonical protobuf JSON, or the flat shape that case import takes. \
            For example:
            {"order":{"orderNo":"536365"},"channelRef":"R-1","reasonCode":"damaged","lines":[{"sku":"85123A","quantity":1}]}
            A line may have a reasonCode of its own, a note, and serialNumbers; the form's reason is that of the others.
            """)
    @Option(name: .shortAndLong, help: ArgumentHelp("File, or - for standard input.", valueName: "file"))
    var file: String
    @OptionGroup var channel: ChannelOption
    @OptionGroup var zone: TimeZoneOption
    @Option(
        name: .customLong("default"),
        help: ArgumentHelp("What the form does not say; repeatable.", valueName: "key=value"))
    var defaults: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let request = try request(try await InputFile.contents(file))
        try await global.withSession { session in
            try await session.show(
                try await session.client.cases.submitCase(request, options: session.changeOptions))
        }
    }

    func request(_ contents: Data) throws -> Returns_V1_SubmitCaseRequest {
        var defaults = CaseDefaults()
        for text in self.defaults { try defaults.set(text) }
        let mapping = CaseMapping(
            saleChannel: channel.name, times: zone.times, defaults: defaults, isDryRun: global.dryRun)
        do {
            return try mapping.request(contents)
        } catch {
            let field = error.field.isEmpty ? "" : "\(error.field): "
            throw CommandFailure(.failed, "\(field)\(error.text) [\(error.reason)]")
        }
    }
}

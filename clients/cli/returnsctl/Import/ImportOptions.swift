import ArgumentParser
import Foundation
import ReturnsWire

/// What both imports take.
struct ImportOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("JSON Lines, gzip or not; - for standard input.", valueName: "file"))
    var file: String

    @Option(help: "Sale channel where a line names none.") var saleChannel = "online"

    @Option(help: ArgumentHelp("Zone of times without an offset.", valueName: "zone"))
    var timeZone = "Europe/London"

    @Option(help: "Calls in flight.") var inFlight = ImportOptions.inFlightDefault

    @Option(help: ArgumentHelp("Write refused lines there, as JSON Lines.", valueName: "file"))
    var rejects: String?

    @Option(help: ArgumentHelp("Append accepted lines there as they are acknowledged.", valueName: "file"))
    var acknowledged: String?

    static let inFlightDefault = 64
    static let inFlightMax = 1_024
    /// An import outlives a restart of the server; each call still ends within its timeout.
    static let attemptsMax = 10

    func validate() throws {
        guard (1...Self.inFlightMax).contains(inFlight) else {
            throw ValidationError("--in-flight is 1 to \(Self.inFlightMax)")
        }
        guard TimeZone(identifier: timeZone) != nil else {
            throw ValidationError("'\(timeZone)' is no time zone: write it like Europe/London")
        }
    }

    var times: TimeFormat {
        guard let zone = TimeZone(identifier: timeZone) else {
            preconditionFailure("validate() has refused the zone")
        }
        return TimeFormat(zone: zone)
    }

    /// Reads, sends, draws the bar, and says at the end what became of the lines.
    func run<Request: Sendable>(
        _ engine: ImportEngine<Request>, noun: String, output: Output
    ) async throws {
        let source = try ImportSource(file)
        let style = Style.of(descriptor: STDERR_FILENO)
        let report = try ImportReport(rejects: rejects, acknowledged: acknowledged, style: style)
        let progress = ImportProgress(report: report, source: source)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await progress.draw() }
            await engine.run(source, report)
            group.cancelAll()
        }
        let summary = ImportSummary(
            noun: noun, totals: report.totals, time: ContinuousClock.now - progress.start)
        output.data(output.isTable ? summary.text(output.style) : try summary.json())
        if let error = report.stop { throw stopped(error, report.totals) }
        if report.totals.refused > 0 { throw QuietExit(exit: .failed) }
    }

    private func stopped(_ error: any Error, _ totals: ImportReport.Totals) -> any Error {
        Output.note(
            "stopped before the end of \(file); the same command again goes on: what is accepted already stays as it is"
        )
        return Self.settled(error)
    }

    /// Whether the last lines were taken is not known, but the same import again finds out by itself: nobody has to
    /// look after single request ids, and the exit status says what ended the import.
    static func settled(_ error: any Error) -> any Error {
        guard var status = error as? RCPStatus else { return error }
        if status.code == .cancelled { return CancellationError() }
        status.outcome = .notApplied
        status.details.removeAll { $0.reason == outcomeUnknownReason }
        return status
    }
}

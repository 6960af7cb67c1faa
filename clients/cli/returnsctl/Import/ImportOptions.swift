import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

/// What both imports take.
struct ImportOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("JSON Lines, gzip or not; - for standard input.", valueName: "file"))
    var file: String

    @OptionGroup var channel: ChannelOption
    @OptionGroup var zone: TimeZoneOption

    @Option(help: "Calls in flight.") var inFlight = ImportOptions.inFlightDefault

    @Option(
        help: ArgumentHelp(
            "Write refused lines to this new file, as JSON Lines that can be imported again as they are.",
            valueName: "file"))
    var rejects: String?

    @Option(help: ArgumentHelp("Append accepted lines there as they are acknowledged.", valueName: "file"))
    var acknowledged: String?

    static let inFlightDefault = 64
    static let inFlightMax = 1_024
    /// Time for one line unless --timeout says otherwise: a server that is restarted may drain for half a minute and
    /// stop its Redis for a third of one before the next can start.
    static let timeoutMillisecondsDefault: Int64 = 120_000

    func validate() throws {
        guard (1...Self.inFlightMax).contains(inFlight) else {
            throw ValidationError("--in-flight is 1 to \(Self.inFlightMax)")
        }
    }

    /// Reads, sends, draws the bar, and says at the end what became of the lines.
    ///
    /// - Parameter sends: false for a rehearsal that needs no server.
    func run<Request: Sendable>(
        _ global: GlobalOptions, noun: String, sends: Bool,
        engine: (Session) -> ImportEngine<Request>
    ) async throws {
        if global.requestID != nil {
            throw CommandFailure.usage(
                "--request-id is for a single change, and an import makes many",
                hints: ["leave it out: the same import again changes nothing that it has changed already"])
        }
        // A server that is not there is said at once; one that goes later is waited for.
        if sends {
            try await global.withSession { session in
                _ = try await session.client.health.check(Returns_V1_HealthCheckRequest())
            }
        }
        let patience = Patience.waits(timeoutMilliseconds: Self.timeoutMillisecondsDefault)
        try await global.withSession(patience: patience) { session in
            try await run(engine(session), noun: noun, output: session.output)
        }
    }

    private func run<Request: Sendable>(
        _ engine: ImportEngine<Request>, noun: String, output: Output
    ) async throws {
        let file = file
        let source = try await Blocking.run { try ImportSource(file) }
        try checkOutputs(source)
        let style = Style.of(descriptor: STDERR_FILENO)
        let report = try ImportReport(rejects: rejects, acknowledged: acknowledged, style: style)
        let progress = ImportProgress(report: report, source: source)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await progress.draw() }
            await engine.run(source, report)
            group.cancelAll()
        }
        let summary = ImportSummary(
            noun: noun, totals: report.totals, time: ContinuousClock.now - progress.start,
            timeZone: zone.times.zone.identifier)
        try output.data(output.isTable ? summary.text(output.style) : try summary.json())
        if let error = report.stop {
            throw stopped(error, isInDoubt: report.totals.unanswered > 0)
        }
        if report.totals.unanswered > 0 {
            Output.note("the same command again finds out what became of the lines without an answer")
            throw QuietExit(exit: .outcomeUnknown)
        }
        if report.totals.refused > 0 { throw QuietExit(exit: .failed) }
    }

    /// Before anything is opened for writing: a file must not be written while it is read, under whichever name.
    private func checkOutputs(_ source: ImportSource) throws {
        var taken: [(identity: FileIdentity, name: String)] = []
        if let identity = source.identity { taken.append((identity, "the file that is imported")) }
        for (flag, path) in [("--rejects", rejects), ("--acknowledged", acknowledged)] {
            guard let path, let identity = FileIdentity(path: path) else { continue }
            if let other = taken.first(where: { $0.identity == identity }) {
                throw CommandFailure.usage(
                    "\(flag) \(path) is \(other.name)", hints: ["name another file; nothing was imported"])
            }
            taken.append((identity, "the file of \(flag)"))
        }
    }

    private func stopped(_ error: any Error, isInDoubt: Bool) -> any Error {
        Output.note(
            "stopped before the end of \(file); the same command again goes on: what is accepted already stays as it is"
        )
        return Self.settled(error, isInDoubt: isInDoubt)
    }

    /// The same import again finds out by itself what became of the last lines, so nobody has to look after single request
    /// ids. The text says what ended the import; the exit status is 7 where a line may have been taken.
    static func settled(_ error: any Error, isInDoubt: Bool) -> any Error {
        guard var status = error as? RCPStatus else { return error }
        if status.code == .cancelled { return CancellationError() }
        status.outcome = .notApplied
        status.details.removeAll { $0.reason == outcomeUnknownReason }
        guard isInDoubt else { return status }
        return CommandFailure(
            .outcomeUnknown, "\(status.text) (\(status.code.name))",
            hints: ["the same command again finds out what became of the lines without an answer"])
    }
}

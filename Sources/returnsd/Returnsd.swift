import ArgumentParser
import Configuration
import Logging
import ReturnsServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Configuration, then the service group; everything else is in ReturnsServer.
@main
struct Returnsd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returnsd",
        abstract: "Serves return cases over RCP/1.",
        discussion: """
            Settings are taken from flags, then from the environment (RETURNSD_LISTEN, RETURNSD_REDIS, …), then from the \
            file of --config. Without --redis it starts a private redis-server in the data folder.
            """,
        version: "returnsd \(serverVersion)")

    @Option(
        help: ArgumentHelp(
            "Where to listen; can be repeated. Default 127.0.0.1:7461. rcps:// is TLS.",
            valueName: "[rcps://]HOST:PORT|unix:PATH"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("The Redis to use: redis://… or unix://….", valueName: "URL"))
    var redis: String?

    @Option(
        help: ArgumentHelp(
            "A file with the password of that Redis, readable by its owner only.", valueName: "FILE"))
    var redisPasswordFile: String?

    @Option(help: ArgumentHelp("The data folder. Default ./var.", valueName: "DIR"))
    var data: String?

    @Option(help: ArgumentHelp("A YAML file with the same settings under 'returnsd:'.", valueName: "FILE"))
    var config: String?

    @Option(help: "Event loops; one per core by default.")
    var eventLoops: Int?

    @Option(help: "Partitions of a new store; fixed when it is created.")
    var partitions: Int?

    @Option(help: "Milliseconds between sweeps when nothing falls due before.")
    var sweepIntervalMs: Int?

    @Flag(help: "Do not sweep: another server does.")
    var noSweeper = false

    @Option(
        help: ArgumentHelp(
            "Events kept in each partition for those who follow them; the oldest go first. Default 100000.",
            valueName: "COUNT"))
    var eventsKept: Int?

    @Option(
        help: ArgumentHelp(
            "Hours after which events go in any case; none by default.", valueName: "HOURS"))
    var eventsKeptHours: Int?

    @Option(
        help: ArgumentHelp(
            "Days that an order without a case is kept after its delivery and its last push; 0 keeps it for ever. Default 400.",
            valueName: "DAYS"))
    var ordersKeptDays: Int?

    @Option(
        help: ArgumentHelp(
            "Days for which figures of deadlines met and missed are kept; 0 keeps them for ever. Default 1100.",
            valueName: "DAYS"))
    var attainmentKeptDays: Int?

    @Option(
        help: ArgumentHelp(
            "Events kept in each partition at most for a webhook that has not taken them; then it loses the oldest, and is told. Default 150000.",
            valueName: "COUNT"))
    var eventsHeld: Int?

    @Option(
        help: ArgumentHelp(
            "Memory of Redis that the events of all partitions may take, in equal shares, whoever has not taken them. Default 2048.",
            valueName: "MIB"))
    var eventsMemoryMib: Int?

    @Option(
        help: ArgumentHelp(
            "Record the steps of sweeps in this file, for tests that kill sweepers.", valueName: "FILE",
            visibility: .hidden))
    var sweepProgress: String?

    @Flag(
        help: "Run on a clock that moves only by 'returnsctl admin advance-clock'; needs a store of its own.")
    var testClock = false

    @Flag(
        help:
            "Go on with the store as Redis has it now, although acknowledged changes are missing. Once; see RUNBOOK.md."
    )
    var acceptLoss = false

    @Option(
        help: ArgumentHelp(
            "Acknowledged changes that may be missing after a crash without anybody's word, for a Redis whose settings may lose some. Default 0.",
            valueName: "COUNT"))
    var toleratedLoss: Int?

    @Option(
        help: ArgumentHelp("The server's certificate, and those up to the root, as PEM.", valueName: "FILE"))
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp(
            "The certificate's private key, as PEM, readable by its owner only.", valueName: "FILE"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The authorities whose client certificates are accepted, as PEM.", valueName: "FILE"))
    var tlsClientCa: String?

    @Option(
        help: ArgumentHelp(
            "Whether clients present certificates: none, optional or required. With --tls-client-ca optional.",
            valueName: "WHETHER"))
    var tlsClientCertificates: String?

    @Option(
        help: ArgumentHelp(
            "More authorities, as PEM, that the receivers of webhooks may have their certificates from.",
            valueName: "FILE"))
    var webhookCa: String?

    @Flag(
        help: "Listen for plaintext where other machines can reach it; for networks encrypted by other means."
    )
    var allowPlaintext = false

    @Option(
        help: ArgumentHelp(
            "Where to serve /metrics for Prometheus, /livez and /readyz over HTTP; nowhere by default.",
            valueName: "HOST:PORT"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "Record calls as spans in this file, as OTLP's JSON, for OpenTelemetry's collector to read.",
            valueName: "FILE"))
    var traceFile: String?

    @Option(
        help: ArgumentHelp(
            "Percentage of the traces that begin here to record; what a caller has decided counts. Default 100.",
            valueName: "PERCENT"))
    var tracePercent: Int?

    @Flag(help: "Offer the service that clients are tried with; not for a server that works.")
    var conformance = false

    @Option(help: "Least level to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Flag(
        help: "Check settings and files, try folder, addresses and Redis, say what was not tried, and end.")
    var check = false

    @Flag(
        help:
            "Put a new administrator's token into the data folder and end, for one that was lost; the old one is good no more."
    )
    var newAdminToken = false

    @Flag(
        help:
            "Raise the store's writer level to the highest of this build, once no server of an older build is left, and end; see RUNBOOK.md, \"A changeover\"."
    )
    var upgrade = false

    func run() async throws {
        // Whoever reads the log may go; the server stays.
        signal(SIGPIPE, SIG_IGN)
        do {
            let settings = try await Settings(flags: self)
            LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
            var logger = Logger(label: "returnsd")
            logger.logLevel = settings.logLevel
            if check {
                let trial = try await settings.daemon.tried(logger: logger)
                var lines = [
                    "settings are good: listening on \(settings.daemon.listen.joined(separator: ", ")), data in \(settings.daemon.dataDirectory)"
                ]
                lines += trial.tried.map { "  tried: \($0)" } + trial.notTried.map { "  not tried: \($0)" }
                try FileDescriptor.standardOutput.writeAll("\(lines.joined(separator: "\n"))\n".utf8)
                return
            }
            if newAdminToken {
                let file = try await ReturnsDaemon(configuration: settings.daemon, logger: logger)
                    .makeAdministratorToken()
                print("the administrator's new token is in \(file)")
                return
            }
            if upgrade {
                Self.say(
                    try await ReturnsDaemon(configuration: settings.daemon, logger: logger)
                        .upgradeStore(tell: Self.say))
                return
            }
            try await ReturnsDaemon(configuration: settings.daemon, logger: logger).run(
                stopSignals: [.sigterm, .sigint], ready: Self.tell)
        } catch {
            // One line for the operator instead of a crash report.
            let hint = StartHint.text(error).map { "; \($0)" } ?? ""
            _ = try? FileDescriptor.standardError.writeAll("returnsd: \(error)\(hint)\n".utf8)
            throw (error as? UpgradeError).map { ExitCode($0.exitStatus) } ?? .failure
        }
    }

    private static func tell(_ facts: ReadyFacts) {
        let listen = facts.addresses.joined(separator: ", ")
        say(
            "returnsd \(serverVersion) is ready on \(listen); redis \(facts.redis.version) at \(facts.redisDescription)\(facts.hasTestClock ? "; TEST CLOCK" : "")"
        )
        if let metrics = facts.metrics { say("metrics at \(metrics)/metrics") }
        if facts.isAdminTokenNext {
            say(
                "\(facts.isFirstStart ? "first start: " : "")the administrator's token is in \(facts.adminTokenFile)"
            )
        }
    }

    /// Written past the buffers of `print`, so that whoever waits for the line reads it at once, also through a pipe.
    private static func say(_ line: String) {
        _ = try? FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
    }
}

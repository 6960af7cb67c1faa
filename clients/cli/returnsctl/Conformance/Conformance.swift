import ArgumentParser
import RCP
import RCPServices

struct Conformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Try whether a server and this client understand each other.",
        discussion: """
            The cases are those of gRPC's interoperability tests, as far as they apply. The server has to offer \
            rcp.conformance.v1.ConformanceService: start it with returnsd --conformance.

            The cases are: \(ConformanceCase.list).
            """)
    @Argument(help: ArgumentHelp("What to try; all cases unless given.", valueName: "case"))
    var names: [String] = []
    @Option(help: ArgumentHelp("How long the case soak goes on.", valueName: "seconds"))
    var soakSeconds = 5
    @OptionGroup var global: GlobalOptions

    static let soakSecondsMax = 86_400

    func validate() throws {
        guard (1...Self.soakSecondsMax).contains(soakSeconds) else {
            throw ValidationError("--soak-seconds is 1 to \(Self.soakSecondsMax)")
        }
    }

    func run() async throws {
        let cases = try Self.cases(named: names)
        // A call that only succeeds when it is sent again has not succeeded here.
        try await global.withSession(attemptsMax: 1) { session in
            try await Self.checkOffer(session)
            try await Self.run(cases, soakSeconds: soakSeconds, session)
        }
    }

    /// A function of its own, and each answer a statement: as one closure it crashes the optimizer of Swift 6.3.
    private static func run(_ cases: [ConformanceCase], soakSeconds: Int, _ session: Session) async throws {
        let runner = ConformanceRunner(client: session.client, soakSeconds: soakSeconds)
        var report = ConformanceReport(output: session.output)
        try report.begin()
        for name in cases {
            let result = try await runner.result(of: name)
            try report.add(result)
        }
        try report.end()
        guard report.failed == 0 else { throw QuietExit(exit: .failed) }
    }

    /// In the order of the names; all, in their own order, where there are none.
    static func cases(named names: [String]) throws -> [ConformanceCase] {
        guard !names.isEmpty else { return ConformanceCase.allCases }
        return try names.map { name in
            guard let found = ConformanceCase(rawValue: name) else {
                throw CommandFailure.usage(
                    "there is no case \(name)", hints: ["there are: \(ConformanceCase.list)"])
            }
            return found
        }
    }

    /// Said once, instead of by every case.
    private static func checkOffer(_ session: Session) async throws {
        let service = ConformanceServiceClient(caller: session.client)
        do {
            _ = try await service.emptyCall(Rcp_Conformance_V1_EmptyRequest())
        } catch let status as RCPStatus where status.code == .unimplemented {
            throw CommandFailure(
                .failed,
                "the server at \(session.settings.server) does not offer \(ConformanceServiceMethods.emptyCall.service)",
                hints: ["start it with: returnsd --conformance"])
        }
    }
}

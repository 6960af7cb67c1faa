import Glibc
import RCP

/// Sends calls to a returnsd as fast as it answers, or at a rate, and prints one JSON object with what it saw.
@main
struct Load {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            let token = Array(try readText(options.tokenFile).utf8).filter { $0 > 32 }
            switch options.work {
            case .echo: try await run(EchoWork(options), options, token)
            case .getCase: try await run(GetCaseWork(options), options, token)
            case .listCases: try await run(ListCasesWork(options), options, token)
            case .listDue: try await run(ListDueWork(options), options, token)
            case .putOrder, .submitCase: try await run(OrderWork(options), options, token)
            case .download, .upload:
                print(try await StreamDriver(options: options, token: token).run().json(options))
            }
        } catch {
            writeToStandardError("returns-load: \(error)\n")
            exit(1)
        }
    }

    private static func run(_ work: some Work, _ options: Options, _ token: [UInt8]) async throws {
        switch options.driver {
        case .client:
            print(try await ClientDriver(work: work, options: options, token: token).run().json(options))
        case .frames:
            var driver = try FrameDriver(work, options, token: token)
            let (report, caseIDs) = try driver.run()
            if let path = options.caseIDsOut {
                try writeText(caseIDs.joined(separator: "\n") + "\n", to: path)
            }
            print(report.json(options))
        }
    }
}

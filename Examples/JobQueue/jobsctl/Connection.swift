import ArgumentParser
import Foundation
import JobsAPI
import RCP
import RCPClient

/// The options by which each command finds the server.
struct Connection: ParsableArguments {
    @Option(help: "Where jobsd listens.")
    var server = "127.0.0.1:7470"

    @Option(help: "A file with the token.")
    var tokenFile: String

    /// Calls the server, and closes the connection at the end.
    func withJobs<Result>(_ body: (JobServiceClient) async throws -> Result) async throws -> Result {
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8).trimmingCharacters(in: .newlines)
        var configuration = RCPClientConfiguration(
            address: try RCPAddress(server), credentials: .token(Array(token.utf8)), clientName: "jobsctl/1")
        configuration.serverProgram = "jobsd"
        configuration.failsFast = true
        let client = RCPClient(configuration: configuration)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(JobServiceClient(caller: client)))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }
}

/// Where lines go: to stdout, or to the test that runs the command.
enum Output {
    @TaskLocal static var write: @Sendable (String) -> Void = { print($0) }

    static func show(_ job: Jobs_V1_Job) {
        write([String(job.id), "\(job.state)", job.task, job.result].joined(separator: "\t"))
    }
}

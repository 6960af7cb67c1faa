import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

struct Version: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the versions of this program and, if there is one, of the server.")
    @OptionGroup var global: GlobalOptions

    /// Nobody waits half a minute to read a version.
    static let timeout = Duration.seconds(2)

    /// No reply of a server, so JSON of its own.
    struct Report: Encodable, Equatable {
        var clientVersion = ClientVersion.current
        var rcpVersion = RCPVersion.max
        var server: String?
        var serverVersion: String?
        /// Why there is no server version.
        var problem: String?

        func text() -> String {
            let ours = "returnsctl \(clientVersion), RCP/\(rcpVersion)"
            if let serverVersion, let server { return "\(ours)\nreturnsd \(serverVersion) at \(server)" }
            return "\(ours)\nno server\(problem.map { ": \($0)" } ?? "")"
        }

        func json() throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    func run() async throws {
        let output = Output(format: try await Settings.output(global))
        var report = Report()
        do {
            try await global.withSession(attemptsMax: 1) { session in
                let options = RCPCallOptions(timeout: Self.timeout)
                let reply = try await session.client.health.check(
                    Returns_V1_HealthCheckRequest(), options: options
                ).message
                report.server = "\(session.settings.server)"
                report.serverVersion = TextWidth.safe(reply.serverVersion)
            }
        } catch let status as RCPStatus {
            report.problem = TextWidth.safe(status.text)
        } catch let failure as CommandFailure where failure.exit != .usage {
            report.problem = failure.text
        }
        try output.data(output.isTable ? report.text() : try report.json())
    }
}

import ArgumentParser
import ReturnsWire

struct Version: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the versions of this program and, if there is one, of the server.")
    @OptionGroup var global: GlobalOptions

    /// Nobody waits half a minute to read a version.
    static let timeoutMilliseconds: UInt32 = 2_000

    func run() async throws {
        var reply = Returns_V1_HealthCheckReply()
        var server = "no server"
        do {
            try await global.withSession(attemptsMax: 1) { session in
                let options = RCPCallOptions(timeoutMilliseconds: Self.timeoutMilliseconds)
                reply = try await session.client.health.check(
                    Returns_V1_HealthCheckRequest(), options: options
                ).message
                server = "returnsd \(TextWidth.safe(reply.serverVersion)) at \(session.settings.server)"
            }
        } catch let status as RCPStatus {
            server += ": \(status.text)"
        } catch let failure as CommandFailure where failure.exit != .usage {
            server += ": \(failure.text)"
        }
        let output = Output(format: global.output ?? .table)
        try output.show(reply) { _ in "returnsctl \(ClientVersion.current), RCP/\(RCPVersion.max)\n\(server)"
        }
    }
}

import Foundation
import ReturnsClient
import ReturnsWire

/// One run of a command against a server.
struct Session: Sendable {
    let client: ReturnsClient
    let settings: Settings
    let options: GlobalOptions
    let output: Output

    /// Options of the command's own change: the request id that the user gave counts for it alone.
    func changeOptions() throws -> RCPCallOptions {
        guard let text = options.requestID else { return RCPCallOptions() }
        guard let id = RCPRequestID(text), !id.isZero else {
            throw CommandFailure.usage("\(text) is no request id: give the 32 hexadecimal digits as printed")
        }
        return RCPCallOptions(requestID: id)
    }

    var style: Style { output.style }
}

extension GlobalOptions {
    /// How long the farewell to the server may take; the answer has been printed by then.
    private static let shutdownMillisecondsMax: Int64 = 500

    /// Runs `body` with a client that connects when it is first used.
    func withSession<Result>(
        attemptsMax: Int? = nil, _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let settings = try await Settings.load(self)
        var configuration = ReturnsClientConfiguration(
            address: settings.server, credentials: settings.credentials,
            clientName: "returnsctl \(ClientVersion.current)")
        configuration.defaultTimeoutMilliseconds = settings.timeoutMilliseconds
        configuration.shutdownMillisecondsMax = Self.shutdownMillisecondsMax
        if let attemptsMax { configuration.attemptsMax = attemptsMax }
        let client = ReturnsClient(configuration: configuration)
        let session = Session(
            client: client, settings: settings, options: self, output: Output(format: settings.output))
        do {
            let result = try await body(session)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

enum ClientVersion {
    static let current = "0.1.0"
}

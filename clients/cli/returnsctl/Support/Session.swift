import Foundation
import RCP
import RCPTracing
import ReturnsClient

/// One run of a command against a server.
struct Session: Sendable {
    let client: ReturnsClient
    let settings: Settings
    let options: GlobalOptions
    let output: Output
    /// Of the command's own change.
    let requestID: RCPRequestID
    let repetition: CommandRepetition

    /// Options of the command's own change: the request id counts for it alone.
    var changeOptions: RCPCallOptions { RCPCallOptions(requestID: requestID) }

    var style: Style { output.style }

    /// Adds to a failure how the command is repeated, where that is what to do.
    fileprivate func completed(_ error: any Error, _ witness: ChangeWitness) -> any Error {
        if var failure = error as? OutputFailure {
            if witness.hasMadeOwn {
                failure.hints = [
                    "the change was made; the same request once more shows what it came to, and changes nothing:",
                    "  \(repetition.line(requestID: requestID))",
                ]
            } else if witness.hasMadeOthers {
                failure.hints = ["what was changed until then stays changed; the same command again goes on"]
            }
            return failure
        }
        let (status, caseID): (RCPStatus, String?)
        switch error {
        case let failure as CaseFailure: (status, caseID) = (failure.status, failure.caseID)
        case let plain as RCPStatus: (status, caseID) = (plain, nil)
        default: return error
        }
        if ExitStatus(status) == .outcomeUnknown {
            return UnknownOutcome(
                status: status, caseID: caseID, repetition: repetition.line(requestID: requestID))
        }
        if UnknownToken.isSaid(by: status), let file = settings.administratorFile {
            return UnknownToken(status: status, file: file, server: settings.server)
        }
        if options.requestID != nil, status.isRequestIDReused {
            return CommandFailure.requestIDReused(caseID: caseID)
        }
        return error
    }
}

/// How long a command waits for a server that is not there.
enum Patience {
    /// A few tries: somebody waits for the answer.
    case failsFast
    /// As long as each call's timeout, which is this unless the user says otherwise.
    case waits(timeoutMilliseconds: Int64)
}

extension GlobalOptions {
    /// How long the farewell to the server may take; the answer has been printed by then.
    private static let drainTimeout = Duration.milliseconds(500)

    /// Runs `body` with a client that connects when it is first used.
    func withSession<Result>(
        attemptsMax: Int? = nil, patience: Patience = .failsFast, _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let requestID = try changeRequestID()
        let settings: Settings
        switch patience {
        case .failsFast: settings = try await Settings.load(self)
        case .waits(let timeout): settings = try await Settings.load(self, timeoutMilliseconds: timeout)
        }
        var configuration = RCPClientConfiguration.returnsd(
            address: settings.server, credentials: settings.credentials,
            clientName: "returnsctl \(ClientVersion.current)")
        configuration.allowsPlaintext = settings.allowsPlaintext
        configuration.tls = settings.tls
        configuration.compressesMessages = settings.compresses
        configuration.timeout = .milliseconds(settings.timeoutMilliseconds)
        configuration.drainTimeout = Self.drainTimeout
        let witness = ChangeWitness(ownRequestID: requestID)
        configuration.interceptors = [witness]
        if let trace = Self.traceOfEnvironment() {
            configuration.interceptors.append(RCPClientTraceParent(trace))
        }
        if case .failsFast = patience { configuration.failsFast = true }
        if let attemptsMax { configuration.attemptsMax = attemptsMax }
        let client = ReturnsClient(configuration: configuration)
        let session = Session(
            client: client, settings: settings, options: self, output: Output(format: settings.output),
            requestID: requestID,
            repetition: CommandRepetition(arguments: Array(CommandLine.arguments.dropFirst())))
        do {
            let result = try await body(session)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw session.completed(error, witness)
        }
    }

    /// The trace that the command was started in, by the variables that tools for OpenTelemetry set.
    private static func traceOfEnvironment() -> TraceContext? {
        let variables = ProcessInfo.processInfo.environment
        return variables["TRACEPARENT"].flatMap {
            TraceContext(parent: $0, state: variables["TRACESTATE"] ?? "")
        }
    }

    /// Made here unless given, so that a failure can name it.
    private func changeRequestID() throws -> RCPRequestID {
        guard let text = requestID else { return .random() }
        guard let id = RCPRequestID(text), !id.isZero else {
            throw CommandFailure.usage("\(text) is no request id: give the 32 hexadecimal digits as printed")
        }
        return id
    }
}

extension RCPStatus {
    static let requestIDReusedReason = RCPReason.requestIDReused.rawValue

    /// The server keeps another request under the request id.
    var isRequestIDReused: Bool { details.contains { $0.reason == Self.requestIDReusedReason } }
}

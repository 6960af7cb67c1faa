import ArgumentParser
import Foundation
import RCP
import ReturnsAPI
import ReturnsClient

/// What every verb on a case takes.
struct CaseVerbOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Case id.", valueName: "id"))
    var caseID: String

    @Option(
        help: ArgumentHelp("Refuse unless the case is at this version.", valueName: "version"))
    var expectedVersion: UInt64 = 0
}

/// A verb that takes one step of the procedure with a case.
protocol CaseVerb: AsyncParsableCommand {
    static var step: CaseStep { get }
    var global: GlobalOptions { get }
    var target: CaseVerbOptions { get }
    /// What is asked before the step is taken, for steps that cannot be taken back.
    var danger: String? { get }

    /// - Parameter change: names the case, the version expected and whether this is a dry run.
    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply>
}

extension CaseVerb {
    var danger: String? { nil }

    func run() async throws {
        if let danger { try await Confirmation.ask("\(danger) \(target.caseID).", global) }
        try await global.withSession { session in
            let reply = try await naming(target.caseID, session) {
                try await send(self.change, session.changeOptions, session)
            }
            try await session.show(reply)
        }
    }

    var change: Returns_V1_CaseTarget {
        .with {
            $0.caseID = target.caseID
            $0.expectedVersion = target.expectedVersion
            $0.dryRun = global.dryRun
        }
    }
}

/// Runs a call about a case, so that its refusal is reported with what can be done instead.
func naming<Result>(
    _ caseID: String, _ session: Session, _ body: () async throws -> Result
) async throws -> Result {
    do {
        return try await body()
    } catch let status as RCPStatus {
        throw await session.failure(status, caseID: caseID)
    }
}

extension Session {
    /// Says what is allowed now where a refusal leaves it out; the refusal alone has to do when that cannot be asked.
    func failure(_ status: RCPStatus, caseID: String) async -> CaseFailure {
        guard ExitStatus(status) == .conflict, let steps = try? await allowedCommands(caseID), !steps.isEmpty
        else { return CaseFailure(status: status, caseID: caseID) }
        var status = status
        if FailureReport.allowed(status).isEmpty {
            if status.details.isEmpty {
                status.details = [RCPErrorDetail(reason: status.code.name, text: status.text)]
            }
            status.details[0].allowed = steps.map { word($0.command) }
        }
        return CaseFailure(
            status: status, caseID: caseID, steps: steps, value: try? await getCase(caseID))
    }

    func allowedCommands(_ caseID: String) async throws -> [Returns_V1_AllowedCommand] {
        try await client.cases.allowedCommands(.with { $0.caseID = caseID }).message.commands
    }

    func getCase(_ caseID: String) async throws -> Returns_V1_Case {
        try await client.cases.getCase(.with { $0.caseID = caseID }).message.case
    }

    /// The server's time, for what a person says by it, such as "+4h". A reply that tells times tells the server's as well,
    /// and is shown by that. This machine's clock stands in for it nowhere: it may be off, and a test clock is not ours.
    func serverNowMilliseconds() async throws -> Int64 {
        try await client.health.check(Returns_V1_HealthCheckRequest()).message.nowMs
    }

    /// This machine's time, which tokens go by: a test clock does not move them.
    func machineNowMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// Prints what a command did.
    func show(_ reply: RCPReply<Returns_V1_CaseReply>) async throws {
        let value = reply.message.case
        var allowed: [Returns_V1_AllowedCommand] = []
        // The change is made: that the advice cannot be had is no reason to call it failed.
        if output.isTable, !options.dryRun { allowed = (try? await allowedCommands(value.id)) ?? [] }
        try output.show(reply.message) { style in
            ChangeReport(
                reply: reply.message, replayed: reply.replayed, isDryRun: options.dryRun, allowed: allowed,
                nowMilliseconds: reply.message.nowMs
            ).text(style)
        }
    }
}

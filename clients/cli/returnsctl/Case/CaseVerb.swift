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
    /// The same of the case as it is, with what the step comes to; nil where `danger` and the case's id say it.
    func question(_ value: Returns_V1_Case) -> String?
    /// Whether the step, as it is typed, may end a right of the customer.
    var mayEndRight: Bool { get }
    /// Which right of the customer the step would end; nil where it ends none. It is said in the question.
    ///
    /// - Parameter steps: What can be done with the case now.
    func warning(_ value: Returns_V1_Case, _ steps: [Returns_V1_AllowedCommand]) -> String?

    /// - Parameter change: names the case, the version expected and whether this is a dry run.
    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply>
}

extension CaseVerb {
    var danger: String? { nil }
    func question(_ value: Returns_V1_Case) -> String? { nil }
    var mayEndRight: Bool { false }

    func warning(_ value: Returns_V1_Case, _ steps: [Returns_V1_AllowedCommand]) -> String? { nil }

    func run() async throws {
        try await global.withSession { session in
            try await ask(session)
            let reply = try await naming(target.caseID, session, Self.step.kind) {
                try await send(self.change, session.changeOptions, session)
            }
            try await session.show(reply)
        }
    }

    /// The case is looked at first, and the step rehearsed: nobody is asked about one that is refused in any case. Without an answer
    /// of the server the question is asked all the same: who says yes hears from the step why it fails.
    private func ask(_ session: Session) async throws {
        guard Confirmation.isNeeded(global), danger != nil || mayEndRight else { return }
        var (warning, question): (String?, String?) = (nil, nil)
        do {
            let value = try await session.getCase(target.caseID)
            if mayEndRight {
                warning = self.warning(value, try await session.allowedCommands(target.caseID))
            }
            // What was carried out under this id before is answered as it was then, which a rehearsal is not.
            if session.options.requestID == nil { try await rehearse(session) }
            question = self.question(value)
        } catch let status as RCPStatus where [.notFound, .invalidArgument].contains(status.code) {
            throw CaseFailure(status: status, caseID: target.caseID)
        } catch is RCPStatus {
            // The step will say it.
        }
        guard danger != nil || warning != nil else { return }
        let statement = question ?? "\(danger ?? "This takes a step with case") \(target.caseID)."
        try await Confirmation.ask([statement, warning].compactMap { $0 }.joined(separator: " "), global)
    }

    /// Lets the server say why the step is refused, and changes nothing.
    private func rehearse(_ session: Session) async throws {
        var change = self.change
        change.dryRun = true
        _ = try await naming(target.caseID, session, Self.step.kind) {
            try await send(change, RCPCallOptions(), session)
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
///
/// - Parameter step: That the call takes.
func naming<Result>(
    _ caseID: String, _ session: Session, _ step: Returns_V1_CommandKind, _ body: () async throws -> Result
) async throws -> Result {
    do {
        return try await body()
    } catch let status as RCPStatus {
        throw await session.failure(status, caseID: caseID, step)
    }
}

extension Session {
    /// Says what is allowed now where a refusal leaves it out; the refusal alone has to do when that cannot be asked.
    func failure(
        _ status: RCPStatus, caseID: String, _ refused: Returns_V1_CommandKind
    ) async -> CaseFailure {
        let exit = ExitStatus(status)
        guard exit == .conflict || status.code == .permissionDenied,
            let steps = try? await allowedCommands(caseID), !steps.isEmpty
        else { return CaseFailure(status: status, caseID: caseID) }
        let roles = await myRoles()
        guard exit == .conflict else {
            return CaseFailure(status: status, caseID: caseID, steps: steps, refused: refused, roles: roles)
        }
        var status = status
        if FailureReport.allowed(status).isEmpty {
            if status.details.isEmpty {
                status.details = [RCPErrorDetail(reason: status.code.name, text: status.text)]
            }
            status.details[0].allowed = steps.map { word($0.command) }
        }
        return CaseFailure(
            status: status, caseID: caseID, steps: steps, value: try? await getCase(caseID), refused: refused,
            roles: roles)
    }

    /// Of whoever asks; none where that cannot be told.
    func myRoles() async -> [Returns_V1_Role] {
        (try? await client.admin.getServerInfo(.init()).message.roles) ?? []
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
        var roles: [Returns_V1_Role] = []
        // The change is made: that the advice cannot be had is no reason to call it failed.
        if output.isTable, !options.dryRun {
            allowed = (try? await allowedCommands(value.id)) ?? []
            // What was done before has no entry that tells in which role.
            if reply.message.entries.isEmpty { roles = await myRoles() }
        }
        try output.show(reply.message) { style in
            ChangeReport(
                reply: reply.message, replayed: reply.replayed, isDryRun: options.dryRun, allowed: allowed,
                roles: roles, nowMilliseconds: reply.message.nowMs
            ).text(style)
        }
    }
}

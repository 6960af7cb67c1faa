import Foundation
import RCP
import ReturnsAPI
import SwiftProtobuf

/// A request that adds the next version of what cases are decided by: a policy, an SLA policy, a calendar.
protocol VersionPut: Message {
    associatedtype Rule: Message
    /// What shows a version of it.
    associatedtype Shown: Message

    /// What is put, for people: "SLA policy".
    static var noun: String { get }
    /// The command that prints what a file begins with.
    static var getCommand: String { get }
    /// The field of the request, and of what shows a version, that holds the rule.
    static var field: String { get }

    var rule: Rule { get set }
    var replacesVersion: UInt64 { get set }
    var dryRun: Bool { get set }

    static func rule(of shown: Shown) -> Rule
    static func version(of rule: Rule) -> UInt64
    /// The version that the request replaces, as it is.
    func replaced(_ session: Session) async throws -> Rule
}

extension VersionPut {
    /// Reads a whole request, what the get command prints with -o json, or the rule alone.
    ///
    /// - Throws: CommandFailure.
    static func read(_ contents: Data) throws -> Self {
        do throws(JSONFault) {
            let text = try JSONText(contents)
            guard text.key(of: field) != nil else { return replacing(try JSONMessage<Rule>.read(text)) }
            if text.key(of: "replaces_version") == nil, text.key(of: "dry_run") == nil {
                return replacing(rule(of: try JSONMessage<Shown>.read(text)))
            }
            let request = try JSONMessage<Self>.read(text)
            guard request.replacesVersion == 0 else { return request }
            var replacing = replacing(request.rule)
            replacing.dryRun = request.dryRun
            return replacing
        } catch {
            throw CommandFailure(
                .failed, "the file holds no \(noun): \(error.sentence)",
                hints: ["begin with what returnsctl \(getCommand) -o json prints"])
        }
    }

    static func replacing(_ rule: Rule) -> Self {
        var request = Self()
        request.rule = rule
        request.replacesVersion = version(of: rule)
        return request
    }

    /// Looks at what the request replaces: a part of it that this build does not know is missing in any file that this build
    /// has printed, and the server could not tell that nobody meant to remove it.
    ///
    /// - Throws: CommandFailure, where the request would drop such a part.
    func requireWhole(_ session: Session) async throws {
        let replaced: Rule
        do {
            replaced = try await self.replaced(session)
        } catch let status as RCPStatus where [.notFound, .dataLoss].contains(status.code) {
            // There is none, or one that is damaged, which the server lets replace.
            return
        }
        if let failure = droppedParts(of: replaced) { throw failure }
    }

    func droppedParts(of replaced: Rule) -> CommandFailure? {
        let dropped = UnknownFields(of: replaced).subtracting(UnknownFields(of: rule))
        guard !dropped.isEmpty else { return nil }
        return CommandFailure(
            .failed,
            "\(Self.noun) version \(Self.version(of: replaced)) holds what returnsctl \(ClientVersion.current) does not know, and this would drop it: \(dropped)",
            hints: [
                "with the client of the server's build, begin again: returnsctl \(Self.getCommand) -o json"
            ])
    }
}

extension Returns_V1_PutPolicyRequest: VersionPut {
    static let noun = "policy"
    static let getCommand = "policy get"
    static let field = "policy"

    var rule: Returns_V1_Policy {
        get { policy }
        set { policy = newValue }
    }

    static func rule(of shown: Returns_V1_GetPolicyReply) -> Returns_V1_Policy { shown.policy }
    static func version(of rule: Returns_V1_Policy) -> UInt64 { rule.version }
    func replaced(_ session: Session) async throws -> Returns_V1_Policy {
        try await session.client.policies.getPolicy(.with { $0.version = replacesVersion }).message.policy
    }
}

extension Returns_V1_PutSlaPolicyRequest: VersionPut {
    static let noun = "SLA policy"
    static let getCommand = "sla policy get"
    static let field = "policy"

    var rule: Returns_V1_SlaPolicy {
        get { policy }
        set { policy = newValue }
    }

    static func rule(of shown: Returns_V1_GetSlaPolicyReply) -> Returns_V1_SlaPolicy { shown.policy }
    static func version(of rule: Returns_V1_SlaPolicy) -> UInt64 { rule.version }
    func replaced(_ session: Session) async throws -> Returns_V1_SlaPolicy {
        try await session.client.slaPolicies.getSlaPolicy(.with { $0.version = replacesVersion }).message
            .policy
    }
}

extension Returns_V1_PutCalendarRequest: VersionPut {
    static let noun = "calendar"
    static let getCommand = "calendar get NAME"
    static let field = "calendar"

    var rule: Returns_V1_WorkingCalendar {
        get { calendar }
        set { calendar = newValue }
    }

    static func rule(of shown: Returns_V1_GetCalendarReply) -> Returns_V1_WorkingCalendar { shown.calendar }
    static func version(of rule: Returns_V1_WorkingCalendar) -> UInt64 { rule.version }
    func replaced(_ session: Session) async throws -> Returns_V1_WorkingCalendar {
        let request = Returns_V1_GetCalendarRequest.with {
            $0.name = calendar.name
            $0.version = replacesVersion
        }
        return try await session.client.calendars.getCalendar(request).message.calendar
    }
}

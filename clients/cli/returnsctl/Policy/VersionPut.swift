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
    static func currentVersion(of shown: Shown) -> UInt64
    /// When a version was added, in ms since 1970 UTC, and by whom.
    static func origin(of rule: Rule) -> (atMilliseconds: Int64, by: String)
    /// A version of what the request is about; 0 is the current one.
    func shown(_ version: UInt64, _ session: Session) async throws -> Shown
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
                hints: error.reason == JSONFault.unknownField
                    ? [] : ["begin with what returnsctl \(getCommand) -o json prints"])
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
    ///
    /// - Returns: what the request changes, in words.
    func changes(_ session: Session) async throws -> VersionChanges {
        let replaced: Rule
        do {
            replaced = Self.rule(of: try await shown(replacesVersion, session))
        } catch let status as RCPStatus where status.code == .notFound {
            return VersionChanges(text: "it is the first version")
        } catch let status as RCPStatus where status.code == .dataLoss {
            // The server lets a new version replace it.
            return VersionChanges(
                text: "the version that it replaces is damaged, so nothing can be compared")
        }
        if let failure = droppedParts(of: replaced) { throw failure }
        let changes = try RuleChanges(from: replaced, to: rule)
        guard !changes.isEmpty else {
            return VersionChanges(
                text: "nothing in it is different from version \(Self.version(of: replaced))", areNone: true)
        }
        return VersionChanges(
            text: "different from version \(Self.version(of: replaced)):\n\(changes.text())")
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

/// What a put changes.
struct VersionChanges {
    /// In words.
    var text: String
    /// The version stays as it is, so nobody is asked.
    var areNone = false
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
    static func currentVersion(of shown: Returns_V1_GetPolicyReply) -> UInt64 { shown.currentVersion }
    static func origin(of rule: Returns_V1_Policy) -> (atMilliseconds: Int64, by: String) {
        (rule.createdAtMs, rule.createdBy)
    }
    func shown(_ version: UInt64, _ session: Session) async throws -> Returns_V1_GetPolicyReply {
        try await session.client.policies.getPolicy(.with { $0.version = version }).message
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
    static func currentVersion(of shown: Returns_V1_GetSlaPolicyReply) -> UInt64 { shown.currentVersion }
    static func origin(of rule: Returns_V1_SlaPolicy) -> (atMilliseconds: Int64, by: String) {
        (rule.createdAtMs, rule.createdBy)
    }
    func shown(_ version: UInt64, _ session: Session) async throws -> Returns_V1_GetSlaPolicyReply {
        try await session.client.slaPolicies.getSlaPolicy(.with { $0.version = version }).message
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
    static func currentVersion(of shown: Returns_V1_GetCalendarReply) -> UInt64 { shown.currentVersion }
    static func origin(of rule: Returns_V1_WorkingCalendar) -> (atMilliseconds: Int64, by: String) {
        (rule.createdAtMs, rule.createdBy)
    }
    func shown(_ version: UInt64, _ session: Session) async throws -> Returns_V1_GetCalendarReply {
        let request = Returns_V1_GetCalendarRequest.with {
            $0.name = calendar.name
            $0.version = version
        }
        return try await session.client.calendars.getCalendar(request).message
    }
}

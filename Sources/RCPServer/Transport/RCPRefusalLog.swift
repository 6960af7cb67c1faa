import Logging
import NIOCore

/// What was refused, and which connections the server ended, with the client's address and principal, so that an operator
/// finds the client that is wrong or wants too much.
///
/// One line in a while for each kind, limit, address and principal, and no more than a few altogether: anybody may be refused as often
/// as they like. Those that have proved who they are do not share their lines with strangers, who could use them all up; nor do
/// refusals with connections that end, as many do at once when a server stops.
package final class RCPRefusalLog: Sendable {
    private let principals = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
    private let strangers = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
    private let ends = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    package func refused(_ what: String, limit: String, principal: String) {
        guard principals.lets("\(what) \(limit) \(principal)") else { return }
        logger.notice(
            "\(what) beyond a limit", metadata: ["limit": "\(limit)", "principal": "\(principal)"])
    }

    /// - Parameter principal: nil for one that has not said HELLO, or proves nothing.
    func connectionRefused(
        _ connection: UInt64, code: String, peer: String, limit: RCPConnectionLimit?, principal: String?
    ) {
        let gate = principal == nil ? strangers : principals
        guard gate.lets("\(code) \(peer) \(limit?.rawValue ?? "") \(principal ?? "")") else { return }
        var facts: Logger.Metadata = ["connection": "\(connection)", "code": "\(code)", "peer": "\(peer)"]
        if let limit { facts["limit"] = "\(limit.rawValue)" }
        if let principal { facts["principal"] = "\(principal)" }
        logger.notice("connection refused", metadata: facts)
    }

    /// - Parameters:
    ///   - kind: what is told once in a while.
    ///   - principal: as for a refusal.
    func connectionEnded(
        _ connection: UInt64, _ message: Logger.Message, kind: String, peer: String, principal: String?,
        facts: Logger.Metadata, level: Logger.Level = .notice
    ) {
        let gate = principal == nil ? strangers : ends
        guard gate.lets("ended \(kind) \(peer) \(principal ?? "")") else { return }
        var facts = facts
        facts["connection"] = "\(connection)"
        facts["peer"] = "\(peer)"
        if let principal { facts["principal"] = "\(principal)" }
        logger.log(level: level, message, metadata: facts)
    }
}

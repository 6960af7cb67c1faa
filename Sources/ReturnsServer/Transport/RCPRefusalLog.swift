import Logging
import NIOCore

/// What was refused for a limit, and whose it was, so that an operator finds the client that wants too much.
///
/// One line in a while for each kind, limit and principal, and no more than a few altogether: anybody may be refused as often as they
/// like. Those that have proved who they are do not share their lines with strangers, who could use them all up.
final class RCPRefusalLog: Sendable {
    private let principals = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
    private let strangers = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func refused(_ what: String, limit: String, principal: String) {
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
}

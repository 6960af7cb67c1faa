import RCP
import Synchronization

/// What all connections of a server share of its limits, over all event loops.
///
/// Locked when a connection comes, is admitted and goes, and when a call that streams begins and ends; no other call asks.
final class RCPServerBooks: Sendable {
    private struct State {
        var connections: RCPConnectionBook<RCPServerChannelHandler>
        var accounts: [String: RCPPrincipalAccount] = [:]
        var streams: RCPStreamBook
    }

    private let state: Mutex<State>
    /// Messages that are not complete, or that no handler has done with.
    let received: RCPByteBudget
    /// Replies that clients have not read.
    let unsent: RCPByteBudget

    private let refusals: RCPRefusalLog

    init(_ limits: RCPTransportLimits, refusals: RCPRefusalLog) {
        self.refusals = refusals
        state = Mutex(
            State(
                connections: RCPConnectionBook(limits: limits.connections), streams: RCPStreamBook(limits)))
        received = RCPByteBudget(
            serverBytesMax: limits.serverReceivedBytesMax, principalBytesMax: limits.principalReceivedBytesMax
        )
        unsent = RCPByteBudget(
            serverBytesMax: limits.serverUnsentBytesMax, principalBytesMax: limits.principalUnsentBytesMax)
    }

    var openConnections: Int { state.withLock { $0.connections.openConnections } }
    var openHandshakes: Int { state.withLock { $0.connections.openHandshakes } }
    var openStreams: Int { state.withLock { $0.streams.openStreams } }

    func opened(
        _ connection: RCPServerChannelHandler, from address: RCPPeerAddress
    ) -> RCPConnectionBook<RCPServerChannelHandler>.Opening {
        let lot = UInt64.random(in: .min ... .max)
        return state.withLock {
            $0.connections.opened(connection.connectionNumber, connection, from: address, lot: lot)
        }
    }

    /// - Returns: the principal's account and the connection that has lost its place, or why this one has none.
    func admit(
        _ number: UInt64, _ principal: RCPPrincipal
    ) -> Result<(account: RCPPrincipalAccount, displaced: RCPServerChannelHandler?), RCPConnectionRefusal> {
        state.withLock { state in
            let admission = state.connections.admit(
                number, principal: principal.name, isAdministrator: principal.isAdministrator)
            if let limit = admission.limit { return .failure(RCPConnectionRefusal(limit: limit)) }
            if let account = state.accounts[principal.name] {
                return .success((account, admission.displaced))
            }
            let account = RCPPrincipalAccount(
                received: RCPByteBudget.Share(received), unsent: RCPByteBudget.Share(unsent))
            state.accounts[principal.name] = account
            return .success((account, admission.displaced))
        }
    }

    func closed(_ number: UInt64) {
        state.withLock { state in
            if let gone = state.connections.closed(number) { state.accounts[gone] = nil }
        }
    }

    func streamOpened(by principal: RCPPrincipal) -> RCPStreamLimit? {
        let limit = state.withLock {
            $0.streams.opened(by: principal.name, isAdministrator: principal.isAdministrator)
        }
        if let limit { refusals.refused("stream", limit: limit.rawValue, principal: principal.name) }
        return limit
    }

    func bytesRefused(_ direction: String, _ limit: RCPByteLimit, of principal: String) {
        refusals.refused("\(direction) bytes", limit: limit.rawValue, principal: principal)
    }

    func streamClosed(by principal: String) { state.withLock { $0.streams.closed(by: principal) } }
}

struct RCPConnectionRefusal: Error {
    let limit: RCPConnectionLimit
}

/// What a principal's connections share.
struct RCPPrincipalAccount: Sendable {
    let received: RCPByteBudget.Share
    let unsent: RCPByteBudget.Share
}

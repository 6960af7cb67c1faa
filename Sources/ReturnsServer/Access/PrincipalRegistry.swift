import Logging
import NIOPosix
import RCP
import RCPServer
import ReturnsDomain
import ServiceLifecycle
import Synchronization

/// Who may call, and as what: this server's copy of the store's registry, in memory as an immutable snapshot and in
/// `DIR/principals.json`. `PrincipalAdministration` keeps the two alike.
///
/// As a service it has connections look at tokens that have expired.
public final class PrincipalRegistry: Service, RCPAuthenticator {
    public static let principalsMax = 4_096
    public static let pollMilliseconds = 2_000

    private struct State {
        var snapshot: PrincipalSnapshot
        /// When open connections were told last to look at their tokens.
        var lookedAtMilliseconds: Int64
    }

    let file: PrincipalFile
    private let expiry: ExpiryClock
    private let logger: Logger
    private let state: Mutex<State>
    /// Writers take turns here, so that `state` is never locked while a disk is waited for.
    private let writing = Mutex<Void>(())
    private let changes = Atomic<UInt64>(1)

    /// Reads `directory/principals.json`, the last good list; without one nobody may call yet.
    public convenience init(directory: String, logger: Logger) throws(PrincipalError) {
        try self.init(PrincipalFile(directory: directory), logger: logger)
    }

    init(
        _ file: PrincipalFile, logger: Logger,
        wall: @escaping @Sendable () -> Int64 = { SystemClock.wall().milliseconds }
    ) throws(PrincipalError) {
        self.file = file
        expiry = ExpiryClock(directory: file.file.directory, wall: wall)
        self.logger = logger
        let snapshot = file.file.version == nil ? PrincipalSnapshot(PrincipalList())! : try file.read()
        state = Mutex(State(snapshot: snapshot, lookedAtMilliseconds: expiry.nowMilliseconds()))
    }

    // MARK: Who is it?

    /// Rises with every change; connections look again at their principal when it has.
    public var principalsMax: Int { Self.principalsMax }

    public var version: UInt64 { changes.load(ordering: .acquiring) }

    /// - Parameter peer: nil on a connection without TLS.
    public func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer?) -> RCPAuthentication {
        switch credentials {
        case .token(let bytes):
            let hash = TokenHash(of: bytes)
            if let principal = principal(under: hash) { return .accepted(principal) }
            let isHeld = state.withLock { $0.snapshot.byToken[hash] }.map { !$0.isKnownInWhole } ?? false
            return .refused(
                isHeld
                    ? "a newer returnsd keeps something of this principal that this server does not know and that may restrict it; log in at a newer server, or have this one upgraded"
                    : "the token is unknown, was revoked or has expired; ask an administrator for a new one")
        case .none:
            return .refused(
                "a token is needed; returnsctl takes it from --token-file, and on the server's own machine from admin.token in its data directory"
            )
        case .certificate:
            guard let certificate = peer?.certificate else {
                return .refused(
                    "no client certificate came with the connection; connect by TLS and present one that this server's --tls-client-ca has issued"
                )
            }
            guard let principal = principal(provenBy: certificate) else {
                return .refused(
                    "the client certificate is good, but none of the names in it is that of a principal that may log in this way: administrators need a token, others have to be created first"
                )
            }
            return .accepted(principal)
        case .other:
            return .refused("this server takes tokens and client certificates; send one of them")
        }
    }

    public func refresh(_ caller: RCPAuthenticated) -> RCPAuthenticated? {
        switch caller.proof as? Proof {
        case .token(let hash): principal(under: hash)
        case .certificate(let certificate):
            // Another of its names is another principal, as which it would have to log in.
            principal(provenBy: certificate).flatMap {
                $0.principal.name == caller.principal.name ? $0 : nil
            }
        case nil: nil
        }
    }

    /// What a caller was recognised by.
    private enum Proof: Sendable {
        case token(TokenHash)
        case certificate(RCPTLSPeer.Certificate)
    }

    /// The first of the certificate's names that is a principal's. An administrator needs a token: whoever issues certificates
    /// for other purposes must not make administrators.
    private func principal(provenBy certificate: RCPTLSPeer.Certificate) -> RCPAuthenticated? {
        let now = nowMilliseconds()
        guard now < certificate.expiresAtMilliseconds else { return nil }
        let list = state.withLock { $0.snapshot.list }
        let records = certificate.names.lazy.compactMap { list[$0] }
        guard
            let record = records.first(where: {
                !$0.isExpired(atMilliseconds: now) && !$0.isAdministrator
            }), record.isKnownInWhole
        else { return nil }
        return RCPAuthenticated(
            principal: record.principal, proof: Proof.certificate(certificate),
            expiresAtMilliseconds: certificate.expiresAtMilliseconds)
    }

    private func principal(under hash: TokenHash) -> RCPAuthenticated? {
        guard let record = state.withLock({ $0.snapshot.byToken[hash] }),
            !record.isExpired(atMilliseconds: nowMilliseconds()), record.isKnownInWhole
        else { return nil }
        return RCPAuthenticated(principal: record.principal, proof: Proof.token(hash))
    }

    // MARK: The list

    /// By name.
    public func list() -> [PrincipalRecord] { state.withLock { $0.snapshot.list.principals } }

    /// In words that stay the same while it lasts: principals that this server does not let in, since it does not know them in whole.
    var warnings: [String] {
        let held = list().filter { !$0.isKnownInWhole }.map(\.name)
        guard let first = held.first else { return [] }
        let others = held.count == 1 ? "" : " and \(held.count - 1) more"
        return [
            "a newer returnsd keeps something of the principal \(first)\(others) that this server does not know, so it does not let them in; upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
        ]
    }

    /// Who has a role and whose token has not ended.
    func names(holding role: Role) -> Set<String> {
        let now = nowMilliseconds()
        return Set(
            list().lazy.filter { $0.roles.contains(role.description) && !$0.isExpired(atMilliseconds: now) }
                .map(\.name))
    }

    /// The list with what it knows of the store's.
    var local: PrincipalList { state.withLock { $0.snapshot.list } }

    /// Puts the store's registry in force. A file that cannot be written is reported: it is the last good list of the next start.
    func take(_ list: PrincipalList, stamp: String) async throws {
        let list = list.with(stamp: stamp)
        try await onDisk { registry throws(PrincipalError) in
            guard list != registry.local else { return }
            try registry.putInForce(list)
            do throws(PrincipalError) {
                try registry.file.write(list)
            } catch {
                registry.logger.error(
                    "the last good list of principals cannot be kept", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Changes this server's list alone, for the time that the store is away.
    ///
    /// Waits for the disk on a thread of its own, so it may be called on an event loop.
    /// - Throws: `PrincipalError`.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (inout PrincipalList) throws(PrincipalError) -> Result
    ) async throws -> Result {
        try await onDisk { registry throws(PrincipalError) in
            var list = registry.local
            let result = try body(&list)
            guard list != registry.local else { return result }
            do throws(PrincipalError) {
                try registry.file.write(list)
            } catch {
                // The new list is in place all the same; whether it survives a crash is what is not known.
                if case .file(.notDurable) = error { try registry.putInForce(list) }
                throw error
            }
            try registry.putInForce(list)
            return result
        }
    }

    private func putInForce(_ list: PrincipalList) throws(PrincipalError) {
        guard let snapshot = PrincipalSnapshot(list) else {
            throw .fileMalformed(path: file.file.path, reason: "a name or token occurs twice")
        }
        state.withLock { $0.snapshot = snapshot }
        changes.add(1, ordering: .releasing)
    }

    /// Writers take turns on a thread that may wait for a disk.
    private func onDisk<Result: Sendable>(
        _ body: @escaping @Sendable (PrincipalRegistry) throws(PrincipalError) -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            try writing.withLock { _ throws(PrincipalError) in try body(self) }
        }
    }

    // MARK: Expiry

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
                try? await NIOThreadPool.singleton.runIfActive { self.look() }
            }
        }
    }

    /// Has connections look at tokens that expired since the last look.
    func look() {
        guard hasExpiredSinceLastLook(nowMilliseconds()) else { return }
        changes.add(1, ordering: .releasing)
        do throws(PrivateFileError) {
            try expiry.keep()
        } catch {
            logger.error(
                "the time of an expiry cannot be kept; after a restart with an earlier clock the token works again",
                metadata: ["reason": "\(error)"])
        }
    }

    private func hasExpiredSinceLastLook(_ now: Int64) -> Bool {
        state.withLock { state in
            let last = state.lookedAtMilliseconds
            state.lookedAtMilliseconds = now
            return state.snapshot.list.principals.contains {
                $0.isExpired(atMilliseconds: now) && !$0.isExpired(atMilliseconds: last)
            }
        }
    }

    /// Tokens expire by the machine's clock, also on a server with a test clock; it never goes back.
    public func nowMilliseconds() -> Int64 { expiry.nowMilliseconds() }
}

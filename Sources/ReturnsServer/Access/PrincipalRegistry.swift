import Logging
import NIOPosix
import ReturnsDomain
import ReturnsWire
import ServiceLifecycle
import Synchronization

/// Who may call, and as what. Kept in `DIR/principals.json`, in memory as an immutable snapshot.
///
/// As a service it looks every `pollMilliseconds` whether another process has replaced the file. A file that has
/// become unreadable or malformed is reported, and the last good one stays in force.
public final class PrincipalRegistry: Service {
    public static let principalsMax = 4_096
    public static let pollMilliseconds = 2_000

    private struct State {
        var snapshot: PrincipalSnapshot
        var fileVersion: PrivateFile.Version?
        var reportedError: PrincipalError?
        /// When open connections were told last to look at their tokens.
        var lookedAtMilliseconds: Int64
    }

    private let file: PrincipalFile
    private let expiry: ExpiryClock
    private let logger: Logger
    private let state: Mutex<State>
    /// Writers take turns here, so that `state` is never locked while a disk is waited for.
    private let writing = Mutex<Void>(())
    private let changes = Atomic<UInt64>(1)

    /// Reads `directory/principals.json`; `bootstrapAdminToken(directory:)` makes it on the first start.
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
        // The version first: a replacement in between is then seen at the next look.
        let version = file.file.version
        let snapshot = try file.read()
        state = Mutex(
            State(
                snapshot: snapshot, fileVersion: version, lookedAtMilliseconds: expiry.nowMilliseconds()))
        let unbound = snapshot.list.principals.filter(\.isUnboundByAge).map(\.name)
        if !unbound.isEmpty {
            logger.warning(
                "principals of the role channel from before they were bound see every sale channel; bind them: returnsctl principal set-channels",
                metadata: ["principals": "\(unbound.joined(separator: ", "))"])
        }
    }

    // MARK: Who is it?

    /// Rises with every change; connections look again at their principal when it has.
    var version: UInt64 { changes.load(ordering: .acquiring) }

    /// - Parameter peer: nil on a connection without TLS.
    func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer? = nil) -> Authentication {
        switch credentials {
        case .token(let bytes):
            guard let principal = principal(under: TokenHash(of: bytes)) else {
                return .refused(
                    "the token is unknown, was revoked or has expired; ask an administrator for a new one")
            }
            return .accepted(principal)
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

    /// The same principal as it is now; nil if its token is no longer good.
    func refresh(_ principal: AuthenticatedPrincipal) -> AuthenticatedPrincipal? {
        switch principal.proof {
        case .token(let hash): self.principal(under: hash)
        case .certificate(let certificate):
            // Another of its names is another principal, as which it would have to log in.
            self.principal(provenBy: certificate).flatMap {
                $0.principal.name == principal.principal.name ? $0 : nil
            }
        }
    }

    /// The first of the certificate's names that is a principal's. An administrator needs a token: whoever issues certificates
    /// for other purposes must not make administrators.
    private func principal(provenBy certificate: RCPTLSPeer.Certificate) -> AuthenticatedPrincipal? {
        let now = nowMilliseconds()
        guard now < certificate.expiresAtMilliseconds else { return nil }
        let list = state.withLock { $0.snapshot.list }
        let records = certificate.names.lazy.compactMap { list[$0] }
        guard let record = records.first(where: { !$0.isExpired(atMilliseconds: now) && !$0.isAdministrator })
        else { return nil }
        return AuthenticatedPrincipal(
            principal: record.principal, proof: .certificate(certificate))
    }

    private func principal(under hash: TokenHash) -> AuthenticatedPrincipal? {
        guard let record = state.withLock({ $0.snapshot.byToken[hash] }),
            !record.isExpired(atMilliseconds: nowMilliseconds())
        else { return nil }
        return AuthenticatedPrincipal(
            principal: record.principal, proof: .token(hash))
    }

    // MARK: Administration

    /// By name.
    public func list() -> [PrincipalRecord] { state.withLock { $0.snapshot.list.principals } }

    /// Who has a role and may log in now.
    func names(holding role: Role) -> Set<String> {
        let now = nowMilliseconds()
        return Set(
            list().lazy.filter { $0.roles.contains(role.description) && !$0.isExpired(atMilliseconds: now) }
                .map(\.name))
    }

    /// Adds a principal. The token is shown this once; only its hash is kept. A repeated request, whose reply was lost
    /// and the token with it, replaces the token.
    ///
    /// Waits for the disk on a thread of its own, so it may be called on an event loop.
    /// - Throws: `PrincipalError`.
    public func create(
        name: String, roles: Set<AccessRole>, saleChannels: [String] = [], nowMilliseconds: Int64,
        expiresAtMilliseconds: Int64? = nil, team: String? = nil, request: PrincipalRequest
    ) async throws -> (token: AccessToken, isReplay: Bool) {
        let token = AccessToken.random()
        let record = try PrincipalRecord(
            name: name, roles: roles, saleChannels: saleChannels, tokenHash: token.hash,
            createdAtMilliseconds: nowMilliseconds,
            expiresAtMilliseconds: expiresAtMilliseconds, team: team)
        let isReplay = try await change { list throws(PrincipalError) in
            if let earlier = try list.change(by: request) {
                guard var created = list[name], list.lastComingOrGoing(of: name) == earlier else {
                    throw .revokedSince(name)
                }
                created.tokenHash = token.hash
                list[name] = created
                return true
            }
            if list[name] != nil { throw .nameTaken(name) }
            guard list.principals.count < Self.principalsMax else { throw .tooManyPrincipals }
            list[name] = record
            list.remember(PrincipalChange(.create, name: name, request: request))
            return false
        }
        if !isReplay {
            log(
                "principal created", name, request,
                [
                    "roles": "\(record.roles.joined(separator: " "))",
                    "sale_channels": "\(record.saleChannels?.joined(separator: " ") ?? "")",
                    "expires_at_ms": "\(record.expiresAtMilliseconds.map { "\($0)" } ?? "never")",
                ])
        }
        return (token, isReplay)
    }

    /// Takes a principal away. Its open connections end within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`.
    public func revoke(name: String, request: PrincipalRequest) async throws -> Bool {
        try await logged("principal revoked", name, request) { list throws(PrincipalError) in
            if try list.change(by: request) != nil { return true }
            guard let record = list[name] else { throw .unknownName(name) }
            list[name] = nil
            // Tokens that end are no help for ever: one administrator has to be left whose token does not.
            if record.isAdministrator, !list.principals.contains(where: \.isLastingAdministrator) {
                throw .lastAdministrator
            }
            list.remember(PrincipalChange(.revoke, name: name, request: request))
            return false
        }
    }

    /// Moves a principal to a team, or to none. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`.
    public func setTeam(name: String, team: String?, request: PrincipalRequest) async throws -> Bool {
        try await logged("principal moved to a team", name, request, ["team": "\(team ?? "")"]) {
            list throws(PrincipalError) in
            if try list.change(by: request) != nil { return true }
            guard var record = list[name] else { throw .unknownName(name) }
            try record.set(team: team)
            list[name] = record
            list.remember(PrincipalChange(.setTeam, name: name, request: request))
            return false
        }
    }

    /// Binds a principal to other sale channels. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`.
    public func setChannels(
        name: String, saleChannels: [String], request: PrincipalRequest
    ) async throws -> Bool {
        let words = saleChannels.joined(separator: " ")
        return try await logged(
            "principal bound to sale channels", name, request, ["sale_channels": "\(words)"]
        ) { list throws(PrincipalError) in
            if try list.change(by: request) != nil { return true }
            guard var record = list[name] else { throw .unknownName(name) }
            try record.set(saleChannels: saleChannels)
            list[name] = record
            list.remember(PrincipalChange(.setChannels, name: name, request: request))
            return false
        }
    }

    /// A change that says whether its request made it before.
    private func logged(
        _ message: Logger.Message, _ name: String, _ request: PrincipalRequest, _ more: Logger.Metadata = [:],
        _ body: @escaping @Sendable (inout PrincipalList) throws(PrincipalError) -> Bool
    ) async throws -> Bool {
        let isReplay = try await change(body)
        if !isReplay { log(message, name, request, more) }
        return isReplay
    }

    /// Who was given or denied access, by whom and from where. Never a token.
    private func log(
        _ message: Logger.Message, _ name: String, _ request: PrincipalRequest, _ more: Logger.Metadata
    ) {
        let metadata: Logger.Metadata = [
            "principal": "\(name)", "by": "\(request.by)", "peer": "\(request.peer)",
        ]
        logger.notice(message, metadata: metadata.merging(more) { first, _ in first })
    }

    private func change<Result: Sendable>(
        _ body: @escaping @Sendable (inout PrincipalList) throws(PrincipalError) -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            try writing.withLock { _ throws(PrincipalError) in
                try file.file.withLock { () throws(PrincipalError) in
                    // What is in the file counts, since another process may have changed it a moment ago.
                    let before = try file.read().list
                    var after = before
                    let result = try body(&after)
                    guard after != before else { return result }
                    do throws(PrincipalError) {
                        try file.write(after)
                    } catch {
                        // The new list may be in place all the same: what is there now counts.
                        try? load()
                        throw error
                    }
                    try load()
                    return result
                }
            }
        }
    }

    // MARK: The file

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
                try? await NIOThreadPool.singleton.runIfActive { self.look() }
            }
        }
    }

    /// Takes over the file if it was replaced since the last look, and has connections look at tokens that expired.
    func look() {
        if hasExpiredSinceLastLook(nowMilliseconds()) {
            changes.add(1, ordering: .releasing)
            do throws(PrincipalError) {
                try expiry.keep()
            } catch {
                logger.error(
                    "the time of an expiry cannot be kept; after a restart with an earlier clock the token works again",
                    metadata: ["reason": "\(error)"])
            }
        }
        writing.withLock { _ in
            let version = file.file.version
            if state.withLock({ $0.fileVersion == version && $0.reportedError == nil }) { return }
            do throws(PrincipalError) {
                try load()
                logger.info("principals were changed from outside")
            } catch {
                let isNew = state.withLock { state in
                    defer { state.reportedError = error }
                    return state.reportedError != error
                }
                // Once per failure, not every two seconds.
                if isNew {
                    logger.error(
                        "principals cannot be read; the last good list stays",
                        metadata: ["reason": "\(error)"])
                }
            }
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
    func nowMilliseconds() -> Int64 { expiry.nowMilliseconds() }

    private func load() throws(PrincipalError) {
        let version = file.file.version
        let snapshot = try file.read()
        state.withLock { state in
            state.snapshot = snapshot
            state.fileVersion = version
            state.reportedError = nil
        }
        changes.add(1, ordering: .releasing)
    }
}

/// A principal and what it was recognised by.
struct AuthenticatedPrincipal: Sendable, Hashable {
    enum Proof: Sendable, Hashable {
        case token(TokenHash)
        case certificate(RCPTLSPeer.Certificate)
    }

    let principal: RCPPrincipal
    let proof: Proof
}

enum Authentication: Sendable, Hashable {
    case accepted(AuthenticatedPrincipal)
    /// The text says what to do; it does not say what was wrong with a token.
    case refused(String)
}

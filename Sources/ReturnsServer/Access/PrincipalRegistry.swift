import Logging
import NIOPosix
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
    }

    private let file: PrincipalFile
    private let logger: Logger
    private let state: Mutex<State>
    /// Writers take turns here, so that `state` is never locked while a disk is waited for.
    private let writing = Mutex<Void>(())
    private let changes = Atomic<UInt64>(1)

    /// Reads `directory/principals.json`; `bootstrapAdminToken(directory:)` makes it on the first start.
    public init(directory: String, logger: Logger) throws(PrincipalError) {
        file = PrincipalFile(directory: directory)
        self.logger = logger
        // The version first: a replacement in between is then seen at the next look.
        let version = file.file.version
        state = Mutex(State(snapshot: try file.read(), fileVersion: version))
    }

    // MARK: Who is it?

    /// Rises with every change; connections look again at their principal when it has.
    var version: UInt64 { changes.load(ordering: .acquiring) }

    func authenticate(_ credentials: RCPCredentials) -> Authentication {
        switch credentials {
        case .token(let bytes):
            guard let principal = principal(under: TokenHash(of: bytes)) else {
                return .refused("the token is unknown or was revoked; ask an administrator for a new one")
            }
            return .accepted(principal)
        case .none:
            return .refused(
                "a token is needed; returnsctl takes it from --token-file, and on the server's own machine from admin.token in its data directory"
            )
        case .certificate, .other:
            return .refused("this server takes tokens only; send one")
        }
    }

    /// The same principal as it is now; nil if its token is no longer good.
    func refresh(_ principal: AuthenticatedPrincipal) -> AuthenticatedPrincipal? {
        self.principal(under: principal.tokenHash)
    }

    private func principal(under hash: TokenHash) -> AuthenticatedPrincipal? {
        guard let record = state.withLock({ $0.snapshot.byToken[hash] }) else { return nil }
        return AuthenticatedPrincipal(
            principal: RCPPrincipal(name: record.name, roles: Set(record.roles)), tokenHash: hash)
    }

    // MARK: Administration

    /// By name.
    public func list() -> [PrincipalRecord] { state.withLock { $0.snapshot.records } }

    /// Adds a principal. The token is shown this once; only its hash is kept.
    ///
    /// Waits for the disk on a thread of its own, so it may be called on an event loop.
    /// - Throws: `PrincipalError`.
    public func create(
        name: String, roles: Set<AccessRole>, nowMilliseconds: Int64
    ) async throws -> AccessToken {
        let token = AccessToken.random()
        let record = try PrincipalRecord(
            name: name, roles: roles, tokenHash: token.hash, createdAtMilliseconds: nowMilliseconds)
        try await change { records throws(PrincipalError) in
            if records[name] != nil { throw .nameTaken(name) }
            guard records.count < Self.principalsMax else { throw .tooManyPrincipals }
            records[name] = record
        }
        return token
    }

    /// Takes a principal away. Its open connections end within five seconds.
    ///
    /// - Throws: `PrincipalError`.
    public func revoke(name: String) async throws {
        try await change { records throws(PrincipalError) in
            guard let record = records.removeValue(forKey: name) else { throw .unknownName(name) }
            if record.isAdministrator, !records.values.contains(where: \.isAdministrator) {
                throw .lastAdministrator
            }
        }
    }

    private func change(
        _ body: @escaping @Sendable (inout [String: PrincipalRecord]) throws(PrincipalError) -> Void
    ) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            try writing.withLock { _ throws(PrincipalError) in
                try file.file.withLock { () throws(PrincipalError) in
                    // What is in the file counts, since another process may have changed it a moment ago.
                    var records = try file.read().byName
                    try body(&records)
                    try file.write(Array(records.values))
                    try load()
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

    /// Takes over the file if it was replaced since the last look.
    func look() {
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

    private func load() throws(PrincipalError) {
        let version = file.file.version
        let snapshot = try file.read()
        state.withLock { $0 = State(snapshot: snapshot, fileVersion: version) }
        changes.add(1, ordering: .releasing)
    }
}

/// A principal and what it was recognised by.
struct AuthenticatedPrincipal: Sendable, Hashable {
    let principal: RCPPrincipal
    let tokenHash: TokenHash
}

enum Authentication: Sendable, Hashable {
    case accepted(AuthenticatedPrincipal)
    /// The text says what to do; it does not say what was wrong with a token.
    case refused(String)
}

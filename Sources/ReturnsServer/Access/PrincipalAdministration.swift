import Logging
import NIOCore
import ReturnsStore
import ReturnsWire
import ServiceLifecycle

/// Changes the one registry of principals, which lies in the store for all servers, and keeps this server's copy as it is.
///
/// As a service it looks every `pollMilliseconds` whether the registry was changed elsewhere. While the store is away the copy
/// stays in force, and a revocation is made in it alone; it reaches the store when that is back. What was revoked here stays
/// revoked, whatever an older copy of the store says.
public struct PrincipalAdministration: Service {
    public static let pollMilliseconds = 2_000
    /// A change that others overtook is made anew at most this often.
    static let changeAttemptsMax = 16
    static let storeMillisecondsMax: Int64 = 5_000
    /// Where it lies, for an error's text.
    static let registryText = "the store's registry of principals"

    let registry: PrincipalRegistry
    let store: ReturnsStore
    let logger: Logger
    private let gate = LogGate(period: .minutes(10))

    init(registry: PrincipalRegistry, store: ReturnsStore, logger: Logger) {
        self.registry = registry
        self.store = store
        self.logger = logger
    }

    var deadline: NIODeadline { .now() + .milliseconds(Self.storeMillisecondsMax) }

    // MARK: Changes

    /// Adds a principal. The token is shown this once; only its hash is kept. A repeated request, whose reply was lost
    /// and the token with it, replaces the token.
    ///
    /// - Throws: `PrincipalError`, or `StoreError`.
    public func create(
        name: String, roles: Set<AccessRole>, saleChannels: [String], nowMilliseconds: Int64,
        expiresAtMilliseconds: Int64? = nil, team: String? = nil, request: PrincipalRequest
    ) async throws -> (token: AccessToken, isReplay: Bool) {
        let token = AccessToken.random()
        let record = try PrincipalRecord(
            name: name, roles: roles, saleChannels: saleChannels, tokenHash: token.hash,
            createdAtMilliseconds: nowMilliseconds, expiresAtMilliseconds: expiresAtMilliseconds, team: team)
        let isReplay = try await change { list throws(PrincipalError) in
            try list.create(record, request: request)
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

    /// Takes a principal away. Its open connections end within five seconds, here and at every other server; while the store is
    /// away, here alone, and elsewhere once it is back.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`.
    public func revoke(name: String, request: PrincipalRequest) async throws -> Bool {
        let isReplay: Bool
        do {
            isReplay = try await change { list throws(PrincipalError) in
                try list.revoke(name: name, request: request)
            }
        } catch let error as StoreError {
            isReplay = try await registry.change { list throws(PrincipalError) in
                let isReplay = try list.revoke(name: name, request: request)
                list.markBehindStore()
                return isReplay
            }
            logger.warning(
                "principal revoked on this server alone; the others follow when the store is back",
                metadata: ["principal": "\(name)", "error": "\(error)"])
        }
        if !isReplay { log("principal revoked", name, request, [:]) }
        return isReplay
    }

    /// Moves a principal to a team, or to none. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`, or `StoreError`.
    public func setTeam(name: String, team: String?, request: PrincipalRequest) async throws -> Bool {
        let isReplay = try await change { list throws(PrincipalError) in
            try list.setTeam(name: name, team: team, request: request)
        }
        if !isReplay { log("principal moved to a team", name, request, ["team": "\(team ?? "")"]) }
        return isReplay
    }

    /// Binds a principal to other sale channels. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`, or `StoreError`.
    public func setChannels(
        name: String, saleChannels: [String], request: PrincipalRequest
    ) async throws -> Bool {
        let isReplay = try await change { list throws(PrincipalError) in
            try list.setChannels(name: name, saleChannels: saleChannels, request: request)
        }
        if !isReplay {
            log(
                "principal bound to sale channels", name, request,
                ["sale_channels": "\(saleChannels.joined(separator: " "))"])
        }
        return isReplay
    }

    /// Decides on the registry as it is in the store, and puts what comes of it in its place; decided anew when others were faster.
    /// A change that was made before its reply was lost is found by its request.
    func change<Result>(
        _ body: (inout PrincipalList) throws(PrincipalError) -> Result
    ) async throws -> Result {
        for _ in 0..<Self.changeAttemptsMax {
            guard let stored = try await store.loadAccess(deadline: deadline) else {
                throw PrincipalError.registryMissing
            }
            let before = try PrincipalFile.decode(stored.record, path: Self.registryText)
            var after = before.list.enforcing(revocationsOf: registry.local)
            let result = try body(&after)
            if try await replace(stored, before.list, by: after) { return result }
        }
        throw RCPStatus.tooManyConflicts()
    }

    /// - Returns: false when the registry is another one by now.
    func replace(
        _ stored: StoredAccess, _ before: PrincipalList, by after: PrincipalList
    ) async throws -> Bool {
        guard after.content != before.content else {
            try await registry.take(after, stamp: stored.stamp)
            return true
        }
        let access = StoredAccess(stamp: Self.newStamp(), record: try PrincipalFile.encode(after.content))
        guard try await store.replaceAccess(stored.stamp, by: access, deadline: deadline) else {
            return false
        }
        try await registry.take(after, stamp: access.stamp)
        return true
    }

    static func newStamp() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.text(of: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
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

    // MARK: Looking

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
                if Task.isCancelled { return }
                await look()
            }
        }
    }

    /// Takes over what was changed elsewhere, and brings to the store what was revoked here while it was away.
    func look() async {
        do {
            let stamp = try await store.accessStamp(deadline: deadline)
            if let stamp, stamp == registry.local.stamp { return }
            guard let stored = try await store.loadAccess(deadline: deadline) else {
                throw PrincipalError.registryMissing
            }
            let before = try PrincipalFile.decode(stored.record, path: Self.registryText)
            // Where others are faster, the next look takes theirs.
            _ = try await replace(
                stored, before.list, by: before.list.enforcing(revocationsOf: registry.local))
        } catch let error as StoreError where error.code != .corrupt {
            // An outage is told by the connection's own log.
            logger.debug("the registry cannot be looked at", metadata: ["error": "\(error)"])
        } catch {
            guard gate.lets("\(error)") else { return }
            logger.error(
                "principals cannot be read; the last good list stays", metadata: ["reason": "\(error)"])
        }
    }
}

import Logging
import NIOCore
import RCP
import RCPServer
import ReturnsStore
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
        let created: Logger.Metadata = [
            "roles": "\(record.roles.joined(separator: " "))",
            "sale_channels": "\(record.saleChannels?.joined(separator: " ") ?? "")",
            "expires_at_ms": "\(record.expiresAtMilliseconds.map { "\($0)" } ?? "never")",
        ]
        let isReplay = try await change { isReplay, certainty in
            if isReplay {
                log("principal's token replaced", certainty, name, request, [:])
            } else {
                log("principal created", certainty, name, request, created)
            }
        } by: { list throws(PrincipalError) in
            try list.create(record, request: request)
        }
        return (token, isReplay)
    }

    /// Takes a principal away. Its open connections end within five seconds, here and at every other server; while the store is
    /// away, here alone, and elsewhere once it is back.
    ///
    /// - Returns: whether this request did so before, and whether this server alone knows of it as yet.
    /// - Throws: `PrincipalError`.
    public func revoke(
        name: String, request: PrincipalRequest
    ) async throws -> (isReplay: Bool, isOnThisServerAlone: Bool) {
        do {
            let isReplay = try await change { _, certainty in
                log("principal revoked", certainty, name, request, [:])
            } by: { list throws(PrincipalError) in
                try list.revoke(name: name, request: request)
            }
            return (isReplay, false)
        } catch let error as StoreError {
            return try await revokeHere(name, request, after: error)
        }
    }

    /// In this server's list alone, for the time that the store is away.
    private func revokeHere(
        _ name: String, _ request: PrincipalRequest, after error: StoreError
    ) async throws -> (isReplay: Bool, isOnThisServerAlone: Bool) {
        let revoked: (isReplay: Bool, isOnThisServerAlone: Bool)
        do {
            revoked = try await afterChange(RCPStatus(error).outcome) {
                try await registry.change { list throws(PrincipalError) in
                    let wasBehind = (list.stamp ?? "").isEmpty
                    let isReplay = try list.revoke(name: name, request: request)
                    if !isReplay { list.markBehindStore() }
                    return (isReplay, !isReplay || wasBehind)
                }
            }
        } catch PrincipalError.file(.notDurable(let path, let reason)) {
            log("principal revoked", .known, name, request, [:])
            throw PrincipalError.file(.notDurable(path: path, reason: reason))
        } catch let failure as RCPFailureAfterChange {
            // In force, although it may not outlive a crash.
            if case PrincipalError.file(.notDurable) = failure.cause {
                log("principal revoked", .known, name, request, [:])
            }
            throw failure
        }
        if revoked.isOnThisServerAlone {
            logger.warning(
                "principal revoked on this server alone; the others follow when the store is back",
                metadata: ["principal": "\(name)", "error": "\(error)"])
        }
        if !revoked.isReplay { log("principal revoked", .known, name, request, [:]) }
        return revoked
    }

    /// Moves a principal to a team, or to none. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`, or `StoreError`.
    public func setTeam(name: String, team: String?, request: PrincipalRequest) async throws -> Bool {
        try await change { _, certainty in
            log("principal moved to a team", certainty, name, request, ["team": "\(team ?? "")"])
        } by: { list throws(PrincipalError) in
            try list.setTeam(name: name, team: team, request: request)
        }
    }

    /// Binds a principal to other sale channels. Its open connections know within five seconds.
    ///
    /// - Returns: whether this request did so before.
    /// - Throws: `PrincipalError`, or `StoreError`.
    public func setChannels(
        name: String, saleChannels: [String], request: PrincipalRequest
    ) async throws -> Bool {
        try await change { _, certainty in
            log(
                "principal bound to sale channels", certainty, name, request,
                ["sale_channels": "\(saleChannels.joined(separator: " "))"])
        } by: { list throws(PrincipalError) in
            try list.setChannels(name: name, saleChannels: saleChannels, request: request)
        }
    }

    /// Whether the store is known to have a change of the list.
    enum Certainty: String {
        case known
        /// Its reply was lost: the list may have changed.
        case unknown
    }

    /// Decides on the registry as it is in the store, and puts what comes of it in its place; decided anew when others were faster.
    /// A change that was made before its reply was lost is found by its request.
    ///
    /// - Parameter tell: Called whenever the list has changed, or may have, by this call: so no change goes unlogged.
    @discardableResult
    func change<Result: Sendable>(
        telling tell: (Result, Certainty) -> Void,
        by body: (inout PrincipalList) throws(PrincipalError) -> Result
    ) async throws -> Result {
        // What an attempt had decided that was refused: its reply may have been lost, and others faster behind it.
        var overtaken: Result?
        for _ in 0..<Self.changeAttemptsMax {
            let (stored, before) = try await load(behind: overtaken == nil ? .notApplied : .unknown)
            let decidedOn = before.enforcing(revocationsOf: registry.local)
            var after = decidedOn
            let result = try body(&after)
            let isChange = after.content != decidedOn.content
            let stamp: String?
            do {
                stamp = try await put(after, over: stored, before)
            } catch let error as StoreError {
                if isChange, error.outcome != .notApplied { tell(result, .unknown) }
                throw error
            }
            if let stamp {
                if isChange {
                    tell(result, .known)
                } else if let overtaken {
                    tell(overtaken, .known)
                }
                try await afterChange { try await registry.take(after, stamp: stamp) }
                return result
            }
            if isChange { overtaken = result }
        }
        throw RCPStatus.tooManyConflicts()
    }

    /// - Parameter outcome: What is known of an earlier attempt of the change.
    private func load(behind outcome: StoreError.Outcome) async throws -> (StoredAccess, PrincipalList) {
        do {
            guard let stored = try await store.loadAccess(deadline: deadline) else {
                throw PrincipalError.registryMissing
            }
            return (stored, try PrincipalFile.decode(stored.record, path: Self.registryText).list)
        } catch var error as StoreError {
            error.outcome = max(error.outcome, outcome)
            throw error
        }
    }

    /// - Returns: false when the registry is another one by now.
    func replace(
        _ stored: StoredAccess, _ before: PrincipalList, by after: PrincipalList
    ) async throws -> Bool {
        guard let stamp = try await put(after, over: stored, before) else { return false }
        try await registry.take(after, stamp: stamp)
        return true
    }

    /// - Returns: The stamp of the registry that is in the store now; nil when others were faster.
    private func put(
        _ after: PrincipalList, over stored: StoredAccess, _ before: PrincipalList
    ) async throws -> String? {
        guard after.content != before.content else { return stored.stamp }
        let access = StoredAccess(stamp: Self.newStamp(), record: try PrincipalFile.encode(after.content))
        let isPut = try await store.replaceAccess(stored.stamp, by: access, deadline: deadline)
        return isPut ? access.stamp : nil
    }

    static func newStamp() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.text(of: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Who was given or denied access, by whom and from where. Never a token.
    private func log(
        _ message: Logger.Message, _ certainty: Certainty, _ name: String, _ request: PrincipalRequest,
        _ more: Logger.Metadata
    ) {
        var metadata: Logger.Metadata = [
            "principal": "\(name)", "by": "\(request.by)", "peer": "\(request.peer)",
        ]
        if certainty == .unknown { metadata["outcome"] = "unknown" }
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

    /// Who may log in, by name, as the store has it now.
    ///
    /// - Returns: also whether the store could not be asked, so that this is what this server knew last.
    func list() async -> (principals: [PrincipalRecord], isLastKnown: Bool) {
        let isCurrent = await look()
        return (registry.list(), !isCurrent)
    }

    /// Takes over what was changed elsewhere, and brings to the store what was revoked here while it was away.
    ///
    /// - Throws: `StoreError` or `PrincipalError`, where this server's copy may not be the store's.
    func refresh() async throws {
        // Once more where others were faster.
        for _ in 0..<Self.changeAttemptsMax {
            let stamp = try await store.accessStamp(deadline: deadline)
            if let stamp, stamp == registry.local.stamp { return }
            guard let stored = try await store.loadAccess(deadline: deadline) else {
                throw PrincipalError.registryMissing
            }
            let before = try PrincipalFile.decode(stored.record, path: Self.registryText).list
            let after = before.enforcing(revocationsOf: registry.local)
            if try await replace(stored, before, by: after) { return }
        }
        throw RCPStatus.tooManyConflicts()
    }

    /// Does so as often as servers do by themselves, and tells the log alone what went wrong.
    ///
    /// - Returns: whether this server's copy is the store's now.
    @discardableResult
    func look() async -> Bool {
        do {
            try await refresh()
            for warning in registry.warnings where gate.lets(warning) { logger.error("\(warning)") }
            return true
        } catch let error as StoreError where error.code != .corrupt {
            // An outage is told by the connection's own log.
            logger.debug("the registry cannot be looked at", metadata: ["error": "\(error)"])
        } catch {
            if gate.lets("\(error)") {
                logger.error(
                    "principals cannot be read; the last good list stays", metadata: ["reason": "\(error)"])
            }
        }
        return false
    }
}

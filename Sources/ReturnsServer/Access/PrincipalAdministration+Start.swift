import Glibc
import RCPServer
import ReturnsStore

extension PrincipalAdministration {
    /// Brings this server's copy and the store's registry together before the first call.
    ///
    /// - In a store without a registry, this server's list becomes it; without a list either, this is the first start, which makes
    ///   an administrator and its token in `DIR/admin.token` (mode 0600).
    /// - A list that was never in a store, as servers had before there was one registry, is added to the registry.
    ///
    /// - Returns: whether this was the first start.
    /// - Throws: `PrincipalError`, `StoreError`.
    func start(directory: String, nowMilliseconds: Int64) async throws -> Bool {
        let isFirstStart = try await takeUp(directory: directory, nowMilliseconds: nowMilliseconds)
        // Nobody could log in as the administrator, and the file would not look like it.
        if registry.knowsToken(in: directory) == false {
            logger.notice(
                "the token in admin.token is nobody's, as after a restore: stop the server and type returnsd --new-admin-token, or remove the file (RUNBOOK.md, \"A lost administrator's token\")",
                metadata: ["file": "\(directory)/admin.token"])
        }
        return isFirstStart
    }

    private func takeUp(directory: String, nowMilliseconds: Int64) async throws -> Bool {
        var made: TokenHash?
        let tokenFile = PrivateFile(path: directory + "/admin.token")
        for _ in 0..<Self.changeAttemptsMax {
            if let stored = try await store.loadAccess(deadline: deadline) {
                let isOurs = try await join(stored, made)
                if made != nil, isOurs == false { _ = unlink(tokenFile.path) }
                if let isOurs { return isOurs }
                continue
            }
            if registry.local.principals.isEmpty {
                try PrincipalRegistry.bootstrapAdminToken(
                    directory: directory, nowMilliseconds: nowMilliseconds)
                try await registry.reload()
                made = registry.local.principals.first?.tokenHash
            }
            var list = registry.local
            bindThoseFromBefore(&list)
            let access = StoredAccess(
                stamp: Self.newStamp(), record: try PrincipalFile.encode(list.content))
            // Refused, the first attempt's reply may have been lost: then the registry may hold the token made here.
            guard try await store.replaceAccess(nil, by: access, deadline: deadline) else { continue }
            try await registry.take(list, stamp: access.stamp)
            if made == nil { logger.notice("this server's principals are the store's from now on") }
            return made != nil
        }
        throw PrincipalError.registryBusy
    }

    /// - Returns: whether the registry holds the administrator that this start has made; nil when others were faster.
    private func join(_ stored: StoredAccess, _ made: TokenHash?) async throws -> Bool? {
        let before = try PrincipalFile.decode(stored.record, path: Self.registryText).list
        var after = before.enforcing(revocationsOf: registry.local)
        var local = registry.local
        let isOurs = made.map { hash in before.principals.contains { $0.tokenHash == hash } } ?? false
        if local.stamp == nil, !local.principals.isEmpty, made == nil {
            bindThoseFromBefore(&local)
            let leftOut = after.adopt(local)
            if !leftOut.isEmpty {
                logger.warning(
                    "the store has other principals of these names, so this server's are no longer good; make new ones",
                    metadata: ["principals": "\(leftOut.joined(separator: ", "))"])
            }
        }
        guard try await replace(stored, before, by: after) else { return nil }
        return isOurs
    }

    private func bindThoseFromBefore(_ list: inout PrincipalList) {
        let unbound = list.principals.filter(\.isUnboundByAge).map(\.name)
        list.bindThoseFromBefore()
        guard !unbound.isEmpty else { return }
        logger.warning(
            "principals of the role channel from before they were bound see every sale channel; bind them: returnsctl principal set-channels",
            metadata: ["principals": "\(unbound.joined(separator: ", "))"])
    }

    /// For an administrator's token that was lost: puts a new one into `DIR/admin.token`. The old one is good no more.
    ///
    /// - Throws: `PrincipalError`, `StoreError`.
    func makeAdministratorToken(directory: String, nowMilliseconds: Int64) async throws {
        let token = AccessToken.random()
        // The token first, as at the first start.
        try PrincipalRegistry.writeAdminToken(token, directory)
        try await change { _, certainty in
            logger.notice(
                "the administrator has a new token",
                metadata: [
                    "principal": "\(PrincipalRegistry.firstAdministratorName)", "outcome": "\(certainty)",
                ])
        } by: { list throws(PrincipalError) in
            try list.renewFirstAdministrator(tokenHash: token.hash, nowMilliseconds: nowMilliseconds)
        }
    }
}

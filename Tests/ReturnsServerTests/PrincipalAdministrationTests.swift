import Foundation
import Logging
import NIOCore
import RCP
import RedisClient
import RedisTestSupport
import Synchronization
import TestSupport
import Testing

@testable import RCPServer
@testable import ReturnsServer
@testable import ReturnsStore

extension PrincipalAdministration {
    fileprivate func create(_ name: String, request: PrincipalRequest = .random()) async throws -> AccessToken
    {
        try await create(
            name: name, roles: [.service], saleChannels: [], nowMilliseconds: 5, request: request
        ).token
    }

    fileprivate func knows(_ token: AccessToken?) -> Bool {
        guard let token else { return false }
        if case .accepted = registry.authenticate(.token(Array(token.secret.utf8))) { return true }
        return false
    }
}

@Suite struct PrincipalAdministrationTests {
    @Test func theFirstStartOfAStoreAloneMakesAnAdministrator() async throws {
        try await Registries.with { registries in
            let first = try await registries.server("a")
            let second = try await registries.server("b")
            let again = try await registries.server("a")
            #expect(first.isFirstStart && !second.isFirstStart && !again.isFirstStart)
            let token = AccessToken(secret: try #require(try registries.token("a")))
            #expect(try registries.token("b") == nil)
            for server in [first, second, again] { #expect(server.administration.knows(token)) }
            #expect(
                try await !String(decoding: registries.stored().record, as: UTF8.self).contains(token.secret))
        }
    }

    /// As after the restore of a copy from before the administrator's token was renewed.
    @Test func aStartSaysThatTheTokenInItsFolderIsNobodys() async throws {
        try await Registries.with { registries in
            let first = try await registries.server("a").administration
            let copy = try await registries.stored()
            _ = try await registries.server("a")
            #expect(!registries.log.text.contains("nobody's"))
            try await first.makeAdministratorToken(
                directory: try registries.folder("a"), nowMilliseconds: 2_000)
            try await registries.restore(copy)
            _ = try await registries.server("a")
            let lines = registries.log.text.split(separator: "\n").filter { $0.contains("nobody's") }
            #expect(lines.count == 1 && lines[0].contains("--new-admin-token"))
        }
    }

    @Test func whatOneServerChangesAllServersKnow() async throws {
        try await Registries.with { registries in
            let (a, b) = (
                try await registries.server("a").administration,
                try await registries.server("b").administration
            )
            let request = PrincipalRequest(id: "1f", fingerprint: [7])
            let token = try await a.create("lena", request: request)
            #expect(a.knows(token) && !b.knows(token))
            // Whoever asks for the list is told what is so now, not what the last look found.
            let listed = await b.list()
            #expect(listed.principals.map(\.name) == ["admin", "lena"] && !listed.isLastKnown)
            #expect(b.knows(token))
            // Repeated at another server, since the reply was lost: the same principal, a new token.
            let again = try await b.create(
                name: "lena", roles: [.service], saleChannels: [], nowMilliseconds: 9, request: request)
            #expect(again.isReplay && b.knows(again.token) && !b.knows(token))
            let before = a.registry.version
            #expect(try await !b.revoke(name: "lena", request: .random()).isOnThisServerAlone)
            await a.look()
            #expect(!a.knows(again.token) && !a.knows(token) && a.registry.version > before)
            await #expect(throws: PrincipalError.unknownName("lena")) {
                _ = try await a.setTeam(name: "lena", team: "day", request: .random())
            }
        }
    }

    @Test func changesOfSeveralServersAtOnceAreAllKept() async throws {
        try await Registries.with { registries in
            let servers = [
                try await registries.server("a").administration,
                try await registries.server("b").administration,
            ]
            try await withThrowingTaskGroup { group in
                for (number, server) in servers.enumerated() {
                    group.addTask { for step in 0..<8 { _ = try await server.create("p\(number)-\(step)") } }
                }
                try await group.waitForAll()
            }
            for server in servers {
                await server.look()
                #expect(server.registry.list().count == 17)
            }
        }
    }

    @Test func whileTheStoreIsAwayTheLastGoodListServesAndOnlyRevokingWorks() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let (lena, ben) = (try await a.create("lena"), try await a.create("ben"))
            let copy = try await registries.stored()
            registries.redis.killHard()
            await #expect(throws: StoreError.self) { _ = try await a.create("eve") }
            let revoked = try await a.revoke(name: "ben", request: .random())
            #expect(!revoked.isReplay && revoked.isOnThisServerAlone)
            #expect(a.knows(lena) && !a.knows(ben))
            await a.look()
            #expect(a.knows(lena) && !a.knows(ben))
            #expect(registries.log.text.contains("on this server alone"))
            let listed = await a.list()
            #expect(listed.principals.map(\.name) == ["admin", "lena"] && listed.isLastKnown)
            // The store comes back as it was before the revocation, to a server that has started anew meanwhile.
            try registries.redis.start(arguments: Registries.durable)
            try await registries.reconnected()
            try await registries.restore(copy)
            let b = try await registries.server("b").administration
            #expect(b.knows(ben))
            let restarted = try await registries.server("a").administration
            #expect(restarted.knows(lena) && !restarted.knows(ben))
            await b.look()
            #expect(b.knows(lena) && !b.knows(ben))
        }
    }

    @Test func aRevocationOutlivesAStoreRestoredFromAnOlderCopy() async throws {
        try await Registries.with { registries in
            let (a, b) = (
                try await registries.server("a").administration,
                try await registries.server("b").administration
            )
            let ben = try await a.create("ben")
            let copy = try await registries.stored()
            _ = try await a.revoke(name: "ben", request: .random())
            let ben2 = try await a.create("ben")
            try await registries.restore(copy)
            await b.look()
            #expect(b.knows(ben))
            await a.look()
            #expect(!a.knows(ben))
            await b.look()
            #expect(!b.knows(ben) && !b.knows(ben2))
            let list = try await PrincipalFile.decode(registries.stored().record, path: "").list
            #expect(list.principals.map(\.name) == ["admin"])
        }
    }

    @Test func aRegistryThatIsGoneLeavesTheLastGoodList() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let lena = try await a.create("lena")
            _ = try await registries.store.send(
                RedisCommand("DEL", .text(StoreKeys.access)), key: StoreKeys.access, deadline: .distantFuture)
            await a.look()
            #expect(a.knows(lena) && registries.log.text.contains("last good list stays"))
            await #expect(throws: PrincipalError.registryMissing) { _ = try await a.create("ben") }
            // The next start puts it back.
            let restarted = try await registries.server("a")
            #expect(!restarted.isFirstStart && restarted.administration.knows(lena))
            #expect(try await registries.store.loadAccess() != nil)
        }
    }

    // MARK: Lists from before there was one registry

    private func writeOldList(_ registries: Registries, _ server: String, channel: String) throws
        -> AccessToken
    {
        let (admin, shop) = (AccessToken.random(), AccessToken.random())
        func entry(_ name: String, _ role: String, _ token: AccessToken) -> String {
            """
            {"name": "\(name)", "roles": ["\(role)"], "created_at_ms": 1, "token_sha256": "\(Hexadecimal.text(of: token.hash.value))"}
            """
        }
        let text = "{\"principals\": [\(entry("admin", "admin", admin)), \(entry(channel, "channel", shop))]}"
        try PrivateFile(path: registries.folder(server) + "/principals.json").replace(with: Array(text.utf8))
        return shop
    }

    @Test func theListOfAServerBecomesTheRegistry() async throws {
        try await Registries.with { registries in
            let shop = try writeOldList(registries, "a", channel: "shop-a")
            let a = try await registries.server("a")
            #expect(
                !a.isFirstStart && a.administration.knows(shop)
                    && registries.log.text.contains("set-channels"))
            #expect(a.administration.registry.list().first { $0.name == "shop-a" }?.saleChannels == ["*"])
            // Another server's list is added; a name that stands in both is the registry's.
            let other = try writeOldList(registries, "b", channel: "shop-b")
            let b = try await registries.server("b").administration
            #expect(b.knows(shop) && b.knows(other))
            #expect(registries.log.text.contains("other principals of these names"))
            await a.administration.look()
            #expect(a.administration.registry.list().map(\.name) == ["admin", "shop-a", "shop-b"])
            // Once: what is revoked later does not come back with the next start.
            _ = try await b.revoke(name: "shop-a", request: .random())
            let again = try await registries.server("a").administration
            #expect(again.registry.list().map(\.name) == ["admin", "shop-b"])
        }
    }

    @Test func aLostTokenOfTheAdministratorIsReplaced() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let lost = AccessToken(secret: try #require(try registries.token("a")))
            let b = try await registries.server("b").administration
            try await b.makeAdministratorToken(directory: registries.folder("b"), nowMilliseconds: 2_000)
            let new = AccessToken(secret: try #require(try registries.token("b")))
            #expect(b.knows(new) && !b.knows(lost))
            await a.look()
            #expect(a.knows(new) && !a.knows(lost))
        }
    }

    // MARK: The log

    @Test func changesAreLoggedWithWhoAndFromWhereAndWithoutTheToken() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            func request(_ id: String) -> PrincipalRequest {
                PrincipalRequest(id: id, fingerprint: [1], by: "anna", peer: "192.0.2.7")
            }
            let token = try await a.create(
                name: "shop", roles: [.channel], saleChannels: ["online"], nowMilliseconds: 5,
                request: request("c1")
            ).token
            _ = try await a.setChannels(name: "shop", saleChannels: ["store"], request: request("c2"))
            _ = try await a.setTeam(name: "shop", team: "day", request: request("c3"))
            for _ in 0..<2 { _ = try await a.revoke(name: "shop", request: request("c4")) }
            for word in [
                "principal created", "bound to sale channels", "moved to a team", "principal revoked",
            ] {
                let lines = registries.log.text.split(separator: "\n").filter { $0.contains(word) }
                #expect(lines.count == 1, "\(word)")
                for part in ["notice", "shop", "anna", "192.0.2.7"] {
                    #expect(lines.first?.contains(part) == true)
                }
            }
            #expect(!registries.log.text.contains(token.secret.dropFirst(4)))
        }
    }

    private func lines(_ registries: Registries, _ word: String) -> [String] {
        registries.log.text.split(separator: "\n").filter { $0.contains(word) }.map(String.init)
    }

    @Test func eachReplacementOfATokenIsLogged() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let request = PrincipalRequest(id: "1f", fingerprint: [7])
            for _ in 0..<3 { _ = try await a.create("lena", request: request) }
            #expect(lines(registries, "principal created").count == 1)
            #expect(lines(registries, "principal's token replaced").count == 2)
        }
    }

    /// Whatever becomes of the registry's reply, what is in force now stands in the log.
    @Test(arguments: LostWrite.allCases)
    private func aChangeWhoseReplyWasLostIsLogged(_ lost: LostWrite) async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let lossy = LostAccessReply(registries.store.redis, lost)
            let administration = PrincipalAdministration(
                registry: a.registry,
                store: ReturnsStore(redis: lossy, identity: registries.store.identity),
                logger: registries.log.logger)
            let request = PrincipalRequest(id: "1f", fingerprint: [7])
            if lost == .everyTime {
                await #expect(throws: StoreError.self) {
                    _ = try await administration.create("lena", request: request)
                }
            } else {
                _ = try await administration.create("lena", request: request)
            }
            let found = lines(registries, "principal created")
            #expect(found.count == 1)
            #expect(found.first?.contains("unknown") == (lost == .everyTime))
            let list = try await PrincipalFile.decode(registries.stored().record, path: "").list
            #expect(list.principals.contains { $0.name == "lena" })
        }
    }

    /// What a newer build wrote into the registry is not lost by what an older one changes there, nor does it keep what was
    /// changed elsewhere from it.
    @Test func whatANewerBuildWroteIsKept() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let tokens = try await (a.create("planner"), a.create("gone"), a.create("limited"))
            // A newer server's doing.
            var object = try await Self.contents(registries)
            var principals = try #require(object["principals"] as? [[String: Any]])
            for index in principals.indices where principals[index]["name"] as? String == "planner" {
                principals[index]["roles"] = ["planner", "service"]
            }
            for index in principals.indices where principals[index]["name"] as? String == "limited" {
                principals[index]["limits"] = [
                    "amount": 5_000, "from": ["10.0.0.0/8", NSNull()], "share": 0.25,
                ]
            }
            let gone = try #require(principals.first { $0["name"] as? String == "gone" })
            principals.removeAll { $0["name"] as? String == "gone" }
            object["principals"] = principals
            object["revoked"] = [["name": "gone", "token_sha256": gone["token_sha256"]!, "why": "left"]]
            var changes = try #require(object["changes"] as? [[String: Any]])
            changes.append([
                "name": "planner", "kind": "set_limits", "request_id": "7f", "request_sha256": "07", "by": 9,
            ])
            object["changes"] = changes
            object["sections"] = ["sso": true]
            let newer = try JSONSerialization.data(withJSONObject: object)
            try await registries.restore(StoredAccess(stamp: "newer", record: Array(newer)))

            #expect(await a.look())
            #expect(!a.knows(tokens.1))
            let authentication = a.registry.authenticate(.token(Array(tokens.0.secret.utf8)))
            guard case .accepted(let caller) = authentication else {
                return #expect(Bool(false), "refused")
            }
            #expect(caller.principal.roles == ["service"])
            #expect(!a.knows(tokens.2))

            _ = try await a.create("later")
            let kept = try await Self.contents(registries)
            for name in ["planner", "limited"] {
                let after = try #require(
                    (kept["principals"] as? [[String: Any]])?.first { $0["name"] as? String == name })
                let before = try #require(principals.first { $0["name"] as? String == name })
                #expect(try Self.text(after) == Self.text(before))
            }
            #expect(try Self.text(#require(kept["sections"])) == #"{"sso":true}"#)
            let remembered = try #require(kept["changes"] as? [Any])
            #expect(try remembered.map(Self.text).contains(Self.text(changes.last!)))
            let revoked = try #require(kept["revoked"] as? [[String: Any]])
            #expect(revoked.contains { $0["why"] as? String == "left" })
            // The copy of this server, too: its next start goes by it while the store is away.
            let copy = try await registries.server("a").administration
            #expect(copy.registry.list().first { $0.name == "planner" }?.unknownRoles == ["planner"])
        }
    }

    /// The restriction of a newer build holds at an older server too, where nothing tells whether a key is one.
    @Test func whoIsNotKnownInWholeIsNotLetIn() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            let (service, chief) = try await (
                a.create("svc"),
                a.create(
                    name: "chief", roles: [.admin], saleChannels: [], nowMilliseconds: 5, request: .random()
                ).token
            )
            let first = AccessToken(secret: try #require(try registries.token("a")))
            let before = a.registry.authenticate(.token(Array(service.secret.utf8)))
            guard case .accepted(let open) = before else { return #expect(Bool(false), "refused") }
            #expect(a.registry.warnings.isEmpty)
            try await Self.change(registries) { principals in
                for index in principals.indices { principals[index]["suspended"] = true }
            }
            #expect(await a.look())
            #expect(!a.knows(service) && !a.knows(chief))
            #expect(a.registry.refresh(open) == nil)
            guard case .refused(let text) = a.registry.authenticate(.token(Array(service.secret.utf8))) else {
                return #expect(Bool(false), "accepted")
            }
            #expect(text.contains("a newer returnsd keeps something of this principal"))
            #expect(a.registry.list().allSatisfy { $0.unknownKeyNames == ["suspended"] })
            #expect(
                a.registry.warnings.count == 1
                    && a.registry.warnings[0].contains("principal chief and 1 more"))
            #expect(registries.log.text.contains("principal chief and 1 more"))
            // Somebody can act here, and not take that away: the others are no administrators here.
            #expect(a.knows(first))
            await #expect(throws: PrincipalError.lastAdministrator) {
                try await a.revoke(name: "admin", request: .random())
            }
        }
    }

    /// What only a newer build knows of the first administrator outlives another token, as does all else that is kept of it.
    @Test func anotherTokenOfTheAdministratorKeepsTheRest() async throws {
        try await Registries.with { registries in
            let a = try await registries.server("a").administration
            _ = try await a.setTeam(name: "admin", team: "night", request: .random())
            try await Self.change(registries) { principals in
                principals[0]["roles"] = ["admin", "planner"]
                principals[0]["expires_at_ms"] = 4_000_000_000_000
                principals[0]["badge"] = 7
            }
            let before = try await Self.principal(registries, "admin")
            try await a.makeAdministratorToken(directory: registries.folder("a"), nowMilliseconds: 2_000)
            var after = try await Self.principal(registries, "admin")
            let roles = try #require(after["roles"] as? [String])
            #expect(
                Set(roles) == Set(AccessRole.firstAdministrator.map(\.rawValue)).union(["planner"]))
            #expect(after["expires_at_ms"] == nil && after["sale_channels"] as? [String] == ["*"])
            #expect(after["token_sha256"] as? String != before["token_sha256"] as? String)
            for key in ["roles", "expires_at_ms", "token_sha256"] { after[key] = before[key] }
            #expect(try Self.text(after) == Self.text(before))
            #expect(a.knows(AccessToken(secret: try #require(try registries.token("a")))))
        }
    }

    /// As another server would.
    private static func change(
        _ registries: Registries, _ body: (inout [[String: Any]]) -> Void
    ) async throws {
        var object = try await contents(registries)
        var principals = try #require(object["principals"] as? [[String: Any]])
        body(&principals)
        object["principals"] = principals
        let record = try JSONSerialization.data(withJSONObject: object)
        try await registries.restore(StoredAccess(stamp: "newer", record: Array(record)))
    }

    private static func principal(_ registries: Registries, _ name: String) async throws -> [String: Any] {
        let principals = try await contents(registries)["principals"] as? [[String: Any]]
        return try #require(principals?.first { $0["name"] as? String == name })
    }

    private static func contents(_ registries: Registries) async throws -> [String: Any] {
        let record = try await registries.stored().record
        return try #require(JSONSerialization.jsonObject(with: Data(record)) as? [String: Any])
    }

    private static func text(_ value: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
    }

    @Test func aRoleThatIsNoWordIsDamage() throws {
        let record = try PrincipalRecord(
            name: "a", roles: [.service], saleChannels: [], tokenHash: AccessToken.random().hash,
            createdAtMilliseconds: 1)
        let text = String(
            decoding: try PrincipalFile.encode(PrincipalList(principals: [record])), as: UTF8.self)
        #expect(throws: PrincipalError.self) {
            try PrincipalFile.decode(
                Array(text.replacing("\"service\"", with: "\"\"").utf8), path: "list")
        }
    }
}

import Foundation
import Glibc
import RCP
import ReturnsDomain
import Synchronization
import TestSupport
import Testing

@testable import RCPServer
@testable import ReturnsServer

@Suite struct PrincipalRegistryTests {
    private let directory: TemporaryDirectory
    private let registry: PrincipalRegistry
    private let log = CapturedLog()

    init() throws {
        directory = try TemporaryDirectory()
        try PrincipalRegistry.bootstrapAdminToken(directory: directory.path, nowMilliseconds: 1_000)
        registry = try PrincipalRegistry(directory: directory.path, logger: log.logger)
    }

    private var file: String { directory.path + "/principals.json" }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: directory.path + "/" + name, encoding: .utf8)
    }

    private func mode(_ name: String) -> mode_t {
        var status = stat()
        return stat(directory.path + "/" + name, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func principal(_ secret: String) -> RCPPrincipal? {
        switch registry.authenticate(.token(Array(secret.utf8))) {
        case .accepted(let principal): principal.principal
        case .refused: nil
        }
    }

    @Test func theFirstStartMakesAnAdministrator() throws {
        let token = try text("admin.token").trimmingCharacters(in: .newlines)
        #expect(token.hasPrefix("rtk_") && token.utf8.count == 68)
        #expect(mode("admin.token") == 0o600 && mode("principals.json") == 0o600)
        let admin = try #require(principal(token))
        #expect(admin.name == "admin")
        #expect(
            admin.roles == [
                "channel", "service", "logistics", "warehouse", "finance", "supervisor", "auditor", "admin",
            ])
        #expect(registry.list().map(\.createdAtMilliseconds) == [1_000])
        #expect(try !text("principals.json").contains(token))
    }

    @Test func laterStartsChangeNothing() throws {
        let token = try text("admin.token")
        #expect(try !PrincipalRegistry.bootstrapAdminToken(directory: directory.path, nowMilliseconds: 2_000))
        #expect(try text("admin.token") == token)
        #expect(principal(token.trimmingCharacters(in: .newlines)) != nil)
    }

    @Test func aTokenIsShownOnceAndKeptAsItsHash() async throws {
        let token = try await registry.create(
            name: "warehouse-1@hk", roles: [.warehouse, .logistics], nowMilliseconds: 5)
        #expect(
            principal(token.secret)
                == RCPPrincipal(
                    name: "warehouse-1@hk", roles: ["warehouse", "logistics"],
                    attributes: ReturnsPrincipal(roles: [.warehouse, .logistics], saleChannels: .all)))
        #expect(try !text("principals.json").contains(token.secret.dropFirst(4)))
        #expect(!"\(token)".contains("rtk_") && !String(reflecting: token).contains("rtk_"))
        #expect(!String(describing: Mirror(reflecting: token).children.map(\.value)).contains("rtk_"))
        #expect(mode("principals.json") == 0o600)
        let again = try PrincipalRegistry(directory: directory.path, logger: log.logger)
        #expect(again.list() == registry.list())
        #expect(again.list().map(\.name) == ["admin", "warehouse-1@hk"])
    }

    @Test(arguments: ["", "Anna", "a b", "ä", "a/b", "a\n", String(repeating: "a", count: 65)])
    func badNamesAreRefused(_ name: String) async {
        await #expect(throws: PrincipalError.invalidName) {
            try await registry.create(name: name, roles: [.channel], nowMilliseconds: 5)
        }
        #expect(registry.list().count == 1)
    }

    /// A refusal repeats no text that could not be a name, such as one that moves what a terminal shows.
    @Test(arguments: ["\u{1b}[2J", "a\0b", "x\u{202e}y", "", "Ann"])
    func whatIsNoNameIsNotRepeated(_ name: String) {
        var list = registry.local
        #expect(throws: PrincipalError.invalidName) { try list.revoke(name: name, request: .random()) }
        #expect(throws: PrincipalError.invalidName) {
            try list.setTeam(name: name, team: "north", request: .random())
        }
        #expect(throws: PrincipalError.invalidName) {
            try list.setChannels(name: name, saleChannels: ["online"], request: .random())
        }
    }

    @Test func impossibleChangesAreRefused() async throws {
        await #expect(throws: PrincipalError.nameTaken("admin")) {
            try await registry.create(name: "admin", roles: [.channel], nowMilliseconds: 5)
        }
        await #expect(throws: PrincipalError.noRoles) {
            try await registry.create(name: "x", roles: [], nowMilliseconds: 5)
        }
        await #expect(throws: PrincipalError.unknownName("x")) { try await registry.revoke(name: "x") }
        await #expect(throws: PrincipalError.lastAdministrator) { try await registry.revoke(name: "admin") }
    }

    @Test func anAdministratorWhoseTokenEndsIsNotTheLast() async throws {
        _ = try await registry.create(
            name: "temp", roles: [.admin], nowMilliseconds: 5, expiresAtMilliseconds: .max, request: .random()
        )
        await #expect(throws: PrincipalError.lastAdministrator) { try await registry.revoke(name: "admin") }
        _ = try await registry.create(name: "other", roles: [.admin], nowMilliseconds: 5)
        try await registry.revoke(name: "admin")
        try await registry.revoke(name: "temp")
        await #expect(throws: PrincipalError.lastAdministrator) { try await registry.revoke(name: "other") }
    }

    @Test func aRevokedTokenIsNoLongerGood() async throws {
        let token = try await registry.create(name: "x", roles: [.channel], nowMilliseconds: 5)
        let before = registry.version
        try await registry.revoke(name: "x")
        #expect(principal(token.secret) == nil)
        #expect(registry.version > before)
        // The name is free again; the old token stays worthless.
        _ = try await registry.create(name: "x", roles: [.channel], nowMilliseconds: 6)
        #expect(principal(token.secret) == nil)
    }

    // MARK: Repeated requests

    @Test func aRepeatedCreationReplacesTheTokenThatWasLost() async throws {
        let request = PrincipalRequest(id: "1f", fingerprint: [7])
        let first = try await registry.create(
            name: "lena", roles: [.service], nowMilliseconds: 5, request: request)
        let again = try await registry.create(
            name: "lena", roles: [.service], nowMilliseconds: 9, request: request)
        #expect(!first.isReplay && again.isReplay)
        #expect(principal(first.token.secret) == nil)
        #expect(principal(again.token.secret)?.name == "lena")
        #expect(registry.list().map(\.createdAtMilliseconds) == [1_000, 5])
        // Also after a restart; and another request under this id is another matter.
        let restarted = try PrincipalRegistry(directory: directory.path, logger: log.logger)
        let later = try await restarted.create(
            name: "lena", roles: [.service], nowMilliseconds: 9, request: request)
        #expect(later.isReplay)
        await #expect(throws: PrincipalError.requestIDReused) {
            _ = try await registry.create(
                name: "lena", roles: [.admin], nowMilliseconds: 9,
                request: PrincipalRequest(id: "1f", fingerprint: [8]))
        }
    }

    @Test func aRepeatedRevocationIsNoError() async throws {
        _ = try await registry.create(name: "lena", roles: [.service], nowMilliseconds: 5)
        let request = PrincipalRequest(id: "2f", fingerprint: [7])
        #expect(try await !registry.revoke(name: "lena", request: request))
        #expect(try await registry.revoke(name: "lena", request: request))
        // Whoever has the name now is another one, and stays.
        let token = try await registry.create(name: "lena", roles: [.service], nowMilliseconds: 6)
        #expect(try await registry.revoke(name: "lena", request: request))
        #expect(principal(token.secret) != nil)
    }

    @Test func aRepeatedCreationDoesNotBringBackWhoWasRevoked() async throws {
        let request = PrincipalRequest(id: "3f", fingerprint: [7])
        _ = try await registry.create(name: "lena", roles: [.service], nowMilliseconds: 5, request: request)
        try await registry.revoke(name: "lena")
        for _ in 0..<2 {
            await #expect(throws: PrincipalError.revokedSince("lena")) {
                _ = try await registry.create(
                    name: "lena", roles: [.service], nowMilliseconds: 6, request: request)
            }
            // Not even once the name is taken again.
            if registry.list().count == 1 {
                _ = try await registry.create(name: "lena", roles: [.channel], nowMilliseconds: 7)
            }
        }
    }

    @Test func aRepeatedMoveDoesNotUndoALaterOne() async throws {
        let creation = PrincipalRequest(id: "4f", fingerprint: [7])
        _ = try await registry.create(name: "lena", roles: [.service], nowMilliseconds: 5, request: creation)
        var team: String? { registry.list().first { $0.name == "lena" }?.team }
        let request = PrincipalRequest(id: "5f", fingerprint: [8])
        #expect(try await !registry.setTeam(name: "lena", team: "day", request: request))
        #expect(try await registry.setTeam(name: "lena", team: "day", request: request))
        #expect(team == "day")
        let later = PrincipalRequest(id: "6f", fingerprint: [9])
        #expect(try await !registry.setTeam(name: "lena", team: nil, request: later))
        #expect(try await registry.setTeam(name: "lena", team: "day", request: request))
        #expect(team == nil)
        // Whoever has moved can still get a new token for a reply that was lost.
        let again = try await registry.create(
            name: "lena", roles: [.service], nowMilliseconds: 9, request: creation)
        #expect(again.isReplay && principal(again.token.secret)?.name == "lena")
        await #expect(throws: PrincipalError.invalidTeam) {
            _ = try await registry.setTeam(
                name: "lena", team: "Day Shift", request: PrincipalRequest(id: "7f", fingerprint: [1]))
        }
        await #expect(throws: PrincipalError.unknownName("ben")) {
            _ = try await registry.setTeam(
                name: "ben", team: "day", request: PrincipalRequest(id: "8f", fingerprint: [1]))
        }
    }

    @Test func onlyTheLastChangesAreRemembered() {
        var list = PrincipalList()
        for number in 0...PrincipalList.changesMax {
            let request = PrincipalRequest(id: "\(number)", fingerprint: [1])
            list.remember(PrincipalChange(.create, name: "p", request: request))
        }
        #expect(list.changes.count == PrincipalList.changesMax)
        #expect(list.changes.first?.requestID == "1")
    }

    @Test func filesAreNotReadThroughLinks() throws {
        let link = PrivateFile(path: directory.path + "/link")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: file)
        let error = #expect(throws: PrivateFileError.self) { try link.read() }
        #expect(error?.description.contains("it is a link") == true)
        try FileManager.default.createSymbolicLink(
            atPath: link.path + ".lock", withDestinationPath: directory.path + "/planted")
        #expect(throws: PrivateFileError.self) { try link.withLock {} }
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/planted"))
    }

    @Test func aChangeWhoseRenameMayNotLastIsInForceAndSaysSo() async throws {
        var file = PrivateFile(path: file)
        file.syncDirectory = { _ in false }
        let registry = try PrincipalRegistry(PrincipalFile(file), logger: log.logger)
        let error = await #expect(throws: PrincipalError.self) {
            _ = try await registry.create(name: "lena", roles: [.service], nowMilliseconds: 5)
        }
        guard case .file(.notDurable) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(registry.list().map(\.name) == ["admin", "lena"])
        #expect(try text("principals.json").contains("lena"))
        #expect(error.map { RCPStatus($0).outcome } == .unknown)
    }

    // MARK: Sale channels

    @Test(arguments: [
        ([], PrincipalError.noSaleChannels), (["Online"], .invalidSaleChannels),
        (["*", "online"], .invalidSaleChannels),
        ((0...SaleChannelScope.channelsMax).map { "shop-\($0)" }, .invalidSaleChannels),
    ])
    func aChannelIsBoundToGoodNames(_ channels: [String], _ error: PrincipalError) async throws {
        await #expect(throws: error) {
            _ = try await registry.create(
                name: "shop", roles: [.channel], saleChannels: channels, nowMilliseconds: 5,
                request: .random())
        }
        await #expect(throws: PrincipalError.boundAdministrator) {
            _ = try await registry.create(
                name: "boss", roles: [.admin, .channel], saleChannels: ["online"], nowMilliseconds: 5,
                request: .random())
        }
    }

    @Test func aPrincipalIsBoundAnew() async throws {
        let creation = PrincipalRequest(id: "9f", fingerprint: [1])
        let token = try await registry.create(
            name: "shop", roles: [.channel], saleChannels: ["store", "online"], nowMilliseconds: 5,
            request: creation
        ).token
        #expect(principal(token.secret)?.saleChannels == .channels(["online", "store"]))
        let request = PrincipalRequest(id: "af", fingerprint: [1])
        #expect(try await !registry.setChannels(name: "shop", saleChannels: ["store"], request: request))
        #expect(principal(token.secret)?.saleChannels == .channels(["store"]))
        _ = try await registry.setChannels(name: "shop", saleChannels: ["*"], request: .random())
        // Repeated, it is no change; and the creation still gives a new token.
        #expect(try await registry.setChannels(name: "shop", saleChannels: ["store"], request: request))
        #expect(principal(token.secret)?.saleChannels == .all)
        let again = try await registry.create(
            name: "shop", roles: [.channel], saleChannels: ["store", "online"], nowMilliseconds: 5,
            request: creation)
        #expect(again.isReplay && principal(again.token.secret)?.saleChannels == .all)
    }

    // MARK: Expiry

    @Test func anExpiredTokenIsNoLongerGood() async throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let over = try await registry.create(
            name: "gone", roles: [.service], nowMilliseconds: 5, expiresAtMilliseconds: now - 1,
            request: .random())
        let good = try await registry.create(
            name: "here", roles: [.service], nowMilliseconds: 5, expiresAtMilliseconds: now + 60_000,
            request: .random())
        #expect(principal(over.token.secret) == nil)
        #expect(principal(good.token.secret)?.name == "here")
        await #expect(throws: PrincipalError.expiresBeforeItBegins) {
            _ = try await registry.create(
                name: "x", roles: [.service], nowMilliseconds: 5, expiresAtMilliseconds: 5, request: .random()
            )
        }
    }

    /// A wall clock that a test sets.
    private final class Wall: Sendable {
        let now = Mutex<Int64>(0)
        func set(_ milliseconds: Int64) { now.withLock { $0 = milliseconds } }
        var read: @Sendable () -> Int64 { { self.now.withLock { $0 } } }
    }

    private func registry(_ wall: Wall) throws -> PrincipalRegistry {
        try PrincipalRegistry(
            PrincipalFile(directory: directory.path), logger: log.logger, wall: wall.read)
    }

    @Test func openConnectionsLookAgainWhenATokenExpires() async throws {
        let wall = Wall()
        let registry = try registry(wall)
        _ = try await registry.create(
            name: "brief", roles: [.service], nowMilliseconds: 5, expiresAtMilliseconds: 60_000,
            request: .random())
        let before = registry.version
        wall.set(59_999)
        registry.look()
        #expect(registry.version == before)
        wall.set(60_000)
        registry.look()
        #expect(registry.version == before + 1)
        wall.set(60_001)
        registry.look()
        #expect(registry.version == before + 1)
    }

    @Test func anExpiredTokenStaysSoWhenTheClockIsSetBack() async throws {
        let wall = Wall()
        let first = try registry(wall)
        let token = try await first.create(
            name: "brief", roles: [.service], nowMilliseconds: 5, expiresAtMilliseconds: 60_000,
            request: .random()
        ).token
        func isGood(_ registry: PrincipalRegistry) -> Bool {
            if case .accepted = registry.authenticate(.token(Array(token.secret.utf8))) {
                true
            } else {
                false
            }
        }
        wall.set(59_000)
        #expect(isGood(first))
        wall.set(61_000)
        #expect(!isGood(first))
        first.look()
        wall.set(1_000)
        #expect(!isGood(first))
        // Nor after a restart.
        #expect(try !isGood(registry(wall)))
        #expect(mode("expiry-time") == 0o600)
    }

    @Test func aDamagedFileIsNoList() throws {
        let good = try text("principals.json")
        for damage in [
            "{", "{\"principals\": [{\"name\": \"a\"}]}", good.replacing("admin", with: "ADMIN"), "",
        ] {
            try damage.write(toFile: file, atomically: false, encoding: .utf8)
            #expect(throws: PrincipalError.self) {
                try PrincipalRegistry(directory: directory.path, logger: log.logger)
            }
        }
        // A new server on a store that others use has none yet.
        unlink(file)
        #expect(try PrincipalRegistry(directory: directory.path, logger: log.logger).list().isEmpty)
    }

    @Test func aFileThatOthersMayReadIsRefused() throws {
        chmod(file, 0o640)
        let error = #expect(throws: PrincipalError.self) {
            try PrincipalRegistry(directory: directory.path, logger: log.logger)
        }
        #expect(error == .file(.tooOpen(path: file)))
        #expect(error?.description.contains("chmod 600") == true)
    }

    /// To open a pipe would wait for whoever writes to it.
    @Test func aPipeIsNoFileOfPrincipals() throws {
        unlink(file)
        #expect(mkfifo(file, 0o600) == 0)
        let error = #expect(throws: PrivateFileError.self) { try PrivateFile(path: file).read() }
        #expect(error?.description.contains("it is no file") == true)
    }

    /// A revocation is noticed within five seconds, on open connections too.
    @Test func aRevocationIsNoticedWithinFiveSeconds() {
        let limits = RCPTransportLimits()
        #expect(
            PrincipalRegistry.pollMilliseconds + limits.sweepMilliseconds + limits.tickMilliseconds < 5_000)
    }

    @Test func refusalsSayWhatToDo() throws {
        for credentials in [RCPCredentials.none, .certificate, .other(kind: 9, bytes: [1]), .token([1])] {
            guard case .refused(let text) = registry.authenticate(credentials) else {
                Issue.record("\(credentials) was accepted")
                continue
            }
            #expect(text.contains(credentials == .certificate ? "connect by TLS" : "token"))
        }
    }
}

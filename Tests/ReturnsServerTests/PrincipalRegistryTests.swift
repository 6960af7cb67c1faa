import Foundation
import Glibc
import ReturnsWire
import Testing

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
                == RCPPrincipal(name: "warehouse-1@hk", roles: ["warehouse", "logistics"]))
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

    @Test func concurrentChangesAreAllKept() async throws {
        let other = try PrincipalRegistry(directory: directory.path, logger: log.logger)
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                let registry = number % 2 == 0 ? registry : other
                group.addTask {
                    _ = try await registry.create(name: "p\(number)", roles: [.channel], nowMilliseconds: 5)
                }
            }
            try await group.waitForAll()
        }
        registry.look()
        #expect(registry.list().count == 41)
    }

    @Test func aChangeByAnotherProcessIsNoticed() async throws {
        let token = try await registry.create(name: "x", roles: [.channel], nowMilliseconds: 5)
        let other = try PrincipalRegistry(directory: directory.path, logger: log.logger)
        let before = registry.version
        try await other.revoke(name: "x")
        #expect(principal(token.secret) != nil)
        registry.look()
        #expect(principal(token.secret) == nil)
        #expect(registry.version == before + 1)
        registry.look()
        #expect(registry.version == before + 1)
    }

    @Test func aDamagedFileLeavesTheLastGoodList() throws {
        let token = try text("admin.token").trimmingCharacters(in: .newlines)
        let good = try text("principals.json")
        for damage in [
            "{", "{\"principals\": [{\"name\": \"a\"}]}", good.replacing("admin", with: "ADMIN"), "",
        ] {
            try damage.write(toFile: file, atomically: false, encoding: .utf8)
            registry.look()
            #expect(principal(token) != nil)
            #expect(throws: PrincipalError.self) {
                try PrincipalRegistry(directory: directory.path, logger: log.logger)
            }
        }
        unlink(file)
        registry.look()
        #expect(principal(token) != nil)
        #expect(log.text.contains("last good list stays"))
    }

    @Test func aFileThatOthersMayReadIsRefused() throws {
        chmod(file, 0o640)
        let error = #expect(throws: PrincipalError.self) {
            try PrincipalRegistry(directory: directory.path, logger: log.logger)
        }
        #expect(error == .fileTooOpen(path: file))
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test func refusalsSayWhatToDo() throws {
        for credentials in [RCPCredentials.none, .certificate, .other(kind: 9, bytes: [1]), .token([1])] {
            guard case .refused(let text) = registry.authenticate(credentials) else {
                Issue.record("\(credentials) was accepted")
                continue
            }
            #expect(text.contains("token"))
        }
    }
}

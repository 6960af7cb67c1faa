import Foundation
import RCP
import ReturnsClient
import Testing

@testable import returnsctl

@Suite("Settings: flag, then environment, then file")
final class SettingsTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "returnsctl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("var"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    func options(_ line: String) throws -> GlobalOptions {
        try GlobalOptions.parse(line.split(separator: " ").map(String.init))
    }

    func load(_ line: String = "", _ environment: [String: String] = [:]) async throws -> Settings {
        var environment = environment
        environment["RETURNS_CONFIG"] = folder.appendingPathComponent("config.yaml").path
        return try await Settings.load(
            try options(line), environment: environment, workingDirectory: folder.path)
    }

    func writeContexts() throws {
        try write(
            "config.yaml",
            """
            current-context: desk
            contexts:
              desk:
                server: rcps://desk.example.com:7461
                token: desk-token
                output: jsonl
              store.two:
                server: unix:/run/two.sock
                token-file: \(folder.path)/two.token
            """)
        try write("two.token", "two-token\n")
    }

    @Test("compression is asked for by flag, environment or context")
    func compression() async throws {
        try write("var/admin.token", "local-token\n")
        #expect(try await load().compresses == false)
        #expect(try await load("--compress").compresses)
        #expect(try await load("", ["RETURNS_COMPRESS": "true"]).compresses)
        try write(
            "config.yaml",
            "contexts: {far: {token: x, compress: true}, near: {token: x, compress: \"false\"}}")
        #expect(try await load("--context far").compresses)
        #expect(try await load("--context near").compresses == false)
        let failure = await #expect(throws: CommandFailure.self) {
            try await load("", ["RETURNS_COMPRESS": "yes"])
        }
        #expect(failure?.text == "compress is true or false, not yes")
    }

    @Test("without any setting: the local server, a table, and the token it has left")
    func defaults() async throws {
        try write("var/admin.token", "local-token\n")
        let settings = try await load()
        #expect(settings.server == .standard)
        #expect(settings.output == .table)
        #expect(settings.timeoutMilliseconds == 30_000)
        #expect(settings.credentials == .token(Array("local-token".utf8)))
    }

    @Test("a token found on disk is not sent to another machine")
    func remote() async throws {
        try write("var/admin.token", "local-token\n")
        let failure = await #expect(throws: CommandFailure.self) {
            try await load("--server rcps://returns.example.com:7461")
        }
        #expect(failure?.exit == .notAllowed)
    }

    @Test("plaintext beyond this machine is allowed by flag, environment or context, and refused otherwise")
    func plaintext() async throws {
        try write(
            "config.yaml", "contexts: {far: {server: \"far.example.com:1\", token: x, allow-plaintext: true}}"
        )
        let far = "--server far.example.com:1"
        let failure = await #expect(throws: CommandFailure.self) {
            try await load(far, ["RETURNS_TOKEN": "x"])
        }
        #expect(failure?.exit == .usage)
        #expect(failure?.hints.contains { $0.contains("--allow-plaintext") } == true)
        #expect(try await load("--allow-plaintext \(far)", ["RETURNS_TOKEN": "x"]).allowsPlaintext)
        #expect(
            try await load(far, ["RETURNS_TOKEN": "x", "RETURNS_ALLOW_PLAINTEXT": "true"]).allowsPlaintext)
        #expect(try await load("--context far").allowsPlaintext)
        for near in ["127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/s.sock", "rcps://far.example.com:1"] {
            #expect(try await load("--server \(near)", ["RETURNS_TOKEN": "x"]).allowsPlaintext == false)
        }
    }

    @Test(
        "what others may do with a file's secret",
        arguments: [
            (0o600, nil), (0o400, nil), (0o700, nil), (0o640, "read"), (0o604, "read"), (0o644, "read"),
            (0o620, "changed"), (0o602, "changed"), (0o666, "read and changed"),
        ] as [(mode_t, String?)])
    func secretFileModes(mode: mode_t, problem: String?) {
        #expect(SecretFiles.problem(mode: mode) == problem)
    }

    @Test("strictness is asked for by flag, environment or context")
    func strict() async throws {
        let path = try write("open.token", "x")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try write("config.yaml", "contexts: {strict: {strict: true}}")
        #expect(try await load("--token-file \(path)").credentials == .token(Array("x".utf8)))
        for (line, environment) in [
            ("--strict", [:]), ("", ["RETURNS_STRICT": "true"]), ("--context strict", [:]),
        ] {
            let failure = await #expect(throws: CommandFailure.self) {
                try await load("--token-file \(path) \(line)", environment)
            }
            #expect(failure?.exit == .notAllowed)
            #expect(failure?.hints == ["make it yours alone: chmod 600 \(path)"])
        }
    }

    @Test("contexts")
    func contexts() async throws {
        try writeContexts()
        let current = try await load()
        #expect(current.server == .tls(host: "desk.example.com", port: 7461))
        #expect(current.credentials == .token(Array("desk-token".utf8)))
        #expect(current.output == .jsonl)
        for settings in [
            try await load("--context store.two"), try await load("", ["RETURNS_CONTEXT": "store.two"]),
        ] {
            #expect(settings.server == .unix(path: "/run/two.sock"))
            #expect(settings.credentials == .token(Array("two-token".utf8)))
        }
        let failure = await #expect(throws: CommandFailure.self) { try await load("--context nowhere") }
        #expect(failure?.exit == .usage)
    }

    @Test("the environment comes before the file, a flag before both")
    func precedence() async throws {
        try writeContexts()
        let flagToken = try write("flag.token", "flag-token")
        let environment = [
            "RETURNS_SERVER": "127.0.0.1:1", "RETURNS_TOKEN": "environment-token", "RETURNS_OUTPUT": "json",
            "RETURNS_TIMEOUT": "5s",
        ]
        let fromEnvironment = try await load("", environment)
        #expect(fromEnvironment.server == .tcp(host: "127.0.0.1", port: 1))
        #expect(fromEnvironment.credentials == .token(Array("environment-token".utf8)))
        #expect(fromEnvironment.output == .json)
        #expect(fromEnvironment.timeoutMilliseconds == 5_000)
        let fromFlags = try await load(
            "--server 127.0.0.1:2 --token-file \(flagToken) -o table --timeout 1m", environment)
        #expect(fromFlags.server == .tcp(host: "127.0.0.1", port: 2))
        #expect(fromFlags.credentials == .token(Array("flag-token".utf8)))
        #expect(fromFlags.output == .table)
        #expect(fromFlags.timeoutMilliseconds == 60_000)
    }

    @Test("a token file comes before a token in the environment")
    func tokenFile() async throws {
        let path = try write("env.token", "file-token")
        let settings = try await load("", ["RETURNS_TOKEN_FILE": path, "RETURNS_TOKEN": "text-token"])
        #expect(settings.credentials == .token(Array("file-token".utf8)))
    }

    @Test("a token file with something besides the token is told from a wrong token")
    func moreThanAToken() async throws {
        for (text, words) in [
            ("\u{FEFF}token\n", "BOM"), ("my token\n", "more than a token"), ("a\nb", "more than a token"),
            ("to\u{200B}ken", "no token has"),
            ("to\u{A0}ken", "no token has"), ("tokén", "no token has"),
        ] {
            let path = try write("odd.token", text)
            let failure = await #expect(throws: CommandFailure.self) {
                try await load("--token-file \(path)")
            }
            #expect(failure?.exit == .notAllowed)
            #expect(failure?.text.contains(words) == true && failure?.text.contains(path) == true)
        }
        let path16 = folder.appendingPathComponent("utf16.token").path
        try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: URL(fileURLWithPath: path16))
        for (path, words) in [(path16, "UTF-16"), (folder.path, "is a folder")] {
            let failure = await #expect(throws: CommandFailure.self) {
                try await load("--token-file \(path)")
            }
            #expect(failure?.text.contains(words) == true)
        }
        let path = try write("crlf.token", "token\r\n\n")
        #expect(try await load("--token-file \(path)").credentials == .token(Array("token".utf8)))
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ("--server nonsense", Exit.usage, "nonsense"), ("--server localhost:0", .usage, "port 0"),
            ("--server rcps://localhost:0", .usage, "port 0"), ("--timeout soon", .usage, "soon"),
            ("--token-file /nowhere/token", .notAllowed, "/nowhere/token"), ("", .notAllowed, "no token"),
        ])
    func mistakes(line: String, exit: Exit, text: String) async throws {
        let failure = await #expect(throws: CommandFailure.self) { try await load(line) }
        #expect(failure?.exit == exit)
        #expect(failure?.text.contains(text) == true)
    }

    @Test("a file that is no YAML mapping is an error, one that is missing is none")
    func brokenFile() async throws {
        try write("config.yaml", "- a\n- b\n")
        let failure = await #expect(throws: CommandFailure.self) { try await load() }
        #expect(failure?.exit == .usage)
    }

    @Test("colours only where they are wanted")
    func colours() {
        #expect(!Style.of(descriptor: -1, environment: [:]).isColoured)
        #expect(Style.plain.red("x") == "x")
        #expect(Style(isColoured: true).red("x") == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test("a new token file is its owner's alone, and never overwrites another")
    func tokenFileMode() throws {
        let path = folder.appendingPathComponent("new.token").path
        try SecretFile.create(path).write("secret")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: CommandFailure.self) { try SecretFile.create(path) }
    }
}

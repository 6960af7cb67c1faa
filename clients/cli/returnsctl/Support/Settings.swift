import Configuration
import Foundation
import RCP
import ReturnsClient
import SystemPackage

/// What flags, environment and configuration file come to, in that order.
struct Settings: Sendable {
    var server: RCPAddress
    var credentials: RCPCredentials
    /// The file that the token is from, if a returnsd on this machine wrote it for its administrator.
    var administratorFile: String?
    var allowsPlaintext: Bool
    var tls: RCPClientTLS
    var compresses: Bool
    var output: OutputFormat
    var timeoutMilliseconds: UInt32

    static let timeoutMillisecondsDefault: Int64 = 30_000
    /// Where a returnsd started in this folder leaves its administrator's token.
    static let localTokenFile = "var/\(administratorFileName)"
    private static let administratorFileName = "admin.token"
    static let tokenBytesMax = RCPLimits.credentialBytesMax

    /// - Parameter timeoutMilliseconds: unless flag, environment or file say otherwise.
    static func load(
        _ options: GlobalOptions, timeoutMilliseconds: Int64 = timeoutMillisecondsDefault,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath
    ) async throws -> Settings {
        let variables = variables(environment)
        let context = try context(options, variables, try await fileReader(environment))
        func value(_ flag: String?, _ key: String) -> String? {
            flag ?? variables.string(forKey: ConfigKey([key])) ?? context[key]
        }

        let serverText = value(options.server, "server") ?? RCPAddress.standard.description
        let server = try server(serverText)
        let allowsPlaintext =
            try options.allowPlaintext || isOn(value(nil, "allowPlaintext"), "allow-plaintext")
        guard allowsPlaintext || !server.isPlaintextBeyondThisMachine else {
            throw CommandFailure.usage(
                "the token and what this command sends would go to \(server) unencrypted",
                hints: [
                    "write rcps://\(server) if that server speaks TLS",
                    "or add --allow-plaintext if the network is encrypted by other means",
                ])
        }
        let output = try output(options, variables, context)
        var timeout = timeoutMilliseconds
        if let text = value(options.timeout, "timeout") {
            guard let milliseconds = DurationFormat.parse(text),
                (1...Int64(UInt32.max)).contains(milliseconds)
            else { throw CommandFailure.usage("\(text) is no timeout: give a duration such as 10s or 2m") }
            timeout = milliseconds
        }
        let tls = RCPClientTLS(
            caFile: value(options.caFile, "caFile"),
            certificateFile: value(options.certificateFile, "certificateFile"),
            keyFile: value(options.keyFile, "keyFile"), serverName: value(options.serverName, "serverName"))
        let secrets = SecretFiles(
            isStrict: try options.strict || isOn(value(nil, "strict"), "strict"),
            configurationFile: configurationPath(environment))
        if let keyFile = tls.keyFile { try secrets.check(keyFile, "the key file") }
        let namesToken =
            options.tokenFile != nil || ["tokenFile", "token"].contains { value(nil, $0) != nil }
        var credentials = RCPCredentials.certificate
        var tokenFile: String?
        if tls.certificateFile == nil || namesToken {
            let found = try token(
                options, variables, context, server: server, workingDirectory: workingDirectory,
                guarding: secrets)
            credentials = .token(found.bytes)
            tokenFile = found.file
        }
        let isAdministrators =
            tokenFile?.split(separator: "/").last.map { $0 == administratorFileName } ?? false
        return Settings(
            server: server, credentials: credentials,
            administratorFile: isAdministrators && server.isOnThisMachine ? tokenFile : nil,
            allowsPlaintext: allowsPlaintext, tls: tls,
            compresses: try options.compress || isOn(value(nil, "compress"), "compress"), output: output,
            timeoutMilliseconds: UInt32(timeout))
    }

    private static func isOn(_ text: String?, _ name: String) throws -> Bool {
        switch text {
        case nil, "false": return false
        case "true": return true
        default:
            throw CommandFailure.usage("\(name) is true or false, not \(text!)")
        }
    }

    private static func server(_ text: String) throws -> RCPAddress {
        do throws(RCPAddressError) {
            let server = try RCPAddress(text)
            switch server {
            case .tcp(_, port: 0), .tls(_, port: 0): throw RCPAddressError.portZero
            case .tcp, .tls, .unix: return server
            }
        } catch {
            throw CommandFailure.usage("\(text) is no server address: \(error)")
        }
    }

    /// The output format alone, for a command that can do without server and token.
    static func output(
        _ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> OutputFormat {
        let variables = variables(environment)
        return try output(
            options, variables, try context(options, variables, try await fileReader(environment)))
    }

    private static func output(
        _ options: GlobalOptions, _ variables: ConfigReader, _ context: [String: String]
    ) throws -> OutputFormat {
        let text = variables.string(forKey: "output") ?? context["output"]
        guard let output = options.output ?? OutputFormat(rawValue: text ?? OutputFormat.table.rawValue)
        else {
            throw CommandFailure.usage("\(text ?? "") is no output format: give table, json, jsonl or csv")
        }
        let command = VerbGuide.path(in: Array(CommandLine.arguments.dropFirst())).command
        guard output != .csv || command is any ListsRows.Type else {
            throw CommandFailure.usage(
                "csv is for lists, and this command prints none",
                hints: ["write -o table, -o json or -o jsonl"])
        }
        return output
    }

    // MARK: Sources

    /// A reader of its own, so that neither a key of the file nor a foreign variable can stand in for the other.
    private static func variables(_ environment: [String: String]) -> ConfigReader {
        ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
            .scoped(to: "returns")
    }

    private static func fileReader(_ environment: [String: String]) async throws -> ConfigReader {
        let path = configurationPath(environment)
        do {
            return ConfigReader(
                provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path), allowMissing: true))
        } catch {
            throw CommandFailure.usage("\(path) is not a readable YAML mapping", hints: ["\(error)"])
        }
    }

    static func configurationPath(_ environment: [String: String]) -> String {
        if let path = environment["RETURNS_CONFIG"] { return path }
        let base = environment["XDG_CONFIG_HOME"] ?? "\(environment["HOME"] ?? "")/.config"
        return "\(base)/returns/config.yaml"
    }

    private static let contextKeys = [
        "server", "tokenFile", "token", "output", "timeout", "caFile", "certificateFile", "keyFile",
        "serverName", "compress", "allowPlaintext", "strict",
    ]

    /// The values of the chosen context; keys as in `contextKeys`, in the file as `server`, `token-file`, ….
    private static func context(
        _ options: GlobalOptions, _ variables: ConfigReader, _ reader: ConfigReader
    ) throws -> [String: String] {
        let named = options.context ?? variables.string(forKey: "context")
        guard let name = named ?? reader.string(forKey: ConfigKey(["current-context"])) else { return [:] }
        var values: [String: String] = [:]
        for key in contextKeys {
            let fileKey = key.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)" }
            values[key] = reader.string(
                forKey: ConfigKey(["contexts", name, fileKey]), isSecret: key == "token")
        }
        if values.isEmpty {
            throw CommandFailure.usage(
                "there is no context \(name) in the configuration file",
                hints: ["write it there under contexts: \(name): server: HOST:PORT"])
        }
        return values
    }

    // MARK: Token

    private static func token(
        _ options: GlobalOptions, _ variables: ConfigReader, _ context: [String: String],
        server: RCPAddress, workingDirectory: String, guarding secrets: SecretFiles
    ) throws -> (bytes: [UInt8], file: String?) {
        func ofFile(_ file: String) throws -> (bytes: [UInt8], file: String?) {
            (try token(file: file, secrets), file)
        }
        if let file = options.tokenFile { return try ofFile(file) }
        if let file = variables.string(forKey: "tokenFile") { return try ofFile(file) }
        if let text = variables.string(forKey: "token", isSecret: true) {
            return (try token(text, from: "RETURNS_TOKEN"), nil)
        }
        if let file = context["tokenFile"] { return try ofFile(file) }
        if let text = context["token"] {
            try secrets.check(secrets.configurationFile, "the configuration file with a token")
            return (try token(text, from: "the configuration file"), nil)
        }
        let local = "\(workingDirectory)/\(localTokenFile)"
        // A token found by chance is never sent to another machine.
        if server.isOnThisMachine, FileManager.default.fileExists(atPath: local) {
            return try ofFile(local)
        }
        throw CommandFailure(
            .notAllowed, "no token to log in with",
            hints: [
                "give --token-file FILE, or set RETURNS_TOKEN_FILE;"
                    + " a returnsd on this machine writes \(localTokenFile) into the folder it was started in"
            ])
    }

    private static func token(file: String, _ secrets: SecretFiles) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Self.unreadable(tokenFile: file)
        }
        try secrets.check(file, "the token file")
        guard !InputText.isUTF16(data) else {
            throw CommandFailure(
                .notAllowed, "\(file) is UTF-16 text", hints: ["save it as plain text, in UTF-8 without BOM"])
        }
        return try token(String(decoding: data, as: UTF8.self), from: file)
    }

    private static func unreadable(tokenFile file: String) -> CommandFailure {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
        let problem = isDirectory.boolValue ? "is a folder" : exists ? "cannot be read" : "does not exist"
        let isOthers = exists && !isDirectory.boolValue
        return CommandFailure(
            .notAllowed, "the token file \(file) \(problem)",
            hints: [isOthers ? "it belongs to the user who runs returnsd" : "give --token-file FILE"])
    }

    private static func token(_ text: String, from place: String) throws -> [UInt8] {
        let token = Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
        guard !token.isEmpty, token.count <= tokenBytesMax else {
            throw CommandFailure(.notAllowed, "\(place) holds no token")
        }
        // As it is, the server would call it unknown or expired, and a new one would not help.
        guard !text.hasPrefix("\u{FEFF}") else {
            throw CommandFailure(
                .notAllowed, "\(place) begins with a mark of its encoding (BOM), which is no part of a token",
                hints: ["save it as plain text, without BOM"])
        }
        // Some of these are seen by nobody: a zero-width space, a no-break one.
        guard token.allSatisfy({ $0 < 0x80 }) else {
            throw CommandFailure(
                .notAllowed, "\(place) holds a character that no token has, and that may be invisible",
                hints: ["copy the token once more, as plain text: its letters are those of ASCII"])
        }
        guard token.allSatisfy({ $0 > UInt8(ascii: " ") && $0 != 0x7F }) else {
            throw CommandFailure(
                .notAllowed, "\(place) holds more than a token",
                hints: ["a token is one word: leave nothing else in it"])
        }
        return token
    }
}

import ArgumentParser
import Foundation

/// Options that every command takes, before or after its noun and verb.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Server: HOST:PORT, rcps://HOST:PORT for TLS, or unix:PATH. (default: 127.0.0.1:7461; RETURNS_SERVER)",
            valueName: "address")
    )
    var server: String?

    @Option(help: ArgumentHelp("File with the API token. (RETURNS_TOKEN_FILE)", valueName: "file"))
    var tokenFile: String?

    @Flag(
        help: "Send token and calls unencrypted to another machine. (RETURNS_ALLOW_PLAINTEXT=true)")
    var allowPlaintext = false

    @Flag(
        help: "Refuse a token file that others may read, instead of warning. (RETURNS_STRICT=true)")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "Authorities that may have issued the server's certificate, as PEM; the system's unless given. (RETURNS_CA_FILE)",
            valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Client certificate to log in with, as PEM. (RETURNS_CERTIFICATE_FILE)", valueName: "file"))
    var certificateFile: String?

    @Option(
        help: ArgumentHelp(
            "The client certificate's private key, as PEM. (RETURNS_KEY_FILE)", valueName: "file"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "Name that the server's certificate has to hold; the address's own unless given. (RETURNS_SERVER_NAME)",
            valueName: "name"))
    var serverName: String?

    @Flag(help: "Compress messages both ways, for slow networks. (RETURNS_COMPRESS=true)")
    var compress = false

    @Option(
        help: ArgumentHelp("Context in ~/.config/returns/config.yaml. (RETURNS_CONTEXT)", valueName: "name"))
    var context: String?

    @Option(name: .shortAndLong, help: "Output: table, json, jsonl, or csv of lists. (RETURNS_OUTPUT)")
    var output: OutputFormat?

    @Option(
        help: ArgumentHelp(
            "Zone of all times shown, and of those typed without an offset, such as Europe/London; that of TZ, else this machine's, unless given.",
            valueName: "zone"))
    var zone: String?

    @Flag(name: .shortAndLong, help: "Do not ask before dangerous steps.")
    var yes = false

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time for one call, retries included, such as 10s or 2m. (RETURNS_TIMEOUT)", valueName: "duration"
        ))
    var timeout: String?

    @Option(
        help: ArgumentHelp(
            "Request id of a change whose outcome is unknown: makes it if it was not made.", valueName: "hex")
    )
    var requestID: String?

    func validate() throws {
        guard let zone, TimeZone(identifier: zone) == nil else { return }
        throw ValidationError("'\(zone)' is no time zone: write it like Europe/London")
    }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table
    case json
    case jsonl
    /// Of lists alone (`ListsRows`).
    case csv
}

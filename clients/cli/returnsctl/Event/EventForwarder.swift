import Foundation
import HTTPPosting
import RCPClient
import ReturnsAPI

/// Posts events to an address as a webhook would, signed and one after the other: for who writes a receiver, or has none that
/// the server reaches.
struct EventForwarder: Sendable {
    private let poster: HTTPPoster
    private let url: String
    private let secret: [UInt8]

    static let urlBytesMax = 2_048
    static let secretBytes = 32
    /// An event that is not taken is posted again so often in all, with such waits between, and then it is for a person.
    static let attemptsMax = 5
    static let waitMillisecondsMin: Int64 = 200
    static let waitMillisecondsMax: Int64 = 5_000

    /// - Parameter secretFile: Holds what posts are signed with; without it a secret is made, and told.
    init(to url: String, secretFile: String?) throws {
        do throws(HTTPPostURL.Refusal) {
            try HTTPPostURL.check(url, bytesMax: Self.urlBytesMax)
        } catch {
            throw CommandFailure.usage("--forward-to \(url): \(error.text)")
        }
        self.url = url
        poster = HTTPPoster(limits: HTTPPostLimits(), userAgent: "returnsctl/\(ClientVersion.current)")
        guard let secretFile else {
            secret = WebhookSignature.randomSecret(bytes: Self.secretBytes)
            Output.note(
                "posts are signed with \(WebhookSignature.secretText(secret)); the next run makes another secret, unless --forward-secret gives this one"
            )
            return
        }
        let text: String
        do { text = try String(contentsOfFile: secretFile, encoding: .utf8) } catch {
            throw CommandFailure.usage(
                "--forward-secret \(secretFile): there is no such file, or it cannot be read as text",
                hints: ["webhook create --save FILE writes one; without --forward-secret a secret is made"])
        }
        guard let secret = WebhookSignature.secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else {
            throw CommandFailure.usage(
                "--forward-secret \(secretFile) holds no secret",
                hints: ["it is a line such as whsec_… , as webhook create --save writes it"])
        }
        self.secret = secret
    }

    /// Ends what is under way.
    func stop() { poster.stop() }

    /// Posts until the event is taken.
    ///
    /// - Returns: What the receiver answered, for people: "→ 200".
    /// - Throws: `CommandFailure` where it is not taken in `attemptsMax` attempts.
    func forward(_ event: Returns_V1_Event) async throws -> String {
        let json = Array(try event.jsonUTF8Bytes() as [UInt8])
        var wait = Self.waitMillisecondsMin
        for attempt in 1... {
            let seconds = Int64(Date().timeIntervalSince1970)
            let answer = await poster.post(
                .signed(json, to: url, secrets: [secret], id: event.id, seconds: seconds))
            try Task.checkCancellation()
            if answer.isTaken { return "→ \(answer.status)" }
            let words = answer.error.map { "no answer (\($0.rawValue))" } ?? "\(answer.status)"
            guard attempt < Self.attemptsMax else {
                throw CommandFailure(
                    .unavailable,
                    "\(url) has not taken event \(TextWidth.safe(event.id)) in \(attempt) attempts: \(words)",
                    hints: [
                        "mend the receiver, and type the same line again: with --cursor-file, or --group and --consumer, it goes on there; some events before it may come again, by the same webhook-id"
                    ])
            }
            Output.note("event \(TextWidth.safe(event.id)): \(words); trying again")
            let asked = min(answer.retryAfterMilliseconds, Self.waitMillisecondsMax)
            try await Task.sleep(for: .milliseconds(max(wait, asked)))
            wait = min(Self.waitMillisecondsMax, wait * 2)
        }
        preconditionFailure("attempts without end")
    }
}

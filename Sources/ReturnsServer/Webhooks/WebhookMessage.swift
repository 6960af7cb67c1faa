import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf

/// One event, ready to be posted: signed at the time of the post.
struct WebhookMessage: Sendable {
    var url: String
    var headers: [String]
    var body: [UInt8]

    init(_ event: Returns_V1_Event, to webhook: Webhook, now: Instant) throws {
        body = Array(try event.jsonUTF8Bytes() as [UInt8])
        url = webhook.url
        let seconds = now.milliseconds / 1_000
        let signature = WebhookSignature.text(
            secrets: webhook.secrets(at: now), id: event.id, seconds: seconds, body: body)
        headers = [
            "content-type: application/json", "webhook-id: \(event.id)", "webhook-timestamp: \(seconds)",
            "webhook-signature: \(signature)",
            // Waiting for "100 Continue" would only cost time: an event is small.
            "expect:",
        ]
    }
}

/// What came of posting.
struct WebhookAnswer: Hashable, Sendable {
    /// 0 without an answer.
    var status = 0
    /// Why there is none.
    var error = Returns_V1_WebhookDeliveryError.unspecified
    var retryAfterMilliseconds: Int64 = 0
    var durationMilliseconds: Int64 = 0

    var isTaken: Bool { (200..<300).contains(status) }
    /// The receiver wants no more, ever.
    var isGone: Bool { status == 410 }

    static let stopped = WebhookAnswer(error: .stopped)
}

/// How long an event waits for its next attempt.
struct WebhookBackoff {
    var limits: WebhookLimits

    /// - Parameters:
    ///   - attempts: that have failed, at least one.
    ///   - share: 0 to 1, drawn: receivers that come back are not met by everything at once.
    func milliseconds(attempts: Int, retryAfterMilliseconds: Int64, share: Double) -> Int64 {
        let doublings = min(attempts - 1, 30)
        let longest = min(limits.retryMillisecondsMax, limits.retryMillisecondsMin << doublings)
        let wait = longest / 2 + Int64(Double(longest / 2) * share)
        return max(wait, min(retryAfterMilliseconds, limits.retryMillisecondsMax))
    }
}

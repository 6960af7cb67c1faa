import HTTPPosting
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf

extension HTTPPost {
    /// One event, signed with what the webhook signs with now.
    init(_ event: Returns_V1_Event, to webhook: Webhook, now: Instant) throws {
        self = .signed(
            Array(try event.jsonUTF8Bytes() as [UInt8]), to: webhook.url, secrets: webhook.secrets(at: now),
            id: event.id, seconds: now.milliseconds / 1_000)
    }
}

extension HTTPPostAnswer {
    /// The receiver wants no more, ever.
    var isGone: Bool { status == 410 }

    /// Unspecified with an answer.
    var deliveryError: Returns_V1_WebhookDeliveryError {
        switch error {
        case nil: .unspecified
        case .resolve: .resolve
        case .connect: .connect
        case .tls: .tls
        case .timeout: .timeout
        case .closed: .closed
        case .stopped: .stopped
        case .failed: .failed
        }
    }
}

extension HTTPPostURL {
    static func check(ofWebhook url: String, _ limits: WebhookLimits) throws(CaseRejection) {
        do throws(Refusal) {
            try check(url, bytesMax: limits.urlBytesMax)
        } catch {
            throw .invalid(error.code, "url", error.text)
        }
    }
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

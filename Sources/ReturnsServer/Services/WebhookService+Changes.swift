import HTTPPosting
import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

/// What changes of a webhook in place (N25).
extension WebhookService {
    func updateWebhook(
        _ request: Returns_V1_UpdateWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_UpdateWebhookReply> {
        if request.hasURL { try HTTPPostURL.check(ofWebhook: request.url, limits) }
        let filter = request.hasFilter ? try EventFilter(request.filter, limits: eventLimits) : nil
        let giveUp = try giveUpMilliseconds(request.giveUpAfterMs)
        let attempts = try attemptsMax(request.attemptsMax)
        guard request.hasURL || filter != nil || giveUp != nil || attempts != nil else {
            throw CaseRejection.invalid(
                "NOTHING_TO_CHANGE", "name",
                "give what is to change: url, filter, give_up_after_ms or attempts_max")
        }
        let answer = try await change(request.name, context) { webhook, state in
            var changed = webhook
            var fields: [WebhookField] = []
            var orders: [Int: ConsumerOrder] = [:]
            if request.hasURL, request.url != webhook.url {
                changed.url = request.url
                // What failed at the address before says nothing of this one, neither of it nor of the event that comes next.
                fields = [.failures(0), .failingSince(nil)]
                // Whoever delivers goes on meanwhile, so its place is not said: events would come again.
                for partition in state.progress.indices {
                    orders[partition] = ConsumerOrder(forgetsAttempts: true)
                }
            }
            if let filter { changed.filter = filter }
            if let giveUp { changed.giveUpMilliseconds = giveUp }
            if let attempts { changed.attemptsMax = attempts }
            if changed == webhook { return .none }
            // One that has ended is not written once more.
            if changed.secrets(at: SystemClock.wall()).count == 1 { changed.oldSecret = nil }
            return Decision(fields: fields, orders: orders, replacement: changed)
        }
        let proto = try await afterChange { try await shown(request.name, context) }
        return RCPReply(.with { $0.webhook = proto }, replayed: answer != nil)
    }

    func rotateWebhookSecret(
        _ request: Returns_V1_RotateWebhookSecretRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_RotateWebhookSecretReply> {
        let overlap = request.hasOverlapMs ? request.overlapMs : limits.overlapMillisecondsDefault
        guard (0...limits.overlapMillisecondsMax).contains(overlap) else {
            throw CaseRejection.invalid("OUT_OF_RANGE", "overlap_ms", "give 0 to 30 days")
        }
        var made: Webhook?
        let answer = try await change(request.name, context) { webhook, _ in
            let now = SystemClock.wall()
            if overlap > 0, let old = webhook.oldSecret, now < old.until {
                throw CaseRejection.notAllowed(
                    "SECRET_ROTATING",
                    "the secret before still counts, and a third would end it before its time; wait for that (ListWebhooks tells until when), or rotate without an overlap (overlap_ms 0, --at-once)",
                    field: "overlap_ms")
            }
            var changed = webhook
            changed.secret = WebhookSignature.randomSecret(bytes: Webhook.secretBytes)
            changed.oldSecret =
                overlap > 0 ? .init(secret: webhook.secret, until: now.adding(overlap)) : nil
            changed.rotations += 1
            made = changed
            return Decision(replacement: changed, answer: changed.rotation)
        }
        let reply = try await afterChange {
            let (webhook, state) = try await found(request.name, context)
            // Another secret than the one that this request made is told to nobody.
            guard webhook.rotation == answer ?? made?.rotation else {
                throw CaseRejection.secretRotatedSince()
            }
            let proto = try await proto(webhook, state, context)
            return Returns_V1_RotateWebhookSecretReply.with {
                $0.webhook = proto
                $0.secret = WebhookSignature.secretText(webhook.secret)
            }
        }
        return RCPReply(reply, replayed: answer != nil)
    }
}

extension Webhook {
    /// Which rotation of which webhook made its secret. It holds no secret, so it can be kept with the request.
    fileprivate var rotation: [UInt8] { Array("\(instance)@\(rotations)".utf8) }
}

extension CaseRejection {
    static func secretRotatedSince() -> CaseRejection {
        .notAllowed(
            "ROTATED_SINCE",
            "somebody has rotated the secret since that this request made, or made the webhook anew; rotate it with a new request"
        )
    }
}

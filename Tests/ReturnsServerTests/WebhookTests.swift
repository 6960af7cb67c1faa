import Foundation
import HTTPPosting
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import Testing

@testable import ReturnsServer

@Suite("Webhooks") struct WebhookTests {
    /// The first is the one that the libraries of the convention test themselves with; the second was computed with Python's hmac.
    @Test(
        "signatures",
        arguments: [
            (
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", Int64(1_614_265_330),
                #"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            ),
            (
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "p03-17-0", Int64(1_764_073_200),
                #"{"id":"p03-17-0"}"#, "v1,yA1g573oA3d4UVlchaRfwAwUplzA0mf3MRDaoTqp+AQ="
            ),
        ])
    func signatures(_ secret: String, _ id: String, _ seconds: Int64, _ body: String, _ signature: String)
        throws
    {
        let bytes = Array(try #require(Data(base64Encoded: secret)))
        #expect(
            WebhookSignature.text(secrets: [bytes], id: id, seconds: seconds, body: Array(body.utf8))
                == signature)
        #expect(WebhookSignature.secretText(bytes) == "whsec_\(secret)")
    }

    @Test("a message is signed as it is sent, and tells its secret nowhere")
    func message() throws {
        let webhook = webhook()
        let event = Returns_V1_Event.with {
            $0.id = "p03-17-0"
            $0.type = .noted
        }
        let message = try HTTPPost(event, to: webhook, now: Instant(milliseconds: 1_764_073_200_999))
        #expect(message.headers.contains("webhook-id: p03-17-0"))
        #expect(message.headers.contains("webhook-timestamp: 1764073200"))
        let signature = WebhookSignature.text(
            secrets: [webhook.secret], id: "p03-17-0", seconds: 1_764_073_200, body: message.body)
        #expect(message.headers.contains("webhook-signature: \(signature)"))
        #expect(try Returns_V1_Event(jsonUTF8Bytes: message.body) == event)
        // The secret before signs as well, behind the new one, until it ends.
        var rotated = webhook
        let old = Webhook.OldSecret(secret: webhook.secret, until: Instant(milliseconds: 1_764_073_201_000))
        (rotated.secret, rotated.oldSecret) = ([1, 2, 3], old)
        for (milliseconds, count) in [(Int64(1_764_073_200_999), 2), (1_764_073_201_000, 1)] {
            let message = try HTTPPost(event, to: rotated, now: Instant(milliseconds: milliseconds))
            let header = try #require(message.headers.first { $0.hasPrefix("webhook-signature: ") })
            let signatures = header.dropFirst("webhook-signature: ".count).split(separator: " ")
            #expect(signatures.count == count && signatures[0] != Substring(signature))
            #expect(signatures.contains(Substring(signature)) == (count == 2))
        }
        var dumped = ""
        dump(webhook, to: &dumped)
        #expect(!dumped.contains("171") && !"\(webhook)".contains("171"))
    }

    private func webhook() -> Webhook {
        Webhook(
            name: "erp", instance: 1, url: "https://erp.example.com/",
            secret: Array(repeating: 171, count: 32),
            filter: EventFilter(), giveUpMilliseconds: 1_000, attemptsMax: 3,
            createdAt: Instant(milliseconds: 1), createdBy: "boss")
    }

    @Test(
        "where webhooks may post to",
        arguments: [
            "https://erp.example.com", "https://erp.example.com:8443/in?key=1", "http://localhost:8080/",
            "http://127.0.0.1:1/x", "http://127.9.9.9/", "http://[::1]:9/", "HTTPS://ERP.EXAMPLE.COM/",
        ])
    func goodURLs(_ url: String) throws {
        try HTTPPostURL.check(ofWebhook: url, WebhookLimits())
    }

    @Test(
        "where they may not",
        arguments: [
            ("", "URL_MALFORMED"), ("nonsense", "URL_MALFORMED"), ("erp.example.com/in", "URL_MALFORMED"),
            ("ftp://erp.example.com/", "URL_MALFORMED"), ("file:///etc/passwd", "URL_MALFORMED"),
            ("https://user:word@erp.example.com/", "URL_MALFORMED"),
            ("https://erp.example.com/#part", "URL_MALFORMED"), ("https://erp example.com/", "URL_MALFORMED"),
            ("http://erp.example.com/", "URL_NOT_SECURE"),
            ("http://127.0.0.1.example.com/", "URL_NOT_SECURE"),
            ("http://localhost.example.com/", "URL_NOT_SECURE"), ("http://10.0.0.1/", "URL_NOT_SECURE"),
            ("https://" + String(repeating: "x", count: 2_048), "URL_MALFORMED"),
        ])
    func badURLs(_ url: String, _ code: String) {
        let refusal = #expect(throws: CaseRejection.self) {
            try HTTPPostURL.check(ofWebhook: url, WebhookLimits())
        }
        #expect(refusal?.code == code && refusal?.field == "url")
    }

    @Test("waits double up to a limit, and a receiver's own wish counts within it")
    func backoff() {
        let backoff = WebhookBackoff(limits: WebhookLimits())
        func wait(_ attempts: Int, _ share: Double, _ retryAfter: Int64 = 0) -> Int64 {
            backoff.milliseconds(attempts: attempts, retryAfterMilliseconds: retryAfter, share: share)
        }
        #expect(wait(1, 0) == 50 && wait(1, 1) == 100)
        #expect(wait(4, 0) == 400 && wait(4, 1) == 800)
        #expect(wait(1_000, 0) == 150_000 && wait(1_000, 1) == 300_000)
        #expect(wait(1, 1, 5_000) == 5_000 && wait(9, 1, 1_000) == 25_600)
        #expect(wait(1, 1, 86_400_000) == 300_000)
    }

    @Test("nobody listens: the answer says so, and nobody waits for one who has stopped")
    func noReceiver() async throws {
        let poster = HTTPPoster(limits: HTTPPostLimits(), userAgent: "tests")
        var nobody = webhook()
        // Port 9 of the loopback: discard, which nobody serves any more.
        nobody.url = "http://127.0.0.1:9/"
        let message = try HTTPPost(
            .with { $0.id = "ping-1" }, to: nobody, now: Instant(milliseconds: 0))
        let answer = await poster.post(message)
        #expect(answer.error == .connect && answer.status == 0 && !answer.isTaken)
        poster.stop()
        #expect(await poster.post(message).error == .stopped)
    }
}

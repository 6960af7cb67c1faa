import Cryptography
import Foundation

/// A post's signature, by the open convention "Standard Webhooks": HMAC-SHA256 over id, time and body.
public enum WebhookSignature {
    public static let secretPrefix = "whsec_"

    /// The value of the header webhook-signature: one signature for each secret.
    public static func text(secrets: [[UInt8]], id: String, seconds: Int64, body: [UInt8]) -> String {
        secrets.map { text(secret: $0, id: id, seconds: seconds, body: body) }.joined(separator: " ")
    }

    private static func text(secret: [UInt8], id: String, seconds: Int64, body: [UInt8]) -> String {
        var code = HMACSHA256(key: secret)
        code.update("\(id).\(seconds).".utf8)
        code.update(body)
        return "v1,\(Data(code.finalize()).base64EncodedString())"
    }

    /// As receivers are given it.
    public static func secretText(_ secret: [UInt8]) -> String {
        secretPrefix + Data(secret).base64EncodedString()
    }

    /// The secret of a text as receivers are given it; nil for any other.
    public static func secret(_ text: String) -> [UInt8]? {
        guard text.hasPrefix(secretPrefix),
            let data = Data(base64Encoded: String(text.dropFirst(secretPrefix.count))), !data.isEmpty
        else { return nil }
        return Array(data)
    }

    public static func randomSecret(bytes: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// One post over HTTP.
public struct HTTPPost: Hashable, Sendable {
    public var url: String
    /// "name: value"; without a value the header is left out.
    public var headers: [String]
    public var body: [UInt8]

    public init(url: String, headers: [String], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// JSON, signed as the open convention Standard Webhooks has it.
    ///
    /// - Parameters:
    ///   - secrets: One signature each; a receiver goes by whichever fits its secret.
    ///   - id: By which a receiver knows a repetition.
    ///   - seconds: Since 1970 UTC, when it is posted.
    public static func signed(
        _ json: [UInt8], to url: String, secrets: [[UInt8]], id: String, seconds: Int64
    ) -> HTTPPost {
        let signature = WebhookSignature.text(secrets: secrets, id: id, seconds: seconds, body: json)
        return HTTPPost(
            url: url,
            headers: [
                "content-type: application/json", "webhook-id: \(id)", "webhook-timestamp: \(seconds)",
                "webhook-signature: \(signature)",
                // Waiting for "100 Continue" would only cost time: what is posted is small.
                "expect:",
            ], body: json)
    }
}

/// What came of a post.
public struct HTTPPostAnswer: Hashable, Sendable {
    /// 0 without an answer.
    public var status: Int
    /// Why there is none.
    public var error: HTTPPostError?
    /// As the answer asks for, at most a day; 0 where it does not.
    public var retryAfterMilliseconds: Int64
    public var durationMilliseconds: Int64

    public init(
        status: Int = 0, error: HTTPPostError? = nil, retryAfterMilliseconds: Int64 = 0,
        durationMilliseconds: Int64 = 0
    ) {
        self.status = status
        self.error = error
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.durationMilliseconds = durationMilliseconds
    }

    public var isTaken: Bool { (200..<300).contains(status) }
}

/// Why nobody answered.
public enum HTTPPostError: String, Hashable, Sendable {
    /// The name has no address.
    case resolve
    /// Nothing listens there, or it cannot be reached.
    case connect
    /// Its certificate, or TLS itself.
    case tls
    case timeout
    /// It closed the connection.
    case closed
    /// The poster was stopped.
    case stopped
    /// Another reason.
    case failed
}

/// Bounds of what a post may cost. Each has a unit in its name.
public struct HTTPPostLimits: Hashable, Sendable {
    public var connectMillisecondsMax = 5_000
    public var answerMillisecondsMax = 10_000
    /// What an answer holds is not kept; one with more is cut off.
    public var answerBytesMax = 65_536
    /// For so long libcurl may go on with authorities that it has read, where it keeps them.
    public var authoritiesSecondsMax = 60
    /// What is under way when the poster stops may take so long still.
    public var stopMillisecondsMax: Int64 = 1_000

    public init() {}
}

/// What a receiver does about malformed input: the last two columns of SPEC.md §10.
public enum RCPConsequence: Sendable, Hashable {
    /// Answer with one HTTP/1.1 400 response and close.
    case httpReply
    /// Close without a frame.
    case close
    case refused(RCPRefusedCode)
    case goAway(RCPGoAwayCode)
    /// A stream error at the server.
    case response(RCPStatusCode)
    /// A stream error at the client.
    case callFails(RCPStatusCode)
}

extension RCPConsequence: CustomStringConvertible {
    /// As SPEC.md §10 and the vectors write it.
    public var description: String {
        switch self {
        case .httpReply: "HTTP 400"
        case .close: "close"
        case .refused(let code): "REFUSED \(code)"
        case .goAway(let code): "GOAWAY \(code)"
        case .response(let code): "RESPONSE \(code.name)"
        case .callFails(let code): "call fails \(code.name)"
        }
    }
}

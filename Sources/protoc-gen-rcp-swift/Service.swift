/// A service as the generator needs it: checked, and named as in Swift.
struct Service {
    let name: String
    let fullName: String
    /// Lines of documentation, each with its `///` and line end; empty when the .proto has none.
    let documentation: String
    let methods: [Method]
}

/// A method of a service, its options checked.
struct Method {
    enum Idempotency: String {
        case readOnly
        case mutation
    }

    /// As `RCPCallKind`, whose case names these are.
    enum Kind: String {
        case unary
        case clientStreaming
        case serverStreaming
        case bidirectionalStreaming

        init(streamsRequests: Bool, streamsReplies: Bool) {
            switch (streamsRequests, streamsReplies) {
            case (false, false): self = .unary
            case (true, false): self = .clientStreaming
            case (false, true): self = .serverStreaming
            case (true, true): self = .bidirectionalStreaming
            }
        }
    }

    let id: UInt16
    let name: String
    /// The name of the Swift functions, in backticks where it is a keyword.
    let swiftName: String
    let idempotency: Idempotency
    /// Empty: any authenticated principal.
    let roles: [String]
    let kind: Kind
    let requestType: String
    let replyType: String
    /// Full names of the messages that are fields of the request.
    let requestFieldTypes: Set<String>
    /// Whether each call gives a page of a list: the request has a limit and a cursor, the reply the next cursor.
    let isPaged: Bool
    let documentation: String
}

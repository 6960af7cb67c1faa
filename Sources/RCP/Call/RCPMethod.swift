/// The four call kinds, as gRPC knows them (SPEC.md §6).
public enum RCPCallKind: UInt8, Sendable, Hashable, CaseIterable {
    case unary
    case clientStreaming
    case serverStreaming
    case bidirectionalStreaming

    /// Whether the client sends a message stream, instead of one message within REQUEST.
    public var streamsRequests: Bool { self == .clientStreaming || self == .bidirectionalStreaming }
    /// Whether the server sends a message stream, instead of one message within RESPONSE.
    public var streamsReplies: Bool { self == .serverStreaming || self == .bidirectionalStreaming }
}

/// What repeating a call does; it decides whether a request id is required (SPEC.md §6.1).
public enum RCPIdempotency: Sendable, Hashable, CaseIterable {
    /// Changes nothing: the request id on the wire is zero, and the call may be repeated freely.
    case readOnly
    /// Changes something: the request id is required, and the same id never applies twice.
    case mutation
}

/// One method as stated in the .proto: its id on the wire, its names, and what the server enforces for it.
public struct RCPMethod: Sendable, Hashable {
    /// The header's method field. Never reused, never zero.
    public let id: UInt16
    /// Fully qualified service name, "library.v1.LoanService".
    public let service: String
    /// Name within the service, "Lend".
    public let name: String
    /// Which side streams its messages.
    public let kind: RCPCallKind
    /// Whether a call may change something, and so has a request id.
    public let idempotency: RCPIdempotency
    /// A principal needs any one of these; empty admits every authenticated principal.
    public let roles: [String]

    public init(
        id: UInt16, service: String, name: String, kind: RCPCallKind, idempotency: RCPIdempotency,
        roles: [String]
    ) {
        precondition(id != 0, "method id 0 means absent on the wire")
        self.id = id
        self.service = service
        self.name = name
        self.kind = kind
        self.idempotency = idempotency
        self.roles = roles
    }

    /// "library.v1.LoanService/Lend", as logs and metrics name it.
    public var fullName: String { "\(service)/\(name)" }
}

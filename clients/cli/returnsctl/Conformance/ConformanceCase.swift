/// What is tried, in the order in which it is; gRPC's names where gRPC has the case.
enum ConformanceCase: String, CaseIterable, Encodable, Sendable {
    case emptyUnary = "empty_unary"
    case largeUnary = "large_unary"
    case clientStreaming = "client_streaming"
    case serverStreaming = "server_streaming"
    case pingPong = "ping_pong"
    case emptyStream = "empty_stream"
    case customMetadata = "custom_metadata"
    case statusCodeAndMessage = "status_code_and_message"
    case specialStatusMessage = "special_status_message"
    case unimplementedMethod = "unimplemented_method"
    case unimplementedService = "unimplemented_service"
    case cancelAfterBegin = "cancel_after_begin"
    case cancelAfterFirstResponse = "cancel_after_first_response"
    case timeoutOnSleepingServer = "timeout_on_sleeping_server"
    case goaway
    case maxStreams = "max_streams"
    case concurrentLargeUnary = "concurrent_large_unary"
    case compressedUnary = "compressed_unary"
    case soak

    /// "empty_unary, large_unary, …"
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    static let timeLimitSeconds = 10
    /// For cases that move megabytes or wait for many answers, perhaps over a slow network.
    static let longTimeLimitSeconds = 60

    /// By then the case has failed: a server that hangs must not hang the runner.
    func timeLimitSeconds(soakSeconds: Int) -> Int {
        switch self {
        case .maxStreams, .concurrentLargeUnary, .compressedUnary: Self.longTimeLimitSeconds
        case .soak: soakSeconds + Self.timeLimitSeconds
        default: Self.timeLimitSeconds
        }
    }
}

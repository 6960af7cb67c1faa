/// How each kind of call looks in Swift, at the server and at the client.
extension Method {
    // MARK: Server

    var registerLabel: String { self.kind == .unary ? "" : "\(self.kind.rawValue): " }

    var handlerParameters: [String] {
        switch self.kind {
        case .unary: ["_ request: \(self.requestType)"]
        case .clientStreaming: ["_ requests: RCPMessageStream<\(self.requestType)>"]
        case .serverStreaming:
            ["_ request: \(self.requestType)", "replies: RCPReplyWriter<\(self.replyType)>"]
        case .bidirectionalStreaming:
            [
                "_ requests: RCPMessageStream<\(self.requestType)>",
                "replies: RCPReplyWriter<\(self.replyType)>",
            ]
        }
    }

    /// The labels of `handlerParameters`.
    var handlerLabels: String {
        switch self.kind {
        case .unary, .clientStreaming: "_:"
        case .serverStreaming, .bidirectionalStreaming: "_:replies:"
        }
    }

    var handlerResult: String {
        switch self.kind {
        case .unary, .clientStreaming: "RCPReply<\(self.replyType)>"
        case .serverStreaming, .bidirectionalStreaming: "RCPStreamEnd"
        }
    }

    // MARK: Client

    /// A body runs where its caller does.
    var stubAttributes: String { self.kind == .unary ? "" : "nonisolated(nonsending) " }

    /// A call whose replies are streamed returns what its caller makes of them.
    var stubName: String {
        switch self.kind {
        case .unary, .clientStreaming: self.swiftName
        case .serverStreaming, .bidirectionalStreaming: "\(self.swiftName)<Result: Sendable>"
        }
    }

    var stubParameters: [String] {
        let options = "options: RCPCallOptions = RCPCallOptions()"
        let writer = "RCPRequestWriter<\(self.requestType)>"
        let stream = "RCPMessageStream<\(self.replyType)>"
        switch self.kind {
        case .unary:
            return ["_ request: \(self.requestType),", options]
        case .clientStreaming:
            return ["\(options),", "_ body: nonisolated(nonsending) (\(writer)) async throws -> Void"]
        case .serverStreaming:
            return [
                "_ request: \(self.requestType),", "\(options),",
                "_ body: nonisolated(nonsending) (\(stream)) async throws -> Result",
            ]
        case .bidirectionalStreaming:
            return [
                "\(options),",
                "_ body: nonisolated(nonsending) (\(writer), \(stream)) async throws -> Result",
            ]
        }
    }

    var stubArguments: String {
        switch self.kind {
        case .unary: "request, options: options"
        case .clientStreaming, .bidirectionalStreaming: "options: options, body"
        case .serverStreaming: "request, options: options, body"
        }
    }

    var stubResult: String {
        switch self.kind {
        case .unary, .clientStreaming: self.replyType
        case .serverStreaming, .bidirectionalStreaming: "Result"
        }
    }
}

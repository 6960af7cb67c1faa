import RCP
import RCPServices

/// What travels beside the messages: metadata, status and text.
extension ConformanceRunner {
    private static let echoKey = "conformance-echo"
    private static let echoText = "test_initial_metadata_value"
    private static let echoBytesKey = "conformance-echo-bin"
    private static let echoBytes: [UInt8] = [0xAB, 0xAB, 0xAB]

    private static let statusText = "test status message"
    private static let specialStatusText =
        "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n"

    func customMetadata() async throws {
        var metadata = RCPMetadata(texts: [Self.echoKey: Self.echoText])
        metadata.append(key: Self.echoBytesKey, bytes: Self.echoBytes)
        let options = RCPCallOptions(metadata: metadata)
        let request = Self.request(Self.largeRequestBytes, replies: [Self.largeReplyBytes])

        let unary = try await service.unaryCall(request, options: options)
        try Self.checkEcho(unary.trailers)
        let bidirectional = try await service.bidirectionalCall(options: options) { requests, replies in
            var replies = replies.makeAsyncIterator()
            try await Self.exchange(Self.largeRequestBytes, Self.largeReplyBytes, requests, &replies)
            try await Self.end(requests, &replies)
        }
        try Self.checkEcho(bidirectional.trailers)
    }

    private static func checkEcho(_ trailers: RCPMetadata) throws(ConformanceFailure) {
        try expect("the trailer \(echoKey)", trailers.text(forKey: echoKey), is: echoText)
        try expect("the trailer \(echoBytesKey)", trailers.bytes(forKey: echoBytesKey), is: echoBytes)
    }

    func statusCodeAndMessage() async throws {
        try await expectStatusText(Self.statusText)
        try await expect(.unknown, text: Self.statusText) {
            _ = try await service.bidirectionalCall { requests, replies in
                var replies = replies.makeAsyncIterator()
                try await requests.send(Self.failing(Self.statusText))
                try await Self.end(requests, &replies)
            }
        }
    }

    func specialStatusMessage() async throws { try await expectStatusText(Self.specialStatusText) }

    private func expectStatusText(_ text: String) async throws {
        try await expect(.unknown, text: text) { _ = try await service.unaryCall(Self.failing(text)) }
    }

    /// A request to fail with UNKNOWN.
    private static func failing(_ text: String) -> Request {
        .with {
            $0.end.code = UInt32(RCPStatusCode.unknown.rawValue)
            $0.end.text = text
            // The status is what is asked for: no client may try again.
            $0.end.retryAfterMs = -1
        }
    }

    func unimplementedMethod() async throws {
        try await expectUnimplemented(
            id: 0x7FFF, service: ConformanceServiceMethods.emptyCall.service)
    }

    func unimplementedService() async throws {
        try await expectUnimplemented(id: 0xFFFF, service: "rcp.conformance.v1.UnimplementedService")
    }

    /// On the wire a method is its id alone. The ids are the last of the service's own range, and the last of all.
    private func expectUnimplemented(id: UInt16, service: String) async throws {
        let method = RCPMethod(
            id: id, service: service, name: "UnimplementedCall", kind: .unary, idempotency: .readOnly,
            roles: [])
        try await expect(.unimplemented) {
            let _: RCPReply<Rcp_Conformance_V1_EmptyReply> = try await client.unary(
                method, Rcp_Conformance_V1_EmptyRequest(), options: RCPCallOptions())
        }
    }
}

import Foundation
import RCPServices
import ReturnsClient

/// Runs cases against one server, each within its time limit. What the cases do is in the extensions.
struct ConformanceRunner: Sendable {
    typealias Request = Rcp_Conformance_V1_CallRequest
    typealias Reply = Rcp_Conformance_V1_CallReply

    /// Of all cases that need none of their own.
    let client: ReturnsClient
    let soakSeconds: Int

    var service: ConformanceServiceClient { ConformanceServiceClient(caller: client) }

    /// - Throws: `CancellationError` if the whole run is cancelled; what goes wrong within the case is its result.
    func result(of name: ConformanceCase) async throws -> ConformanceResult {
        let start = ContinuousClock.now
        var (outcome, note) = (ConformanceResult.Outcome.passed, "")
        do {
            note = try await within(seconds: name.timeLimitSeconds(soakSeconds: soakSeconds)) {
                try await run(name)
            }
        } catch {
            // The calls of a case end with whichever error when somebody has typed Ctrl-C.
            try Task.checkCancellation()
            (outcome, note) = (.failed, ConformanceFailure.note(error))
        }
        return ConformanceResult(
            name: name, outcome: outcome, milliseconds: (ContinuousClock.now - start).wholeMilliseconds,
            note: note)
    }

    /// - Returns: the note of a case that has something to tell.
    private func run(_ name: ConformanceCase) async throws -> String {
        switch name {
        case .emptyUnary: try await emptyUnary()
        case .largeUnary: try await largeUnary()
        case .clientStreaming: try await clientStreaming()
        case .serverStreaming: try await serverStreaming()
        case .pingPong: try await pingPong()
        case .emptyStream: try await emptyStream()
        case .customMetadata: try await customMetadata()
        case .statusCodeAndMessage: try await statusCodeAndMessage()
        case .specialStatusMessage: try await specialStatusMessage()
        case .unimplementedMethod: try await unimplementedMethod()
        case .unimplementedService: try await unimplementedService()
        case .cancelAfterBegin: try await cancelAfterBegin()
        case .cancelAfterFirstResponse: try await cancelAfterFirstResponse()
        case .timeoutOnSleepingServer: try await timeoutOnSleepingServer()
        case .goaway: try await goaway()
        case .maxStreams: return try await maxStreams()
        case .concurrentLargeUnary: try await concurrentLargeUnary()
        case .compressedUnary: try await compressedUnary()
        case .soak: return try await soak()
        }
        return ""
    }

    private func within(
        seconds: Int, _ body: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let note = try await group.next() ?? nil else {
                throw ConformanceFailure(expected: "an end within \(seconds) s", got: "none")
            }
            return note
        }
    }
}

extension ConformanceRunner {
    /// - Parameter replies: the payload bytes of each.
    static func request(
        _ payloadBytes: Int = 0, replies: [Int] = [], delayMilliseconds: UInt32 = 0
    ) -> Request {
        .with {
            $0.payload = Data(count: payloadBytes)
            $0.replies = replies.map { bytes in
                .with {
                    $0.payloadBytes = UInt32(bytes)
                    $0.delayMs = delayMilliseconds
                }
            }
        }
    }

    static func check(_ reply: Reply, payloadBytes: Int) throws(ConformanceFailure) {
        guard reply.payload != Data(count: payloadBytes) else { return }
        let isLength = reply.payload.count == payloadBytes
        throw ConformanceFailure(
            expected: "a payload of \(payloadBytes) zero bytes",
            got: isLength ? "other bytes" : "\(reply.payload.count) bytes")
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { wholeMicroseconds / 1_000 }
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

import RCP

/// Many calls at once, or one after the other for long.
extension ConformanceRunner {
    private static let concurrentLargeCalls = 64
    /// More than a connection takes at a time.
    private static let callsBeyondStreamsMax = 44
    /// However many a server admits: the client holds them all.
    private static let callsAtOnceMax = 4_096
    private static let waitMilliseconds: UInt32 = 100
    private static let soakWorkers = 8
    private static let soakPayloadBytes = 1_000

    /// Calls beyond the limit wait at the client.
    func maxStreams() async throws -> String {
        guard let ack = client.serverAck else {
            throw ConformanceFailure(expected: "HELLO_ACK", got: "none")
        }
        let atOnce = Int(ack.streamsMax) * client.configuration.connections
        let calls = min(atOnce + Self.callsBeyondStreamsMax, Self.callsAtOnceMax)
        let start = ContinuousClock.now
        try await concurrently(calls) {
            let request = Self.request(replies: [0], delayMilliseconds: Self.waitMilliseconds)
            _ = try await service.unaryCall(request)
        }
        let milliseconds = (ContinuousClock.now - start).wholeMilliseconds
        guard calls > atOnce else { return "\(calls) calls; the server admits \(atOnce) at a time" }
        // The last of them can only have begun when the first had ended: two waits, less what timers may be early.
        let least = Int64(Self.waitMilliseconds) * 3 / 2
        guard milliseconds >= least else {
            throw ConformanceFailure(
                expected: "\(calls) calls, \(atOnce) at a time, to take at least \(least) ms",
                got: "\(milliseconds) ms")
        }
        return "\(calls) calls, \(atOnce) at a time"
    }

    func concurrentLargeUnary() async throws {
        try await concurrently(Self.concurrentLargeCalls) { try await largeUnary() }
    }

    private func concurrently(
        _ count: Int, _ call: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<count { group.addTask { try await call() } }
        }
    }

    /// The first failure ends it.
    func soak() async throws -> String {
        let end = ContinuousClock.now + .seconds(soakSeconds)
        let times = try await withThrowingTaskGroup(of: LatencyHistogram.self) { group in
            for _ in 0..<Self.soakWorkers { group.addTask { try await soak(until: end) } }
            return try await group.reduce(into: LatencyHistogram()) { $0.merge($1) }
        }
        let p99 = Ping.milliseconds(times.microseconds(atPercentile: 99))
        return "\(counted(times.count, "call")), p99 \(p99)"
    }

    private func soak(until end: ContinuousClock.Instant) async throws -> LatencyHistogram {
        var times = LatencyHistogram()
        repeat {
            let start = ContinuousClock.now
            try await Self.unary(service, Self.soakPayloadBytes, Self.soakPayloadBytes)
            times.add(microseconds: (ContinuousClock.now - start).wholeMicroseconds)
        } while ContinuousClock.now < end
        return times
    }
}

import Testing

@testable import ReturnsServer

@Suite struct StopRequestTests {
    @Test func aRequestBeforeTheWaitCounts() async {
        let stop = await StopRequest(trapping: [])
        stop.request()
        await stop.wait()
        // And is not used up by the first to see it.
        await stop.wait()
        #expect(throws: StopRequest.Requested.self) { try stop.check() }
    }

    @Test func theSecondRequestIsWaitedForApart() async throws {
        let stop = await StopRequest(trapping: [])
        let second = Task {
            await stop.wait(requests: 2)
            return true
        }
        let first = Task { await stop.wait() }
        stop.request()
        await first.value
        stop.request()
        #expect(await second.value)
    }

    @Test func aCancelledWaitEndsAndLeavesTheOthers() async throws {
        let stop = await StopRequest(trapping: [])
        let cancelled = Task { await stop.wait() }
        let waiting = Task { await stop.wait() }
        cancelled.cancel()
        await cancelled.value
        try stop.check()
        stop.request()
        await waiting.value
    }

    @Test func aRequestCancelsWhatTakesLong() async throws {
        let stop = await StopRequest(trapping: [])
        let long = Task {
            try await stop.cancels { try await Task.sleep(for: .seconds(3_600)) }
        }
        stop.request()
        await #expect(throws: StopRequest.Requested.self) { try await long.value }
    }

    @Test func withoutARequestTheResultOrTheErrorComesThrough() async throws {
        let stop = await StopRequest(trapping: [])
        #expect(try await stop.cancels { 7 } == 7)
        await #expect(throws: StartError.self) { try await stop.cancels { throw StartError("no") } }
        try stop.check()
    }

    @Test func whatWasAchievedInSpiteOfTheRequestIsHandedOver() async throws {
        let stop = await StopRequest(trapping: [])
        let result = try await stop.cancels {
            stop.request()
            while !Task.isCancelled { await Task.yield() }
            return 7
        }
        #expect(result == 7)
    }
}

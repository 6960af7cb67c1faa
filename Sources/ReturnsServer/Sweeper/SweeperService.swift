import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle

/// Runs the sweeper for the life of the server: a sweep when something falls due, and every interval in any case,
/// since another server may have set a nearer deadline.
struct SweeperService: Service {
    let sweeper: Sweeper
    let store: ReturnsStore
    /// Moved by other servers too; nil on a real clock.
    let testClock: TestClock?
    let intervalMilliseconds: Int64
    var metrics = ReturnsMetrics.none
    let logger: Logger

    /// Sweeps wait by up to this share of the interval longer, so that many sweepers do not act in step.
    static let jitterShare = 0.25
    static let retryMillisecondsMax: Int64 = 10_000
    /// Before cases that changed under a sweep's hands are looked at again.
    static let conflictMilliseconds: Int64 = 50

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var failures: Int64 = 0
        while !Task.isCancelled {
            var wait = intervalMilliseconds
            do throws(StoreError) {
                if let testClock { testClock.set(try await store.testClock(start: testClock.now())) }
                let result = try await sweeper.sweep(store: store)
                metrics.swept(result)
                failures = 0
                if result.firings > 0 {
                    logger.info(
                        "clocks fired",
                        metadata: ["firings": "\(result.firings)", "cases": "\(result.cases)"])
                }
                if result.isFull, result.firings > 0 {
                    wait = 0
                } else if result.conflicts > 0 {
                    wait = min(wait, Self.conflictMilliseconds)
                } else if let next = try await store.nextFiring(after: result.now) {
                    wait = min(wait, next - result.now)
                }
            } catch {
                if Task.isCancelled { return }
                failures += 1
                metrics.sweepFailed()
                wait = min(Self.retryMillisecondsMax, intervalMilliseconds * (1 + failures))
                // Said once per outage, not once per try.
                if failures == 1 {
                    logger.error(
                        "the sweeper cannot reach the store and tries again", metadata: ["error": "\(error)"])
                }
            }
            let jitter = Double.random(in: 1...(1 + Self.jitterShare))
            try? await Task.sleep(for: .milliseconds(Int64(Double(wait) * jitter)))
        }
    }
}

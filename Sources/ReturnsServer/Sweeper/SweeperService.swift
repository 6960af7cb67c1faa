import Logging
import NIOCore
import NIOPosix
import RCPServer
import RedisClient
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs the sweeper for the life of the server: a sweep when something falls due, and every interval in any case,
/// since another server may have set a nearer deadline.
///
/// It has an event loop and a connection to Redis of its own. So no call waits for a sweep's decisions, nor behind its
/// commits in a pipeline; processor and Redis are shared by those who share them among everybody.
struct SweeperService: Service {
    let sweeper: Sweeper
    let redis: RedisClientConfiguration
    let identity: StoreIdentity
    let orderExpiry: OrderExpiry
    let attainmentExpiry: AttainmentExpiry
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
    /// Where the processor is short, calls get about nine times the sweeper's share of it.
    static let niceness: Int32 = 10

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let client = RedisClient(configuration: redis, on: eventLoop, logger: logger)
        client.start()
        let store = ReturnsStore(redis: client, identity: identity)
        await withTaskExecutorPreference(EventLoopTaskExecutor(eventLoop: eventLoop)) {
            // On Linux this is the calling thread's alone.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            await sweepUntilStopped(store)
        }
        await client.shutdown()
        try await group.shutdownGracefully()
    }

    /// A stop is looked for between reads, so that a sweep gives its lease back.
    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func sweepUntilStopped(_ store: ReturnsStore) async {
        var leases = SweepLeases()
        var passedOver: [Int: Int] = [:]
        var orderExpiries = OrderExpiry.Schedule()
        var attainmentExpiry = attainmentExpiry
        var failures: Int64 = 0
        while !isStopping {
            let began = NIODeadline.now()
            var wait = intervalMilliseconds
            do throws(StoreError) {
                let result = try await sweep(&leases, &passedOver, store)
                if orderExpiries.isDue(result.now) {
                    try await orderExpiry.pass(&orderExpiries, now: result.now, store: store)
                }
                try await attainmentExpiry.pass(now: result.now, store: store)
                failures = 0
                if result.isFull, result.firings > 0 {
                    wait = 0
                } else if result.conflicts > 0 {
                    wait = min(wait, Self.conflictMilliseconds)
                } else if let next = try await store.nextFiring(after: result.now) {
                    let passed = (NIODeadline.now() - began).nanoseconds / 1_000_000
                    wait = min(wait, max(0, next - result.now - passed))
                }
            } catch {
                if isStopping { break }
                failures += 1
                metrics.sweepFailed()
                wait = min(Self.retryMillisecondsMax, intervalMilliseconds * (1 + failures))
                // Said once per outage, not once per try; a store out of use tells it itself.
                if failures == 1, error.code != .unfit {
                    logger.error(
                        "the sweeper cannot reach the store and tries again", metadata: ["error": "\(error)"])
                }
            }
            // Also where a sweep failed amid its work.
            await leases.release(store: store)
            metrics.holdsLeases(leases.heldCount)
            let jitter = Double.random(in: 1...(1 + Self.jitterShare))
            let pause = Int64(Double(wait) * jitter)
            if pause > 0 {
                await cancelWhenGracefulShutdown { try? await Task.sleep(for: .milliseconds(pause)) }
            }
        }
    }

    /// - Parameter passedOver: By partition, the entries that an unfinished visit has passed over, since they cannot be fired: the
    ///   next sweep goes on behind them, however many they are.
    private func sweep(
        _ leases: inout SweepLeases, _ passedOver: inout [Int: Int], _ store: ReturnsStore
    ) async throws(StoreError) -> Sweeper.Result {
        if let testClock { testClock.set(try await store.testClock(start: testClock.now())) }
        let start = try await sweeper.start(store: store)
        var result = Sweeper.Result(now: start.now, unreadableDeadlines: start.unreadable)
        // Asked each time that there is something to do: Redis may be another one by now.
        let waitsForDisk = start.partitions.isEmpty ? false : try await store.waitsForDisk()
        let pace = SweepPace(rests: true, waitsForDisk: waitsForDisk)
        // Each sweeper begins somewhere else, so that they spread over the partitions.
        let first = start.partitions.indices.randomElement() ?? 0
        for partition in start.partitions[first...] + start.partitions[..<first] {
            guard !isStopping, result.cases < Sweeper.sweepCasesMax else {
                result.isFull = true
                break
            }
            do throws(StoreError) {
                guard try await leases.take(partition, store: store) else { continue }
            } catch {
                try sweeper.fail(partition, error, into: &result)
                continue
            }
            metrics.holdsLeases(leases.heldCount)
            var visit = Sweeper.Visit(partition: partition, entriesLeft: passedOver[partition] ?? 0)
            while !visit.isOver, !isStopping, result.cases < Sweeper.sweepCasesMax {
                guard try await leases.keep(store: store) else { break }
                try await sweeper.read(
                    &visit, limit: Sweeper.sweepCasesMax, pace: pace, store: store, into: &result)
            }
            passedOver[partition] = visit.isOver ? nil : visit.entriesLeft
            if !visit.isOver { result.isFull = true }
            await leases.release(store: store)
        }
        metrics.swept(result)
        if result.firings > 0 {
            logger.info(
                "clocks fired", metadata: ["firings": "\(result.firings)", "cases": "\(result.cases)"])
        }
        return result
    }
}

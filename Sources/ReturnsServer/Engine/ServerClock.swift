import ReturnsDomain
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where the server's time comes from. Handlers ask once per call; the domain never does.
public protocol ServerClock: Sendable {
    func now() -> Instant
    /// For what acts on its own account, as a sweep does: the slower of this clock and of Redis's, as just read.
    func now(redis: Instant, tripMilliseconds: Int64) -> Instant
}

/// The machine's wall clock, or Redis's where that is clearly slower: a clock that runs ahead must fire nothing early, on no
/// server.
///
/// Between two looks at Redis's time the machine's time since boot, which nobody can set and which goes on while the machine
/// sleeps, tells what it must be by now. So the moment between a step of the wall clock and the next look is no hole.
public final class SystemClock: ServerClock {
    /// A larger difference between the two clocks counts, and is reported; a smaller one may be the way to Redis and back.
    public static let differenceMillisecondsMax: Int64 = 2_000

    /// A time that took longer to come is no longer now.
    static let tripMillisecondsMax: Int64 = 1_000

    private static let unknown = Int64.min
    /// Redis's time less the monotonic clock's, as last read.
    private let redisOffsetMilliseconds = Atomic<Int64>(unknown)
    private let wallTime: @Sendable () -> Instant
    private let monotonicMilliseconds: @Sendable () -> Int64

    public convenience init() {
        self.init(wallTime: { Self.wall() }, monotonicMilliseconds: { Self.milliseconds(CLOCK_BOOTTIME) })
    }

    init(
        wallTime: @escaping @Sendable () -> Instant, monotonicMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.wallTime = wallTime
        self.monotonicMilliseconds = monotonicMilliseconds
    }

    public func now() -> Instant {
        let wall = wallTime()
        let offset = redisOffsetMilliseconds.load(ordering: .relaxed)
        guard offset != Self.unknown else { return wall }
        let redis = Instant(milliseconds: monotonicMilliseconds() + offset)
        return wall - redis > Self.differenceMillisecondsMax ? redis : wall
    }

    public func now(redis: Instant, tripMilliseconds: Int64) -> Instant {
        follow(redis: redis, tripMilliseconds: tripMilliseconds)
        return min(wallTime(), redis)
    }

    /// How the machine's clock compares with Redis's.
    struct Difference: Equatable {
        /// By how much the machine's clock is ahead; negative when it is behind.
        var milliseconds: Int64
        /// It may be as much more or less: nobody knows when Redis told the time within the trip.
        var uncertainMilliseconds: Int64 = 0

        /// Whether the clocks differ for certain.
        var counts: Bool { abs(milliseconds) - uncertainMilliseconds > differenceMillisecondsMax }
    }

    /// Compares with Redis's time as just read, which was that of the middle of the trip.
    ///
    /// - Parameter tripMilliseconds: From asking to the answer.
    /// - Returns: nil for what took too long, since the process was stopped meanwhile or busy: it says nothing about now.
    @discardableResult
    func follow(redis: Instant, tripMilliseconds: Int64 = 0) -> Difference? {
        guard tripMilliseconds <= Self.tripMillisecondsMax else { return nil }
        let half = tripMilliseconds / 2
        let redis = redis.adding(half)
        redisOffsetMilliseconds.store(redis.milliseconds - monotonicMilliseconds(), ordering: .relaxed)
        return Difference(milliseconds: wallTime() - redis, uncertainMilliseconds: tripMilliseconds - half)
    }

    /// The machine's own time: tokens go by it, whatever Redis's clock says.
    static func wall() -> Instant { Instant(milliseconds: milliseconds(CLOCK_REALTIME)) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// A clock that moves only when told to, on a store created for it (`--test-clock`).
public final class TestClock: ServerClock {
    private let milliseconds: Atomic<Int64>

    public init(start: Instant) {
        milliseconds = Atomic(start.milliseconds)
    }

    public func now() -> Instant {
        Instant(milliseconds: milliseconds.load(ordering: .sequentiallyConsistent))
    }

    /// Redis's clock has no say in it.
    public func now(redis: Instant, tripMilliseconds: Int64) -> Instant { now() }

    /// Time never goes back: an older time is ignored.
    public func set(_ instant: Instant) {
        milliseconds.max(instant.milliseconds, ordering: .sequentiallyConsistent)
    }
}

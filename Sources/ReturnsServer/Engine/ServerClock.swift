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
}

/// The machine's wall clock, or Redis's where that is clearly slower: a clock that runs ahead must fire nothing early, on no
/// server (DESIGN §6).
public final class SystemClock: ServerClock {
    /// A larger difference between the two clocks counts, and is reported; a smaller one may be the way to Redis and back.
    public static let differenceMillisecondsMax: Int64 = 2_000

    private let aheadMilliseconds = Atomic<Int64>(0)

    public init() {}

    public func now() -> Instant {
        Self.wall().adding(-aheadMilliseconds.load(ordering: .relaxed))
    }

    /// Compares with Redis's time as just read.
    ///
    /// - Returns: by how many milliseconds the machine's clock is ahead; negative when it is behind.
    func follow(redis: Instant) -> Int64 {
        let difference = Self.wall() - redis
        aheadMilliseconds.store(
            difference > Self.differenceMillisecondsMax ? difference : 0, ordering: .relaxed)
        return difference
    }

    /// The machine's own time: tokens go by it, whatever Redis's clock says.
    static func wall() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
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

    /// Time never goes back: an older time is ignored.
    public func set(_ instant: Instant) {
        milliseconds.max(instant.milliseconds, ordering: .sequentiallyConsistent)
    }
}

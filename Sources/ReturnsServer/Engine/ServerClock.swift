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

/// The machine's wall clock.
public struct SystemClock: ServerClock {
    public init() {}

    public func now() -> Instant {
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

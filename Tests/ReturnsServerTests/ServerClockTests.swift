import ReturnsDomain
import Synchronization
import Testing

@testable import ReturnsServer

/// Three clocks that the test sets: the machine's, the one that nobody can set, and Redis's.
private final class Clocks: Sendable {
    let wall = Atomic<Int64>(1_000_000_000)
    let monotonic = Atomic<Int64>(5_000)

    func clock() -> SystemClock {
        SystemClock(
            wallTime: { [self] in Instant(milliseconds: wall.load(ordering: .relaxed)) },
            monotonicMilliseconds: { [self] in monotonic.load(ordering: .relaxed) })
    }

    func pass(_ milliseconds: Int64) {
        wall.wrappingAdd(milliseconds, ordering: .relaxed)
        monotonic.wrappingAdd(milliseconds, ordering: .relaxed)
    }

    func step(_ milliseconds: Int64) { wall.wrappingAdd(milliseconds, ordering: .relaxed) }

    var time: Instant { Instant(milliseconds: wall.load(ordering: .relaxed)) }
}

@Suite struct SystemClockTests {
    private let clocks = Clocks()

    /// A process that was stopped while Redis answered takes the old answer for none.
    @Test func anAnswerThatTookTooLongIsNotFollowed() {
        let clock = clocks.clock()
        clock.follow(redis: clocks.time)
        _ = clock.now(
            redis: clocks.time.adding(-3_600_000),
            tripMilliseconds: SystemClock.tripMillisecondsMax + 1)
        #expect(clock.now() == clocks.time)
    }

    /// An answer that comes late tells an old time: that is no difference of clocks.
    @Test func aLateAnswerIsNoDifferenceOfClocks() {
        let clock = clocks.clock()
        // Redis told its time in the middle of the trip.
        let even = clock.follow(redis: clocks.time.adding(-500), tripMilliseconds: 1_000)
        #expect(even?.milliseconds == 0 && even?.counts == false)
        #expect(clock.now() == clocks.time)
        let certain = clock.follow(redis: clocks.time.adding(-3_001), tripMilliseconds: 1_000)
        #expect(certain?.milliseconds == 2_501 && certain?.counts == true)
        let uncertain = clock.follow(redis: clocks.time.adding(-3_000), tripMilliseconds: 1_000)
        #expect(uncertain?.milliseconds == 2_500 && uncertain?.counts == false)
        #expect(clock.follow(redis: clocks.time.adding(-9_000), tripMilliseconds: 1_001) == nil)
    }

    @Test func aSmallDifferenceDoesNotCount() {
        let clock = clocks.clock()
        #expect(clock.follow(redis: clocks.time.adding(-2_000))?.milliseconds == 2_000)
        #expect(clock.now() == clocks.time)
    }

    @Test func aClockThatIsAheadGoesByRedis() {
        let clock = clocks.clock()
        #expect(clock.follow(redis: clocks.time.adding(-3_600_000))?.milliseconds == 3_600_000)
        clocks.pass(700)
        #expect(clock.now() == clocks.time.adding(-3_600_000))
    }

    @Test func aClockThatIsBehindGoesByItself() {
        let clock = clocks.clock()
        #expect(clock.follow(redis: clocks.time.adding(3_600_000))?.milliseconds == -3_600_000)
        #expect(clock.now() == clocks.time)
    }

    /// Nobody has compared the clocks since the step.
    @Test func aStepForwardIsNoticedAtOnce() {
        let clock = clocks.clock()
        clock.follow(redis: clocks.time)
        clocks.pass(400)
        let right = clocks.time
        clocks.step(3_600_000)
        #expect(clock.now() == right)
        clocks.pass(250)
        #expect(clock.now() == right.adding(250))
        clocks.step(-3_600_000)
        #expect(clock.now() == right.adding(250))
    }

    @Test func aSweepTakesTheSlowerClockToTheMillisecond() {
        let clock = clocks.clock()
        #expect(clock.now(redis: clocks.time.adding(-1), tripMilliseconds: 0) == clocks.time.adding(-1))
        #expect(clock.now(redis: clocks.time.adding(1), tripMilliseconds: 0) == clocks.time)
        // What a sweep has read counts for everybody.
        _ = clock.now(redis: clocks.time.adding(-3_600_000), tripMilliseconds: 0)
        #expect(clock.now() == clocks.time.adding(-3_600_000))
    }

    @Test func aTestClockHearsNobody() {
        let clock = TestClock(start: Instant(milliseconds: 7))
        #expect(clock.now(redis: Instant(milliseconds: 3), tripMilliseconds: 0) == Instant(milliseconds: 7))
    }
}

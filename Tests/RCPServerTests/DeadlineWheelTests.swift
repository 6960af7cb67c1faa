import Testing

@testable import RCPServer

@Suite struct DeadlineWheelTests {
    /// Ticks of 10, so that times are easy to read.
    private func wheel(slots: Int = 8) -> DeadlineWheel<Int> {
        DeadlineWheel(tickNanoseconds: 10, slotCount: slots)
    }

    private func fired(_ wheel: inout DeadlineWheel<Int>, at now: UInt64) -> [Int] {
        var due: [Int] = []
        wheel.advance(to: now, due: &due)
        return due
    }

    @Test func firesAtTheTickAfterTheDeadlineAndOnce() {
        var wheel = wheel()
        _ = wheel.add(deadline: 25, now: 0, 1)
        #expect(fired(&wheel, at: 24) == [])
        #expect(fired(&wheel, at: 29) == [])
        #expect(fired(&wheel, at: 30) == [1])
        #expect(fired(&wheel, at: 1_000) == [])
        #expect(wheel.isEmpty)
    }

    @Test func aDeadlineOnATickFiresAtThatTick() {
        var wheel = wheel()
        _ = wheel.add(deadline: 30, now: 0, 1)
        #expect(fired(&wheel, at: 29) == [])
        #expect(fired(&wheel, at: 30) == [1])
    }

    @Test func aDeadlineInThePastFiresAtTheNextTick() {
        var wheel = wheel()
        _ = wheel.add(deadline: 5, now: 107, 1)
        #expect(fired(&wheel, at: 109) == [])
        #expect(fired(&wheel, at: 110) == [1])
    }

    @Test func cancelledDeadlinesNeverFire() {
        var wheel = wheel()
        let first = wheel.add(deadline: 20, now: 0, 1)
        _ = wheel.add(deadline: 20, now: 0, 2)
        let third = wheel.add(deadline: 20, now: 0, 3)
        let cancelled = [wheel.cancel(first), wheel.cancel(third), wheel.cancel(first)]
        #expect(cancelled == [true, true, false])
        #expect(fired(&wheel, at: 20) == [2])
    }

    @Test func anOldTokenDoesNotCancelTheEntryThatTookItsPlace() {
        var wheel = wheel()
        let old = wheel.add(deadline: 20, now: 0, 1)
        #expect(fired(&wheel, at: 20) == [1])
        _ = wheel.add(deadline: 40, now: 20, 2)
        let wasCancelled = wheel.cancel(old)
        #expect(!wasCancelled)
        #expect(fired(&wheel, at: 40) == [2])
    }

    @Test func deadlinesBeyondOneTurnWaitForTheirs() {
        var wheel = wheel(slots: 4)
        _ = wheel.add(deadline: 130, now: 0, 13)
        _ = wheel.add(deadline: 10, now: 0, 1)
        _ = wheel.add(deadline: 50, now: 0, 5)
        #expect(fired(&wheel, at: 10) == [1])
        #expect(fired(&wheel, at: 120) == [5])
        #expect(fired(&wheel, at: 130) == [13])
    }

    @Test func anOwnerThatWasAwayLosesNothing() {
        var wheel = wheel(slots: 4)
        for deadline in 1...20 { _ = wheel.add(deadline: UInt64(deadline) * 10, now: 0, deadline) }
        #expect(Set(fired(&wheel, at: 1_000)) == Set(1...20))
        #expect(wheel.isEmpty)
    }

    /// Against a plain list: every deadline fires in the first look at or after its tick, unless cancelled.
    @Test func agreesWithAPlainListOverRandomSteps() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var wheel = wheel(slots: 16)
            var expected: [Int: UInt64] = [:]
            var tokens: [Int: DeadlineWheel<Int>.Token] = [:]
            var now: UInt64 = .random(in: 0...1_000, using: &generator)
            for id in 0..<400 {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0, 1:
                    let deadline = now + .random(in: 0...600, using: &generator)
                    tokens[id] = wheel.add(deadline: deadline, now: now, id)
                    expected[id] = max((deadline + 9) / 10, now / 10 + 1)
                case 2:
                    guard let (id, token) = tokens.randomElement(using: &generator) else { continue }
                    tokens[id] = nil
                    let wasCancelled = wheel.cancel(token)
                    let wasExpected = expected.removeValue(forKey: id) != nil
                    #expect(wasCancelled == wasExpected)
                default:
                    now += .random(in: 0...60, using: &generator)
                    let due = Set(expected.filter { $0.value <= now / 10 }.keys)
                    #expect(Set(fired(&wheel, at: now)) == due)
                    for id in due { expected[id] = nil }
                }
                #expect(wheel.count == expected.count)
            }
        }
    }
}

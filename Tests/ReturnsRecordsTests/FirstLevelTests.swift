import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

/// A store of the first writer level, while an older build is at work: what is decided is what is read again, since deadlines,
/// replies and stories are made of what was decided.
@Suite struct FirstLevelTests {
    /// What is made of a case beside its record.
    private struct Outlook: Equatable {
        var firings: [String]
        var told: Track
        var due: [String]
        var needs: [ClosingNeed]

        init(_ value: Case) {
            firings = value.runningClocks.map {
                "\($0.kind) \($0.ordinal) due \($0.dueAt), fires \($0.nextFiring.map { "\($0)" } ?? "never"), waits for \($0.amountMinor)"
            }
            told = value.customerTold
            // Goods that were lost and are not any more left no time, only a clock if they had one of their own.
            due = value.dueNotices.filter { $0.occasion != .exception }.map {
                "\($0.occasion) \($0.refundID)"
            }
            .sorted()
            needs = value.closingNeeds
        }
    }

    @Test func aDecisionRestsOnNothingThatIsNotKept() throws {
        var steps = 0
        for seed in 0..<UInt64(300) {
            var random = SeededGenerator(seed: seed)
            var desk = Desk()
            desk.keeps = WriterLevel.first.keeps
            try desk.follow(
                random.pick(["submit", "submit verify approve", "submit verify approve ship receive"]))
            for _ in 0..<25 {
                desk.now = desk.now.adding(Int64.random(in: 0...60, using: &random) * Milliseconds.hour)
                let kinds = desk.value.allowedCommands(policy: desk.policy, order: desk.order) + [.sweep]
                let moves = WellFormed.moves(random.pick(kinds), desk.value, now: desk.now)
                guard let move = moves.first(where: { $0.command.needs.isEmpty }),
                    case .success(let transition) = desk.decide(move.command, as: move.actor)
                else { continue }
                let record = CaseRecord(transition.caseAfter, level: .first)
                try #require(record.neededLevel == .first, "\(move.command.kind)")
                let read = try record.value()
                #expect(
                    Outlook(read) == Outlook(transition.caseAfter), "seed \(seed): \(move.command.kind)")
                desk.current = read
                desk.order = transition.orderAfter
                steps += 1
            }
        }
        #expect(steps > 3_000)
    }

    /// A pause of seven days that nobody could end by itself would last for ever, and its end be told.
    @Test func aPauseThereHasNoEnd() throws {
        var desk = Desk()
        desk.keeps = WriterLevel.first.keeps
        try desk.follow("submit")
        let transition = try desk.run(
            .pauseClock(.review, reason: "waiting", until: nil), as: Cast.sue)
        #expect(transition.entries[0].text == "review, until somebody resumes it: waiting")
        #expect(desk.value.runningClock(.review)?.nextFiring == nil)
        let until = desk.now.adding(Milliseconds.day)
        #expect(Command.pauseClock(.review, reason: "waiting", until: until).needs == .pauseEnds)
        #expect(WriterLevel.keeping(.pauseEnds) == WriterLevel(2))
    }

    /// Approved on one day, one of three units refused on the next, the customer told of neither: both are still to be told.
    @Test func whatIsUntoldIsReadOffTheSteps() throws {
        var desk = Desk()
        desk.keeps = WriterLevel.first.keeps
        try desk.follow("submit verify approve ship wait:30h receive inspect:1")
        let read = try CaseRecord(desk.value, level: .first).value()
        #expect(read.dueNotices.map(\.occasion) == [.approval, .nonconforming])
        #expect(read.dueNotices.map(\.notifyOrdinal) == [1, 2])
        desk.current = read
        let told = try desk.run(.tell(Telling(channel: "phone")), as: Cast.sara)
        #expect(
            told.entries.first { $0.kind == .customerTold }?.text == "of approval, nonconforming by phone")
        #expect(desk.value.runningClock(.notify) == nil)
        #expect(Command.tell(Telling(occasions: [.approval], channel: "phone")).needs == .notices)
    }

    /// An older build lets the question's NOTIFY clock run on behind the answer: nobody has to be told of it any more, and no
    /// telling could end it.
    @Test func aClockOfAnAnsweredQuestionEnds() throws {
        var desk = Desk()
        desk.keeps = WriterLevel.first.keeps
        try desk.follow("submit request_info")
        var answered = desk.value
        answered.state = .submitted
        for index in answered.clocks.indices where answered.clocks[index].kind == .review {
            answered.clocks[index].pauses = []
        }
        #expect(answered.customerTold == .due && answered.runningClock(.notify) != nil)
        desk.current = try CaseRecord(answered, level: .first).value()
        #expect(desk.value.dueNotices == [] && desk.value.runningClock(.notify) != nil)
        try desk.follow("verify")
        #expect(desk.value.clocks.first { $0.kind == .notify }?.end == .voided)
        // Nothing excuses it where no such clock runs.
        for index in answered.clocks.indices where answered.clocks[index].kind == .notify {
            answered.clocks[index].end = .voided
            answered.clocks[index].endedAt = answered.updatedAt
        }
        #expect(throws: RecordError.self) { try CaseRecord(answered, level: .first).value() }
    }

    /// Two days' money falls under one REFUND clock, as it does for the builds beside.
    @Test func oneRefundClockWaitsForAllTheMoney() throws {
        var desk = Desk()
        desk.keeps = WriterLevel.first.keeps
        try desk.follow("submit verify approve tell ship")
        for hours in [1, 30] as [Int64] {
            let units = [LineUnits(lineID: "1", units: 1)]
            try desk.run(.receive(Receipt(lines: units)), as: Cast.wang, after: hours * Milliseconds.hour)
            try desk.follow("inspect")
        }
        let running = desk.value.runningClocks.filter { $0.kind == .refund }
        #expect(running.count == 1 && running[0].amountMinor == desk.value.balanceMinor)
    }
}

import ReturnsAPI
import ReturnsDomain
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// What is said of a webhook that the log goes past, or is about to.
@Suite("Webhooks that are behind") struct WebhookLossTests {
    private static func at(_ milliseconds: UInt64) -> OutboxID {
        OutboxID(milliseconds: milliseconds, sequence: 0)
    }

    private static func loss(_ after: UInt64, _ through: UInt64, _ events: Int64?, last: Int64 = 90_000)
        -> OutboxLoss
    {
        OutboxLoss(
            after: at(after), through: at(through), events: events, since: Instant(milliseconds: 80_000),
            last: Instant(milliseconds: last))
    }

    @Test("the notice tells what was lost and what to read instead")
    func notice() throws {
        let loss = Self.loss(1_764_073_200_123, 1_764_073_300_456, 17)
        let event = WebhookNotice(
            partition: 7, loss: loss, changedSince: loss.changedSince(nil, margin: 10_000)
        ).event
        #expect(event.id == "lost-p07-1764073300456-0" && event.type == .eventsLost)
        #expect(event.caseID.isEmpty && event.atMs == 90_000)
        #expect(
            event.eventsLost
                == .with {
                    $0.afterEventID = "p07-1764073200123-0"
                    $0.throughEventID = "p07-1764073300456-0"
                    $0.events = 17
                    $0.changedSinceMs = 1_764_073_190_123
                    $0.resyncedThroughMs = 90_000
                })
        // Nothing was delivered before, so nothing tells since when; and the number may be unknown.
        let first = Self.loss(0, 5, nil)
        let everything = WebhookNotice(
            partition: 0, loss: first, changedSince: first.changedSince(nil, margin: 10_000)
        ).event
        #expect(everything.eventsLost.changedSinceMs == 0 && !everything.eventsLost.hasEvents)
    }

    @Test("the notice of a store that was set back says so, and names nothing that nobody knows")
    func noticeOfASetBack() throws {
        let setBack = StoreSetBack(
            last: Self.at(1_764_073_200_123), fork: StoreRun(number: 5, tag: 1),
            run: StoreRun(number: 7, tag: 0xAB), first: Instant(milliseconds: 80_000),
            latest: Instant(milliseconds: 85_000))
        var loss = OutboxLoss(setBack, noted: Instant(milliseconds: 90_000))
        func event() -> Returns_V1_Event {
            WebhookNotice(
                partition: 7, loss: loss, changedSince: loss.changedSince(nil, margin: 10_000)
            ).event
        }
        #expect(event().id == "lost-p07-1764073200123-0-7.ab" && event().type == .eventsLost)
        #expect(
            event().eventsLost
                == .with {
                    $0.afterEventID = "p07-1764073200123-0"
                    $0.changedSinceMs = 1_764_073_190_123
                    $0.resyncedThroughMs = 90_000
                    $0.storeSetBack = true
                })
        // Where the log went past the place, too, one notice tells both.
        loss = Self.loss(1_764_073_100_000, 1_764_073_300_456, 17).joined(loss)
        #expect(event().id == "lost-p07-1764073300456-0-7.ab")
        #expect(event().eventsLost.throughEventID == "p07-1764073300456-0")
        #expect(event().eventsLost.storeSetBack && !event().eventsLost.hasEvents)
    }

    @Test("a loss is noted later than those before, whosever clock is ahead")
    func later() {
        let first = Self.loss(1, 3, 2, last: 91_000)
        let second = Self.loss(4, 6, 2, last: 90_000).noted(after: [first])
        #expect(second.last == Instant(milliseconds: 91_001))
        #expect(second.joined(first).last == second.last)
        #expect(first.noted(after: [Self.loss(4, 6, 2, last: 90_000)]) == first)
    }

    private func figures(trimmed: UInt64, added: Int64, kept: Int64) -> ConsumerFigures {
        ConsumerFigures(
            trimmed: Self.at(trimmed), last: Self.at(UInt64(added)), added: added, kept: kept,
            next: kept > 0 ? Self.at(trimmed + 1) : nil, bytes: kept * 100, noted: nil)
    }

    private func standing(_ state: WebhookState, _ figures: [ConsumerFigures]) -> WebhookStanding {
        WebhookStanding(
            state, figures, retention: OutboxRetention(heldEventsMax: 20),
            now: Instant(milliseconds: 95_000))
    }

    @Test("a webhook is behind by what was recorded, and by what the log has gone past since")
    func isBehind() throws {
        let places = [1, 4].map { OutboxPlace(position: Self.at(UInt64($0)), ordinal: $0) }
        var state = WebhookState(epoch: 1, places: places)
        #expect(
            !standing(
                state, [figures(trimmed: 0, added: 9, kept: 9), figures(trimmed: 2, added: 9, kept: 7)]
            ).isBehind)
        let behind = [figures(trimmed: 6, added: 26, kept: 20), figures(trimmed: 2, added: 9, kept: 7)]
        var found = standing(state, behind)
        #expect(found.isBehind && found.heldShare == 1 && found.lastRecorded == nil)
        #expect(found.losses[0]?.events == 5 && found.losses[0]?.through == Self.at(6))
        state.progress[0].loss = Self.loss(0, 1, 1)
        state.progress[1].loss = Self.loss(1, 3, 2, last: 91_000)
        found = standing(state, behind)
        let proto = try #require(found.lossProto(nil, clockMargin: 0))
        #expect(proto.events == 8 && proto.sinceMs == 80_000 && proto.lastMs == 91_000)
        #expect(proto.ranges.map(\.afterEventID) == ["p00-0-0", "p01-1-0"])
        #expect(proto.ranges.map(\.throughEventID) == ["p00-6-0", "p01-3-0"])
        #expect(proto.ranges.map(\.events) == [6, 2])
        state.progress[1].loss?.events = nil
        #expect(try !#require(standing(state, behind).lossProto(nil, clockMargin: 0)).hasEvents)
        // What the store has lost and nobody has noted yet is shown at once.
        let run = StoreRun(number: 3, tag: 1)
        let setBack = StoreSetBack(
            last: Self.at(2), fork: run, run: run, first: Instant(milliseconds: 70_000),
            latest: Instant(milliseconds: 70_000))
        let told = WebhookStanding(
            WebhookState(epoch: 1, places: places),
            [figures(trimmed: 0, added: 9, kept: 9), figures(trimmed: 2, added: 9, kept: 7)],
            setBack: [nil, OutboxLoss(setBack, noted: Instant(milliseconds: 95_000))],
            retention: OutboxRetention(), now: Instant(milliseconds: 95_000))
        let shown = try #require(told.lossProto(nil, clockMargin: 0))
        #expect(told.isBehind && told.isSetBack && shown.storeSetBack && shown.lastMs == 0)
        #expect(shown.ranges.map(\.throughEventID) == [""] && !shown.hasEvents && shown.sinceMs == 70_000)
        // One that is disabled holds nothing.
        state.isEnabled = false
        #expect(standing(state, behind).heldShare == 0)
    }

    @Test("how long the rest lasts, by the looks of the last minutes")
    func trend() {
        var trend = WebhookTrend()
        #expect(trend.millisecondsLeft == nil)
        trend.look(0.2, at: 0)
        #expect(trend.millisecondsLeft == nil)
        trend.look(0.25, at: 5_000)
        #expect(trend.millisecondsLeft == 75_000)
        // What is kept of many looks reaches back two minutes.
        for second in 6...600 { trend.look(0.25 + Double(second - 5) / 1_000, at: Int64(second) * 1_000) }
        let left = trend.millisecondsLeft ?? 0
        #expect((154_000...156_000).contains(left))
        trend.look(1, at: 601_000)
        #expect(trend.millisecondsLeft == 0)
        // A receiver that catches up ends the warning.
        for second in 602...900 { trend.look(0.1, at: Int64(second) * 1_000) }
        #expect(trend.millisecondsLeft == nil)
    }
}

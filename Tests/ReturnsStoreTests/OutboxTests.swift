import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import SwiftProtobuf
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct OutboxTests {
        @Test func aCommitsEventsAreReadBackInOrder() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                let partition = fixture.store.partitioning.partition(of: order.key)
                _ = try await fixture.store.commit(order, before: nil, result: 1, request: .test(1))
                let id = CaseID(at: Fixture.monday, partition: partition, random: 1)
                let transition = try Case.decide(
                    nil, order: order, command: .submit(Fixture.submission(id: id)), actor: Cast.shop,
                    now: Fixture.monday, policy: Fixture.policy(), sla: .standard()
                ).get()
                #expect(try await fixture.store.commit(transition, request: .test(2)) == .committed)
                let page = try await fixture.store.readOutbox(
                    [EventID(partition: partition, position: .zero)], limit: 100, checksEnd: false)[0]
                guard case .events(let events) = page else {
                    Issue.record("\(page)")
                    return
                }
                let told = events.map(\.message)
                #expect(told.map(\.type.rawValue) == transition.events.map { Int($0.kind.rawValue) })
                #expect(
                    told[0].submitted.intakeChannel == .website && told[0].submitted.reasonCode == "unwanted")
                #expect(told.allSatisfy { $0.caseID == id.description && $0.caseVersion == 1 })
                #expect(told.allSatisfy { $0.order.saleChannel == order.key.saleChannel })
                #expect(
                    told.allSatisfy { $0.order.orderNo == order.key.orderNumber && $0.state == .submitted })
                #expect(told.allSatisfy { $0.atMs == Fixture.monday.milliseconds })
                #expect(events.allSatisfy { $0.message.id == $0.id.description })
                #expect(Set(events.map(\.id)).count == events.count)
                #expect(events.map(\.id.position) == events.map(\.id.position).sorted())
            }
        }

        /// An older server passes on what a newer one wrote; only what is no event of a case is damaged.
        @Test func whatANewerServerWroteIsKeptAsItIs() async throws {
            try await StoreFixture.with { fixture in
                // A refund whose message, and whose event, have a field 2000 more.
                let field: [UInt8] = [0x82, 0x7D, 0x02, 0x68, 0x69]
                let refund =
                    try Returns_V1_RefundDetail.with { $0.refundID = "R-1" }.serializedBytes()
                    as [UInt8] + field
                try await fixture.addEvent(5) {
                    $0.type = .UNRECOGNIZED(77)
                    $0.state = .UNRECOGNIZED(99)
                    $0.refund = try! Returns_V1_RefundDetail(serializedBytes: refund)
                }
                let bytes = try StoreFixture.storedEvent(6) + field
                _ = try await fixture.command(
                    "XADD", .text(StoreKeys(partition: 3).outbox), "6-0", "e", .bytes(bytes))
                guard case .events(let events) = try await fixture.page(after: 0) else { return }
                let sent = try events.map { try $0.message.serializedBytes() as [UInt8] }
                #expect(events.map(\.message.type) == [.UNRECOGNIZED(77), .noted])
                #expect(events[0].message.state == .UNRECOGNIZED(99))
                #expect(sent.allSatisfy { $0.contains(field) })
                #expect(events.map(\.message.id) == ["p03-5-0", "p03-6-0"])
            }
        }

        /// Each of these is told as an entry that nobody can read, in its place.
        @Test func whatIsNoEventOfACaseIsToldAsDamaged() async throws {
            try await StoreFixture.with { fixture in
                let key = RedisArgument.text(StoreKeys(partition: 3).outbox)
                try await fixture.addEvent(1)
                _ = try await fixture.command("XADD", key, "2-0", "type", "noted")
                _ = try await fixture.command("XADD", key, "3-0", "e", .bytes([0xFF, 0xFF]))
                let whole = try StoreFixture.storedEvent(4)
                _ = try await fixture.command("XADD", key, "4-0", "e", .bytes(Array(whole.dropLast(3))))
                _ = try await fixture.command("XADD", key, "5-0", "e", .bytes(whole), "x", "y")
                try await fixture.addEvent(6) { $0.type = .unspecified }
                // No commit writes these: they stand in no log.
                try await fixture.addEvent(7) { $0.type = .eventsLost }
                try await fixture.addEvent(8) { $0.caseID = "CASE" }
                try await fixture.addEvent(9) { $0.clearOrder() }
                try await fixture.addEvent(10) { $0.caseVersion = 0 }
                try await fixture.addEvent(11) { $0.state = .unspecified }
                try await fixture.addEvent(12)
                guard case .events(let events) = try await fixture.page(after: 0) else { return }
                #expect(events.map(\.id.position.milliseconds) == Array(1...12))
                #expect(events.filter { !$0.isUnreadable }.map(\.id.position.milliseconds) == [1, 12])
                let damaged = try #require(events.first { $0.isUnreadable }).message
                #expect(
                    damaged
                        == .with {
                            $0.id = "p03-2-0"
                            $0.type = .unreadable
                            $0.atMs = 2
                        })
            }
        }

        @Test func aReadGoesOnBehindAnID() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...5)
                #expect(try await fixture.page(after: 0, limit: 2).times == [1, 2])
                #expect(try await fixture.page(after: 2).times == [3, 4, 5])
                #expect(try await fixture.page(after: 5).times == [])
                // Between two events is as good a place as at one.
                let between = EventID(
                    partition: 3, position: OutboxID(before: Instant(milliseconds: 4)))
                #expect(
                    try await fixture.store.readOutbox([between], limit: 9, checksEnd: true)[0].times == [
                        4, 5,
                    ])
                #expect(try await fixture.page(after: 0, partition: 4).times == [])
            }
        }

        @Test func aReadBehindTheWatermarkSaysSo() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                #expect(try await fixture.trim(keeping: 4).events == 6)
                #expect(try await fixture.page(after: 5) == .trimmed(.at(6)))
                #expect(try await fixture.page(after: 0) == .trimmed(.at(6)))
                // Nothing that comes after the sixth is missing.
                #expect(try await fixture.page(after: 6).times == [7, 8, 9, 10])
                let ends = try await fixture.store.outboxEnds()
                #expect(ends[3] == OutboxEnds(trimmed: .at(6), last: .at(10)))
                #expect(ends[4] == OutboxEnds(trimmed: .zero, last: .zero))
            }
        }

        /// What is left when everything was trimmed is a watermark and the last id.
        @Test func anEmptyLogKeepsItsPlace() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...3)
                #expect(try await fixture.trim(keeping: 0).events == 3)
                #expect(try await fixture.page(after: 3).times == [])
                #expect(try await fixture.page(after: 2) == .trimmed(.at(3)))
                try await fixture.addEvent(4)
                #expect(try await fixture.page(after: 3).times == [4])
            }
        }

        @Test func aPlaceBeyondTheEndSaysSo() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...3)
                #expect(try await fixture.page(after: 9) == .ahead(.at(3)))
                #expect(try await fixture.page(after: 9, partition: 4) == .ahead(.zero))
                let unchecked = try await fixture.store.readOutbox(
                    [.at(9), .at(1)], limit: 9, checksEnd: false)
                #expect(unchecked.map(\.times) == [[], [2, 3]])
            }
        }

        @Test func trimmingIsBoundedAndGoesOn() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                #expect(
                    try await fixture.trim(keeping: 4, limit: 4)
                        == OutboxTrim(events: 4, hasMore: true, isHeld: false))
                #expect(try await fixture.page(after: 3) == .trimmed(.at(4)))
                #expect(
                    try await fixture.trim(keeping: 4, limit: 4)
                        == OutboxTrim(events: 2, hasMore: false, isHeld: false))
                #expect(try await fixture.trim(keeping: 4, limit: 4).events == 0)
                #expect(try await fixture.page(after: 6).times == [7, 8, 9, 10])
            }
        }

        @Test func oldEventsGoWhateverTheirNumber() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                let trim = try await fixture.trim(keeping: 100, milliseconds: 5, now: 12)
                #expect(trim == OutboxTrim(events: 6, hasMore: false, isHeld: false))
                #expect(try await fixture.page(after: 6).times == [7, 8, 9, 10])
                #expect(try await fixture.trim(keeping: 100, milliseconds: 5, now: 12).events == 0)
            }
        }

        @Test func whatAnInternalConsumerHasNotFinishedStays() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                try await fixture.store.holdOutbox("webhooks", finished: .at(3))
                try await fixture.store.holdOutbox("mail", finished: .at(7))
                #expect(
                    try await fixture.trim(keeping: 1)
                        == OutboxTrim(events: 3, hasMore: false, isHeld: true))
                #expect(try await fixture.page(after: 3).times == [4, 5, 6, 7, 8, 9, 10])
                try await fixture.store.holdOutbox("webhooks", finished: .at(10))
                #expect(try await fixture.trim(keeping: 1).events == 4)
                try await fixture.store.releaseOutbox("mail")
                #expect(
                    try await fixture.trim(keeping: 1)
                        == OutboxTrim(events: 2, hasMore: false, isHeld: false))
            }
        }

        /// A reader beside a trimmer gets each event or is told that it is gone: never neither.
        @Test func trimmingBesideAReaderLosesNothingInSilence() async throws {
            try await StoreFixture.with(connections: 2) { fixture in
                let total: UInt64 = 2_000
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask {
                        try await fixture.addEvents(1...Int(total))
                    }
                    tasks.addTask {
                        var trimmed = 0
                        while trimmed < Int(total) - 10 {
                            trimmed +=
                                try await fixture.stores[1].trimOutbox(
                                    [3], keeping: OutboxRetention(eventsMax: 10),
                                    now: Instant(milliseconds: 0), limit: 7)[0].get().events
                        }
                    }
                    tasks.addTask {
                        var place: UInt64 = 0
                        while place < total {
                            switch try await fixture.page(after: place, limit: 5) {
                            case .events(let events):
                                for event in events {
                                    #expect(event.id.position.milliseconds == place + 1)
                                    place = event.id.position.milliseconds
                                }
                            case .trimmed(let id):
                                #expect(id.milliseconds > place)
                                place = id.milliseconds
                            case .ahead(let id): Issue.record("ahead of \(id)")
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
        }

        @Test func aLibraryThatWasFlushedIsLoadedAgain() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...2)
                _ = try await fixture.command("FUNCTION", "FLUSH")
                #expect(try await fixture.page(after: 0).times == [1, 2])
            }
        }
    }
}

import RedisClient
import ReturnsAPI
import ReturnsDomain
import SwiftProtobuf

@testable import ReturnsStore

extension StoreFixture {
    /// An event as a commit writes it, under an id that the test can name.
    func addEvent(
        _ milliseconds: Int, partition: Int = 3, _ change: (inout Returns_V1_Event) -> Void = { _ in }
    ) async throws {
        _ = try await command(
            "XADD", .text(StoreKeys(partition: partition).outbox), .text("\(milliseconds)-0"), "e",
            .bytes(Self.storedEvent(milliseconds, partition: partition, change)))
    }

    static func storedEvent(
        _ milliseconds: Int, partition: Int = 3, _ change: (inout Returns_V1_Event) -> Void = { _ in }
    ) throws -> [UInt8] {
        var event = Returns_V1_Event.with {
            $0.type = .noted
            $0.caseID = CaseID(at: Instant(milliseconds: 1), partition: partition, random: 1).description
            $0.caseVersion = 1
            $0.state = .submitted
            $0.atMs = Int64(milliseconds)
            $0.order = .with {
                $0.saleChannel = "online"
                $0.orderNo = "SO-1"
            }
        }
        change(&event)
        return try event.serializedBytes()
    }

    func addEvents(_ range: ClosedRange<Int>, partition: Int = 3) async throws {
        for milliseconds in range { try await addEvent(milliseconds, partition: partition) }
    }

    /// One read of one partition.
    func page(after milliseconds: UInt64, partition: Int = 3, limit: Int = 100) async throws -> OutboxPage {
        try await store.readOutbox([.at(milliseconds, partition: partition)], limit: limit, checksEnd: true)[
            0]
    }

    func trim(
        keeping events: Int, milliseconds: Int64? = nil,
        held: Int = OutboxRetention.heldEventsMaxDefault, bytes: Int64 = OutboxRetention.bytesMaxDefault,
        now: Int64 = 0, limit: Int = 100, partition: Int = 3
    ) async throws -> OutboxTrim {
        try await store.trimOutbox(
            [partition],
            keeping: OutboxRetention(
                eventsMax: events, milliseconds: milliseconds, heldEventsMax: held,
                bytesMax: bytes * Int64(Self.partitions)),
            now: Instant(milliseconds: now), limit: limit)[0].get()
    }

    /// What trimming has noted that a consumer loses.
    func noted(_ consumer: String, partition: Int = 3) async throws -> OutboxLoss? {
        try await command(
            "HGET", .text(StoreKeys(partition: partition).outboxLost), .text(consumer)
        ).string.flatMap { OutboxLoss($0) }
    }
}

extension EventID {
    static func at(_ milliseconds: UInt64, partition: Int = 3) -> EventID {
        EventID(partition: partition, position: OutboxID(milliseconds: milliseconds, sequence: 0))
    }
}

extension OutboxID {
    static func at(_ milliseconds: UInt64) -> OutboxID {
        OutboxID(milliseconds: milliseconds, sequence: 0)
    }
}

extension OutboxPage {
    /// The times of its events; nil when it holds none to tell.
    var times: [UInt64]? {
        if case .events(let events) = self { events.map(\.id.position.milliseconds) } else { nil }
    }
}

extension EventGroupPage {
    /// The times of the events given again, and of those given for the first time.
    var times: Times? {
        guard case .events(let again, let fresh) = self else { return nil }
        return Times(again.map(\.id.position.milliseconds), fresh.map(\.id.position.milliseconds))
    }

    struct Times: Equatable {
        var again: [UInt64]
        var fresh: [UInt64]

        init(_ again: [UInt64], _ fresh: [UInt64]) {
            self.again = again
            self.fresh = fresh
        }
    }
}

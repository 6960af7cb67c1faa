import NIOCore
import RCP
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import TestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// The dispatcher as it runs, on a real log and with a receiver that takes everything.
@Suite(.serialized) struct WebhookDispatcherTests {
    private struct Running {
        let connected: ConnectedStore
        let receiver: HookReceiver
        let dispatcher: WebhookDispatcher
        let log: CapturedLog
        let webhook: Webhook

        var store: ReturnsStore { connected.store }

        /// Opens cases, in none of the partitions named.
        func open(_ numbers: ClosedRange<Int>, but broken: Int? = nil) async throws -> [CaseID] {
            var ids: [CaseID] = []
            for number in numbers {
                let transition = try Fixture.opening(number, partition: store.partitioning.partition)
                guard transition.caseAfter.id.partition != broken else { continue }
                var isAgain = false
                #expect(
                    try await WebhookDispatcherTests.eventually {
                        // Once its Redis was set back, the connection is made anew, and takes nothing meanwhile.
                        defer { isAgain = true }
                        do throws(StoreError) {
                            let outcome = try await store.commit(transition, request: nil)
                            return outcome == .committed || isAgain && outcome == .stale
                        } catch {
                            guard error.code == .unavailable else { throw error }
                            return false
                        }
                    })
                ids.append(transition.caseAfter.id)
            }
            return ids
        }

        func hasBeenTold(of cases: [CaseID]) -> Bool {
            let told = Set(receiver.taken.map(\.caseID))
            return cases.allSatisfy { told.contains("\($0)") }
        }

        func command(_ name: StaticString, _ arguments: RedisArgument...) async throws -> RedisValue {
            var command = RedisCommand(name)
            for argument in arguments { command.append(argument) }
            return try await connected.client.send(command, key: nil).checked()
        }

        /// A webhook that begins at the log's beginning.
        func add(_ name: String, instance: UInt64) async throws -> Webhook {
            var other = webhook
            (other.name, other.instance) = (name, instance)
            let place = OutboxPlace(position: .zero, ordinal: 0, run: store.identity.presentRun)
            let request = CommitRequest(
                id: String(repeating: "c", count: 32), fingerprint: Array(repeating: 1, count: 32))
            let addition = try await store.addWebhook(
                other,
                state: WebhookState(
                    epoch: other.firstEpoch,
                    places: Array(repeating: place, count: store.partitioning.count)), request: request)
            #expect(addition == .added)
            return other
        }

        /// Whether every event was delivered for it, or passed over.
        func isAtTheEnd(_ webhook: Webhook) async throws -> Bool {
            guard let state = try await store.loadWebhookState(webhook) else { return false }
            return try await store.outboxEnds().map(\.last) == state.places.map(\.position)
        }

        /// Sets Redis back to an earlier state of it in one step, under its open connections.
        func restore(_ copies: [(String, ByteBuffer)]) async throws {
            let connection = try await RedisConnection.connect(
                to: RedisURL(address: .unix(path: connected.server.socketPath)),
                on: connected.client.eventLoop
            ).get()
            var commands = [RedisCommand("MULTI"), RedisCommand("FLUSHALL")]
            for (key, bytes) in copies {
                commands.append(RedisCommand("RESTORE", .text(key), 0, .buffer(bytes)))
            }
            let replies = try await connection.pipeline(commands + [RedisCommand("EXEC")])
            #expect(replies.last?.array?.count == copies.count + 1)
            _ = connection.close()
            try await store.identity.look(connected.client)
        }

        func copies() async throws -> [(String, ByteBuffer)] {
            var copies: [(String, ByteBuffer)] = []
            for key in (try await command("KEYS", "*").array ?? []).compactMap(\.string) {
                if let bytes = try await command("DUMP", .text(key)).bytes { copies.append((key, bytes)) }
            }
            return copies
        }
    }

    private static let partitions = 4

    private static func with(_ body: @escaping (Running) async throws -> Void) async throws {
        try await ConnectedStore.with(toleratedChanges: 1_000) { connected in
            try await HookReceiver.with { receiver, url in
                let log = CapturedLog()
                var limits = EventLimits()
                limits.tickMilliseconds = 20
                let tail = EventTail(store: connected.store, limits: limits, logger: log.logger)
                let dispatcher = WebhookDispatcher(
                    store: connected.store, tail: tail, authorities: nil, logger: log.logger)
                let webhook = Webhook(
                    name: "erp", instance: 1, url: url, secret: Array(repeating: 1, count: 32),
                    filter: EventFilter(), giveUpMilliseconds: 60_000, attemptsMax: 3,
                    createdAt: Fixture.monday, createdBy: "boss")
                let place = OutboxPlace(
                    position: .zero, ordinal: 0, run: connected.store.identity.presentRun)
                let request = CommitRequest(
                    id: String(repeating: "a", count: 32), fingerprint: Array(repeating: 1, count: 32))
                #expect(
                    try await connected.store.addWebhook(
                        webhook,
                        state: WebhookState(
                            epoch: webhook.firstEpoch, places: Array(repeating: place, count: partitions)),
                        request: request) == .added)
                let running = Running(
                    connected: connected, receiver: receiver, dispatcher: dispatcher, log: log,
                    webhook: webhook)
                let following = Task { try await tail.run() }
                let dispatching = Task { try await dispatcher.run() }
                do { try await body(running) } catch { Issue.record(error) }
                dispatching.cancel()
                try await dispatching.value
                following.cancel()
                try await following.value
            }
        }
    }

    private static func eventually(
        seconds: Int64 = 20, _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let end = NIODeadline.now() + .seconds(seconds)
        while NIODeadline.now() < end {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test("an accepted loss is told of each partition, before what follows it, and what follows comes once")
    func loss() async throws {
        try await Self.with { running in
            let early = try await running.open(1...8)
            #expect(try await Self.eventually { running.hasBeenTold(of: early) })
            let copies = try await running.copies()
            let lost = try await running.open(11...18)
            #expect(try await Self.eventually { running.hasBeenTold(of: lost) })
            // The runner goes on with places that lie in what is lost.
            try await running.restore(copies)
            #expect(try await Self.eventually { running.receiver.notices.count == Self.partitions })
            let late = try await running.open(21...28)
            #expect(try await Self.eventually { running.hasBeenTold(of: late) })
            let taken = running.receiver.taken
            #expect(running.receiver.notices.count == Self.partitions)
            #expect(Set(taken.map(\.id)).count == taken.count)
            let run = try #require(running.store.identity.presentRun)
            for notice in running.receiver.notices {
                #expect(notice.eventsLost.storeSetBack && notice.id.hasSuffix("-\(run)"))
                let place = notice.eventsLost.afterEventID
                let partition = try #require(EventID(place, partitions: Self.partitions)).partition
                let told = try #require(taken.firstIndex(of: notice))
                for (index, event) in taken.enumerated()
                where late.contains(where: { "\($0)" == event.caseID }) {
                    if EventID(event.id, partitions: Self.partitions)?.partition == partition {
                        #expect(told < index)
                    }
                }
            }
            let state = try #require(try await running.store.loadWebhookState(running.webhook))
            #expect(state.losses.count == Self.partitions && state.losses.values.allSatisfy(\.isOfStore))
            // A time confirms those up to it, so no two have the same.
            #expect(Set(state.losses.values.map(\.last)).count == Self.partitions)
            #expect(
                try await Self.eventually {
                    try await running.store.loadWebhookState(running.webhook)?.untold.isEmpty == true
                })
            let standing = try await WebhookStanding(
                running.webhook, state, store: running.store, retention: OutboxRetention(),
                deadline: .distantFuture)
            #expect(standing.lossProto(running.store.identity, clockMargin: 0)?.storeSetBack == true)
            #expect(running.log.text.contains("the store was set back"))
            #expect(!running.log.text.contains("lies beyond the log's end"))
        }
    }

    @Test("what a newer build wrote of a webhook is left to servers of that build", arguments: [false, true])
    func newer(isState: Bool) async throws {
        try await Self.with { running in
            let store = running.store
            var other = running.webhook
            (other.name, other.instance) = ("newer", 2)
            if !isState { other.filter.types = [.UNRECOGNIZED(999)] }
            let place = OutboxPlace(position: .zero, ordinal: 0, run: store.identity.presentRun)
            var state = WebhookState(
                epoch: other.firstEpoch, places: Array(repeating: place, count: Self.partitions))
            state.isEnabled = !isState
            let request = CommitRequest(
                id: String(repeating: "b", count: 32), fingerprint: Array(repeating: 1, count: 32))
            #expect(try await store.addWebhook(other, state: state, request: request) == .added)
            if isState {
                _ = try await running.command(
                    "HSET", .text(StoreKeys.webhookState("newer")), "enabled", "1", "paused",
                    .text(WebhookField("paused", "1").value))
            }
            let cases = try await running.open(1...4)
            #expect(try await Self.eventually { running.hasBeenTold(of: cases) })
            let words = "the webhook newer was written by a newer returnsd"
            #expect(
                try await Self.eventually { running.dispatcher.warnings.contains { $0.hasPrefix(words) } })
            #expect(running.dispatcher.warnings.allSatisfy { !$0.contains("delete") })
            #expect(running.log.text.contains(words))
            let lease = try await running.command("EXISTS", .text(StoreKeys.webhookLease("newer")))
            #expect(lease.integer == 0)
            let taken = running.receiver.taken.map(\.id)
            #expect(Set(taken).count == taken.count)
        }
    }

    /// As a newer build writes it while this server delivers for the webhook.
    @Test(
        "what a newer build writes of a webhook ends what is delivered for it, and its lease",
        arguments: ["a field of its state", "its filter", "its form"])
    func rewritten(_ what: String) async throws {
        try await Self.with { running in
            let early = try await running.open(1...8)
            #expect(try await Self.eventually { running.hasBeenTold(of: early) })
            switch what {
            case "a field of its state":
                let field = WebhookField("paused", "1")
                _ = try await running.command(
                    "HSET", .text(StoreKeys.webhookState("erp")), .text(field.name), .text(field.value))
            case "its filter":
                var newer = running.webhook
                newer.filter.types = [.UNRECOGNIZED(999)]
                _ = try await running.command(
                    "HSET", .text(StoreKeys.webhooks), "erp", .bytes(newer.encodeRecord()))
            default:
                var contents = Array(running.webhook.encodeRecord().dropLast(4))
                contents[0] = Webhook.versions.upperBound + 1
                let checksum = contents.withUnsafeBytes { CRC32C.of($0) }
                contents += withUnsafeBytes(of: checksum.bigEndian) { Array($0) }
                _ = try await running.command("HSET", .text(StoreKeys.webhooks), "erp", .bytes(contents))
            }
            #expect(
                try await Self.eventually {
                    try await running.command("EXISTS", .text(StoreKeys.webhookLease("erp"))).integer == 0
                })
            let words = "the webhook erp was written by a newer returnsd"
            #expect(
                try await Self.eventually { running.dispatcher.warnings.contains { $0.hasPrefix(words) } })
            let deliveries = RedisArgument.text(StoreKeys.webhookDeliveries("erp"))
            let before = try await running.command("LLEN", deliveries)
            _ = try await running.open(21...28)
            // One that the dispatcher looks at behind it.
            let behind = try await running.add("later", instance: 3)
            #expect(try await Self.eventually { try await running.isAtTheEnd(behind) })
            let lease = try await running.command("EXISTS", .text(StoreKeys.webhookLease("erp")))
            #expect(lease.integer == 0)
            #expect(try await running.command("LLEN", deliveries) == before)
        }
    }

    /// The runner ends with its record, and the next one delivers by the new one.
    @Test("a webhook whose record is another one is delivered for by that one")
    func changed() async throws {
        try await Self.with { running in
            let early = try await running.open(1...8)
            #expect(try await Self.eventually { running.hasBeenTold(of: early) })
            let epoch = try await running.store.loadWebhookState(running.webhook)?.epoch
            var other = running.webhook
            other.filter.types = [.cancelled]
            _ = try await running.command(
                "HSET", .text(StoreKeys.webhooks), "erp", .bytes(other.encodeRecord()))
            #expect(
                try await Self.eventually {
                    try await running.store.loadWebhookState(other)?.epoch != epoch
                })
            let late = try await running.open(21...28)
            #expect(try await Self.eventually { try await running.isAtTheEnd(other) })
            let told = Set(running.receiver.taken.map(\.caseID))
            #expect(late.allSatisfy { !told.contains("\($0)") })
        }
    }

    /// The others' lanes look for themselves, since the look at the whole log fails with the one.
    @Test(
        "a partition that holds something else than a log keeps no other from being delivered, and is named")
    func partition() async throws {
        try await Self.with { running in
            let early = try await running.open(1...8)
            let broken = early[0].partition
            #expect(try await Self.eventually { running.hasBeenTold(of: early) })
            let key = StoreKeys(partition: broken).outbox
            // In one step: a log that is not there was deleted.
            let damage = "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'text')"
            _ = try await running.command("EVAL", .text(damage), 2, .text(key), .text("\(key):kept"))
            #expect(
                try await Self.eventually {
                    running.log.text.contains("cannot be read")
                        && running.log.text.contains("\"partition\": \(broken)")
                })
            let late = try await running.open(21...32, but: broken)
            #expect(try await Self.eventually { running.hasBeenTold(of: late) })
            // Once it is mended it goes on where it stood.
            _ = try await running.command("RENAME", .text("\(key):kept"), .text(key))
            let mended = try await running.open(41...52)
            #expect(mended.contains { $0.partition == broken })
            #expect(try await Self.eventually { running.hasBeenTold(of: mended) })
            let ids = running.receiver.taken.map(\.id)
            #expect(Set(ids).count == ids.count && running.receiver.notices.isEmpty)
        }
    }
}

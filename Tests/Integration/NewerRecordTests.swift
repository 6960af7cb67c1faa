import NIOCore
import NIOPosix
import RCP
import RedisClient
import RedisTestSupport
import ReturnsAPI
import ReturnsRecords
import Testing

/// What a newer build put into a record is sent by an older one, which decides nothing on it.
@Suite(.serialized) struct NewerRecordTests {
    private static func command(_ command: RedisCommand, _ daemon: Daemon) async throws -> RedisValue {
        let connection = try await RedisConnection.connect(
            to: RedisURL(address: .unix(path: daemon.redis.socketPath)),
            on: MultiThreadedEventLoopGroup.singleton.next()
        ).get()
        defer { _ = connection.close() }
        return try await connection.send(command).checked()
    }

    /// Puts more behind what everybody reads of an order, with checksums that fit.
    private static func add(_ more: ByteBuffer, toOrder number: String, _ daemon: Daemon) async throws {
        let key = try #require(daemon.redis.keys("*:order:online:\(number)").first)
        let fields = try await command(RedisCommand("HMGET", .text(key), "b", "e", "c"), daemon).array ?? []
        var everybody = try #require(fields[0].bytes)
        everybody.writeImmutableBuffer(more)
        var checksums = try #require(fields[2].bytes?.getSlice(at: 0, length: 1))
        for part in [everybody, try #require(fields[1].bytes)] { checksums.writeInteger(crc(part)) }
        checksums.writeInteger(crc(checksums))
        _ = try await command(
            RedisCommand("HSET", .text(key), "b", .buffer(everybody), "c", .buffer(checksums)), daemon)
    }

    private static func crc(_ bytes: ByteBuffer) -> UInt32 {
        bytes.withUnsafeReadableBytes { CRC32C.of($0) }
    }

    private static func field(_ number: Int, _ value: Int64) -> ByteBuffer {
        var writer = RCPMessageWriter()
        writer.append(RCPField<Int64>(number), value)
        return writer.buffer
    }

    private func refusal(_ body: () async throws -> some Any) async -> RCPStatus? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RCPStatus
        }
    }

    @Test func anOrderIsShownWithWhatIsNotKnownOfIt() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let id = try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id
            let change = Returns_V1_ChangePaymentsRequest.with {
                $0.key = Daemon.key("1")
                $0.payments = [
                    .with {
                        $0.reference = "card-2"
                        $0.method = .card
                        $0.amountMinor = 4_500
                    }
                ]
                $0.reason = "the card was closed"
            }
            let options = RCPCallOptions(requestID: .random())
            let first = try await daemon.client.orders.changePayments(change, options: options).message
            // The status, and a payment more by a method that is not known.
            let payment = try RCPMessageCodec.encode(
                Returns_V1_Order.with {
                    $0.payments = [
                        .with {
                            $0.reference = "new"
                            $0.method = .UNRECOGNIZED(44)
                        }
                    ]
                })
            for more in [Self.field(1_000, 7), Self.field(7, 99), payment] {
                try await Self.add(more, toOrder: "1", daemon)
            }

            let shown = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(shown.order.status == .UNRECOGNIZED(99))
            #expect(shown.order.payments.map(\.method) == [.card, .UNRECOGNIZED(44)])
            #expect(!shown.order.unknownFields.data.isEmpty)
            #expect(shown.caseIds == [id] && shown.timeline == [first.entry])
            let listed = try await daemon.client.cases.listCases(.with { $0.order = Daemon.key("1") }).message
            #expect(listed.cases.map(\.id) == [id])
            // What was done before is told with what there is by now.
            let again = try await daemon.client.orders.changePayments(change, options: options)
            #expect(again.replayed && again.message.entry == first.entry)
            #expect(again.message.order.status == .UNRECOGNIZED(99))
            #expect(!again.message.order.unknownFields.data.isEmpty)

            let key = "online/1"
            let other = await refusal { try await daemon.client.orders.changePayments(change) }
            #expect(other?.details.map(\.reason) == ["RECORD_NEWER"])
            #expect(other?.text.hasPrefix("order \(key) was written by a newer returnsd, so this") == true)
            #expect(other?.text.contains("it can still be read") == true)
            let note = await refusal {
                try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "x"
                    })
            }
            #expect(note?.text.hasPrefix("order \(key) of case \(id) was written by a newer") == true)
        }
    }

    @Test func aDamagedEntryOfAnOrdersTimelineIsNamed() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let key = try #require(daemon.redis.keys("*:order:online:1").first)
                .replacing(":order:", with: ":order-timeline:")
            daemon.redis.answer(to: "RPUSH \(key) junk")
            let shown = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(shown.order.key == Daemon.key("1") && shown.timeline.isEmpty)
            #expect(shown.unreadableNumbers == [1])
            daemon.redis.answer(to: "SET \(key) x")
            let status = await refusal {
                try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") })
            }
            #expect(status?.text.hasPrefix("a key of order online/1 holds something of another") == true)
        }
    }

    /// To a server that knows no level every field is of a later one: what it is refused, a dry run is refused too.
    @Test func aDryRunIsRefusedForTheStoresLevelAsTheChangeItselfIs() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Daemon.with(redis, name: "first") { daemon in
            for number in ["1", "2"] { try await daemon.put(number) }
            _ = try await daemon.client.cases.submitCase(Daemon.form("2"))
        }
        try await Daemon.with(redis, name: "second", knowing: WriterLevel(0)) { daemon in
            for pattern in ["*:order:online:1", "*:order:online:2"] {
                try await Self.lower(pattern, field: "c", levelAt: 0, daemon)
            }
            try await Self.lower("*:case:*", field: "f", levelAt: 1, daemon)
            let change = Returns_V1_ChangePaymentsRequest.with {
                $0.key = Daemon.key("2")
                $0.payments = Daemon.order("2").payments
                $0.payments[0].reference = "card-2"
                $0.reason = "the card was closed"
            }
            for isDryRun in [true, false] {
                var (form, change) = (Daemon.form("1"), change)
                (form.dryRun, change.dryRun) = (isDryRun, isDryRun)
                let submitted = await refusal { try await daemon.client.cases.submitCase(form) }
                #expect(submitted?.details.map(\.reason) == ["LEVEL_TOO_LOW"], "dry run: \(isDryRun)")
                let changed = await refusal { try await daemon.client.orders.changePayments(change) }
                #expect(changed?.details.map(\.reason) == ["LEVEL_TOO_LOW"], "dry run: \(isDryRun)")
            }
        }
    }

    /// Says of a case or an order, whose record stays as it is, that it was written at level 0.
    private static func lower(
        _ pattern: String, field: RedisArgument, levelAt place: Int, _ daemon: Daemon
    ) async throws {
        let key = RedisArgument.text(try #require(daemon.redis.keys(pattern).first))
        let found = try await command(RedisCommand("HGET", key, field), daemon).bytes
        var sealed = try #require(found.flatMap { $0.getSlice(at: 0, length: $0.readableBytes - 4) })
        sealed.setInteger(UInt8(0), at: place)
        sealed.writeInteger(crc(sealed))
        _ = try await command(RedisCommand("HSET", key, field, .buffer(sealed)), daemon)
    }

    /// A form that was sent before is answered with the case as it is stored.
    @Test func aFormThatWasSentBeforeIsAnsweredWithANewersCase() async throws {
        try await Self.withANewersCase { daemon, id in
            let again = try await daemon.client.cases.submitCase(Daemon.form("1", reference: "R-1"))
            #expect(again.replayed && again.message.case.id == id && again.message.case.version >= 2)
            let other = await refusal {
                try await daemon.client.cases.submitCase(Daemon.form("1", units: 1, reference: "R-1"))
            }
            #expect(other?.code == .alreadyExists)
        }
    }

    @Test func aRecomputationNamesNewerCasesAsSuch() async throws {
        try await Self.withANewersCase { daemon, id in
            try await daemon.put("2")
            let damaged = try await daemon.client.cases.submitCase(Daemon.form("2")).message.case.id
            let key = try #require(daemon.redis.keys("*:case:\(damaged)").first)
            daemon.redis.answer(to: "HSET \(key) b junk")
            let reply = try await daemon.client.slaPolicies.recompute(.init()).message
            let reasons = Dictionary(
                uniqueKeysWithValues: reply.refused.map { ($0.caseID, $0.reason) })
            #expect(reasons == [id: "RECORD_NEWER", damaged: "RECORD_UNREADABLE"])
        }
    }

    /// The case of order 1, which was written at a level that the server does not know.
    private static func withANewersCase(
        _ body: (Daemon, _ id: String) async throws -> Void
    ) async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Daemon.with(redis, name: "first", knowing: .first) { older in
            try await older.put("1")
            let id = try await older.client.cases.submitCase(Daemon.form("1", reference: "R-1")).message.case
                .id
            _ = redis.answer(to: "HSET returns:store level 2")
            // This one begins at the second level, since it knows it.
            try await Daemon.with(redis, name: "newer", knowing: WriterLevel(2)) { newer in
                _ = try await newer.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "seen"
                    })
            }
            try await body(older, id)
        }
    }
}

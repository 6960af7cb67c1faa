import RCP
import RedisTestSupport
import Testing

@Suite(.serialized) struct IdempotencyTests {
    @Test func aRepeatedRequestReplaysAndActsOnce() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let options = RCPCallOptions(requestID: RCPRequestID.random())
            let first = try await daemon.client.cases.submitCase(Daemon.form("1"), options: options)
            let second = try await daemon.client.cases.submitCase(Daemon.form("1"), options: options)
            #expect(!first.replayed && second.replayed)
            #expect(first.message.case.id == second.message.case.id)
            let order = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(order.caseIds == [first.message.case.id])
            #expect(order.order.lines[0].reservedUnits == 2)
            let other = await status {
                _ = try await daemon.client.cases.submitCase(Daemon.form("1", units: 3), options: options)
            }
            #expect(other?.code == .aborted)
            #expect(other?.details.first?.reason == "REQUEST_ID_REUSED")
        }
    }

    /// The channel's own reference protects for ever, whatever the request id.
    @Test func theSameFormUnderItsReferenceIsTheSameCase() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let first = try await daemon.client.cases.submitCase(Daemon.form("1", reference: "R-1"))
            let second = try await daemon.client.cases.submitCase(Daemon.form("1", reference: "R-1"))
            #expect(second.replayed)
            #expect(second.message.case.id == first.message.case.id)
            let other = await status {
                _ = try await daemon.client.cases.submitCase(Daemon.form("1", units: 3, reference: "R-1"))
            }
            #expect(other?.code == .alreadyExists)
            #expect(other?.details.first?.reason == "CHANNEL_REF_EXISTS")
        }
    }

    /// Whatever has become of the policies: what needs none is answered without.
    @Test func theSameFormFindsItsCaseWhereNoPolicyCanBeRead() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        var id = ""
        let options = RCPCallOptions(requestID: .random())
        try await Daemon.with(redis, name: "first") { daemon in
            try await daemon.put("1")
            let form = Daemon.form("1", reference: "R-1")
            id = try await daemon.client.cases.submitCase(form, options: options).message.case.id
            for key in ["returns:{policies}", "returns:{policies}:sla"] {
                daemon.redis.answer(to: "HSET \(key) 1 junk")
            }
        }
        try await Daemon.with(redis, name: "second") { daemon in
            let cases = daemon.client.cases
            let form = Daemon.form("1", reference: "R-1")
            for options in [options, RCPCallOptions()] {
                let again = try await cases.submitCase(form, options: options)
                #expect(again.replayed && again.message.case.id == id)
            }
            let reasons = [
                (Daemon.form("1", units: 3, reference: "R-1"), "CHANNEL_REF_EXISTS"),
                (Daemon.form("2", reference: "R-1"), "ORDER_UNKNOWN"),
                (Daemon.form("1"), "RECORD_UNREADABLE"),
            ]
            for (form, reason) in reasons {
                let refused = await status { _ = try await cases.submitCase(form) }
                #expect(refused?.details.first?.reason == reason && refused?.outcome == .notApplied)
            }
        }
    }

    @Test func writersThatMeetOnOneCaseAllGetThrough() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let id = try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id
            let notes = 24
            try await withThrowingTaskGroup(of: Void.self) { group in
                for note in 0..<notes {
                    group.addTask {
                        _ = try await daemon.client.cases.addNote(
                            .with {
                                $0.target.caseID = id
                                $0.text = "note \(note)"
                            })
                    }
                }
                try await group.waitForAll()
            }
            let timeline = try await daemon.client.cases.getTimeline(.with { $0.caseID = id }).message
            #expect(timeline.case.version == UInt64(notes + 1))
            #expect(Set(timeline.entries.map(\.deskPersonalText)).count == notes + 1)
        }
    }

    @Test func aStaleVersionIsRefused() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let id = try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id
            let stale = await status {
                _ = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.target.expectedVersion = 7
                        $0.text = "late"
                    })
            }
            #expect(stale?.code == .aborted)
            #expect(stale?.details.first?.reason == "STALE_VERSION")
            #expect(stale?.outcome == .notApplied)
        }
    }

    @Test func aDryRunChangesNothing() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            var form = Daemon.form("1")
            form.dryRun = true
            let reply = try await daemon.client.cases.submitCase(form)
            #expect(reply.outcome == .notApplied)
            #expect(reply.message.case.state == .submitted)
            let order = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(order.caseIds.isEmpty && order.order.lines[0].reservedUnits == 0)
        }
    }

    private func status(_ body: () async throws -> Void) async -> RCPStatus? {
        do {
            try await body()
            return nil
        } catch {
            return error as? RCPStatus
        }
    }
}

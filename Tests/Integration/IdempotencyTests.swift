import RCP
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

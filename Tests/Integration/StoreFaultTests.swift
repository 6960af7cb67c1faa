import RCP
import RedisTestSupport
import ReturnsAPI
import Testing

/// What others do to the Redis under a server, and what the server makes of it.
@Suite(.serialized) struct StoreFaultTests {
    private func submit(_ daemon: Daemon, _ number: String) async throws -> String {
        try await daemon.put(number)
        return try await daemon.client.cases.submitCase(Daemon.form(number)).message.case.id
    }

    private func review(_ daemon: Daemon, _ id: String) async throws -> Returns_V1_Clock {
        let value = try await daemon.client.cases.getCase(.with { $0.caseID = id }).message.case
        return try #require(value.clocks.first { $0.kind == .review })
    }

    @Test func entriesThatNameNoClockKeepNoOthersFromFiring() async throws {
        try await Daemon.with(hasTestClock: true) { daemon in
            let id = try await submit(daemon, "1")
            // More than one read of a partition takes, and all of them due before the case's clock.
            for partition in 0..<64 {
                let key = "{p\(partition < 10 ? "0" : "")\(partition)}:deadlines"
                let members = (0..<150).map { "1 damaged-\($0)" }.joined(separator: " ")
                #expect(daemon.redis.answer(to: "ZADD \(key) \(members)")?.hasPrefix(":150") == true)
            }
            _ = try await daemon.client.admin.advanceTestClock(.with { $0.byMs = 25 * 3_600_000 })
            try await eventually { try await review(daemon, id).hasBreachedAtMs }
            let report = try await daemon.client.admin.verifyIndexes(.with { $0.repair = true }).message
            #expect(report.problems == 64 * 150)
            #expect(try await daemon.client.admin.verifyIndexes(.init()).message.problems == 0)
        }
    }

    @Test func aCaseThatCannotBeWrittenKeepsNoOthersFromFiring() async throws {
        try await Daemon.with(hasTestClock: true) { daemon in
            let damaged = try await submit(daemon, "1")
            let sound = try await submit(daemon, "1")
            let partition = try #require(daemon.redis.keys("*:timeline:\(damaged)").first)
            #expect(daemon.redis.answer(to: "DEL \(partition)")?.hasPrefix(":1") == true)
            daemon.redis.answer(to: "SET \(partition) x")
            _ = try await daemon.client.admin.advanceTestClock(.with { $0.byMs = 25 * 3_600_000 })
            try await eventually { try await review(daemon, sound).hasBreachedAtMs }
            #expect(try await !review(daemon, damaged).hasBreachedAtMs)
        }
    }

    /// Its order, listings and clocks still name it, so nobody is told that it never was, and nothing is decided past it.
    @Test func aCaseWhoseKeyIsGoneIsToldAsDamaged() async throws {
        try await Daemon.with(hasTestClock: true) { daemon in
            let gone = try await submit(daemon, "1")
            let sound = try await submit(daemon, "1")
            let key = try #require(daemon.redis.keys("*:case:\(gone)").first)
            #expect(daemon.redis.answer(to: "DEL \(key)")?.hasPrefix(":1") == true)
            let client = daemon.client
            for ask in [
                { _ = try await client.cases.getCase(.with { $0.caseID = gone }) },
                { _ = try await client.cases.getTimeline(.with { $0.caseID = gone }) },
                { _ = try await client.cases.verifyCase(.with { $0.target.caseID = gone }) },
                {
                    _ = try await client.orders.changePayments(
                        .with {
                            $0.key = Daemon.key("1")
                            $0.reason = "x"
                            $0.payments = [
                                .with {
                                    $0.reference = "cash"
                                    $0.method = .card
                                    $0.amountMinor = 4_500
                                }
                            ]
                        })
                },
            ] as [() async throws -> Void] {
                let status = await #expect(throws: RCPStatus.self) { try await ask() }
                #expect(status?.code == .dataLoss && status?.text.contains("case \(gone) is missing") == true)
            }
            let page = try await client.cases.listCases(.init()).message
            #expect(page.unreadableCaseIds == [gone] && page.cases.map(\.id) == [sound])
            let due = try await client.clocks.listDue(.with { $0.limit = 50 }).message
            #expect(due.unreadableCaseIds == [gone] && due.clocks.allSatisfy { $0.caseID == sound })
            let board = try await client.clocks.getBoard(.init()).message
            #expect(board.unreadableCaseIds == [gone])
            let report = try await client.admin.verifyIndexes(.with { $0.repair = true }).message
            #expect(report.findings.map(\.problem) == [.recordMissing] && report.findings[0].caseID == gone)
            let never = await #expect(throws: RCPStatus.self) {
                try await client.cases.getCase(.with { $0.caseID = "0000000000000000" })
            }
            #expect(never?.code == .notFound)
        }
    }

    @Test func aLostFunctionIsLoadedAgain() async throws {
        try await Daemon.with { daemon in
            let id = try await submit(daemon, "1")
            #expect(daemon.redis.answer(to: "FUNCTION FLUSH")?.hasPrefix("+OK") == true)
            let reply = try await daemon.client.cases.addNote(
                .with {
                    $0.target.caseID = id
                    $0.text = "after the flush"
                })
            #expect(reply.outcome == .applied)
        }
    }

    @Test func callsOutliveCutConnections() async throws {
        try await Daemon.with { daemon in
            let id = try await submit(daemon, "1")
            for note in 0..<20 {
                daemon.redis.cutConnections()
                _ = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "note \(note)"
                    })
            }
            let value = try await daemon.client.cases.getCase(.with { $0.caseID = id }).message.case
            #expect(value.version == 21)
        }
    }

    /// A server learns of a policy that another has put, and judges by it (R22).
    @Test func aPolicyReachesOtherServers() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Daemon.with(redis, name: "first") { first in
            try await Daemon.with(redis, name: "second") { second in
                var policy = try await first.client.policies.getPolicy(.init()).message.policy
                for index in policy.reasons.indices { policy.reasons[index].covered = false }
                let current = try await first.client.policies.getPolicy(.init()).message.currentVersion
                _ = try await first.client.policies.putPolicy(
                    .with {
                        $0.policy = policy
                        $0.replacesVersion = current
                    })
                try await second.put("1")
                try await eventually {
                    let id = try await submit(second, "1")
                    let verified = try await second.client.cases.verifyCase(
                        .with {
                            $0.target.caseID = id
                            $0.customerVerified = true
                            $0.orderVerified = true
                        })
                    let checks = verified.message.case.checks
                    let isJudgedByIt = checks.contains { $0.kind == .reason && $0.result == .failed }
                    if !isJudgedByIt {
                        _ = try await second.client.cases.cancelCase(
                            .with {
                                $0.target.caseID = id
                                $0.reason = "judged by the old policy"
                            })
                    }
                    return isJudgedByIt
                }
            }
        }
    }

    /// An order push that changed nothing, repeated late: what came in between stays.
    @Test func aLateRetryOfAnUnchangedPushUndoesNothing() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let options = RCPCallOptions(requestID: .random())
            let push = Returns_V1_PutOrderRequest.with { $0.order = Daemon.order("1") }
            let first = try await daemon.client.orders.putOrder(push, options: options)
            #expect(first.message.result == .unchanged && first.outcome == .notApplied && !first.replayed)
            var changed = push
            changed.order.customerID = "C-8"
            #expect(try await daemon.client.orders.putOrder(changed).message.result == .updated)
            let retry = try await daemon.client.orders.putOrder(push, options: options)
            #expect(retry.replayed && retry.message.result == .unchanged && retry.outcome == .notApplied)
            let order = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
                .order
            #expect(order.customerID == "C-8")
        }
    }

    @Test func theCasesOfAnOrderArePaged() async throws {
        try await Daemon.with { daemon in
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await submit(daemon, "1")) }
            var listed: [String] = []
            var cursor = ""
            repeat {
                let page = try await daemon.client.cases.listCases(
                    .with {
                        $0.order = Daemon.key("1")
                        $0.limit = 2
                        $0.cursor = cursor
                    }
                ).message
                #expect(page.cases.count <= 2)
                listed += page.cases.map(\.id)
                cursor = page.nextCursor
            } while !cursor.isEmpty
            #expect(listed == Array(ids.sorted().reversed()))
        }
    }
}

extension RedisServerProcess {
    /// The keys that match a pattern.
    func keys(_ pattern: String) -> [String] {
        (answer(to: "KEYS \(pattern)") ?? "").split(separator: "\r\n").filter { $0.hasPrefix("{") }.map(
            String.init)
    }
}

/// Looks again and again until something has come about elsewhere.
func eventually(_ condition: () async throws -> Bool) async throws {
    let giveUp = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < giveUp {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it did not come about within 60 s")
}

import RCP
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import ReturnsRecords
import Testing

/// A store at the first level goes on under a build that knows more of what may be returned, and behind its upgrade.
@Suite struct FirstLevelTests {
    private static func undelivered(_ number: String) -> Returns_V1_Order {
        var order = Daemon.order(number)
        order.clearDeliveredAtMs()
        order.status = .placed
        return order
    }

    /// What only the second level holds is refused; what the server makes itself is told as the first level knows it.
    @Test func whatIsGivenIsRefusedAndWhatIsMadeIsLeftOut() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        var (early, held) = ("", "")
        try await Daemon.with(redis, name: "first", knowing: .first) { daemon in
            let changes: [(inout Returns_V1_Order) -> Void] = [
                { $0.timeZone = "Europe/London" }, { $0.lines[0].category = "fresh" },
                { $0.lines[0].returnDays = 0 },
                {
                    $0.outstandingMinor = 1
                    for index in $0.lines.indices {
                        $0.lines[index].paidMinor = $0.lines[index].quantity * $0.lines[index].unitPriceMinor
                    }
                },
            ]
            for change in changes {
                var order = Daemon.order("1")
                change(&order)
                let refused = await refusal {
                    try await daemon.client.orders.putOrder(.with { $0.order = order })
                }
                #expect(refused?.details.map(\.reason) == ["LEVEL_TOO_LOW"])
            }
            _ = try await daemon.client.orders.putOrder(.with { $0.order = Self.undelivered("1") })
            var form = Daemon.form("1", units: 1)
            form.lines[0].reasonCode = "damaged"
            let refused = await refusal { try await daemon.client.cases.submitCase(form) }
            #expect(refused?.details.map(\.reason) == ["LEVEL_TOO_LOW"])
            let opened = try await daemon.client.cases.submitCase(Daemon.form("1", units: 1)).message.case
            #expect(opened.checks.map(\.kind) == [.orderStatus, .returnWindow, .reason, .conditions])
            #expect(opened.checks.prefix(2).map(\.result) == [.failed, .failed])
            // A listing of paused clocks would be left wrong by servers that do not know it.
            let lists = await refusal { try await daemon.client.clocks.listDue(.with { $0.paused = true }) }
            #expect(lists?.details.map(\.reason) == ["LEVEL_TOO_LOW"])
            try await daemon.put("2")
            held = try await daemon.client.cases.submitCase(Daemon.form("2", units: 1)).message.case.id
            _ = try await daemon.client.cases.requestInfo(
                .with { ($0.target.caseID, $0.question) = (held, "Which one?") })
            let told = await refusal {
                try await daemon.client.cases.tellCustomer(
                    .with { ($0.target.caseID, $0.channel, $0.text) = (held, "sms", "Which one?") })
            }
            #expect(told?.details.map(\.reason) == ["LEVEL_TOO_LOW"] && told?.details.first?.field == "text")
            let rows = try await daemon.client.clocks.getBoard(.init()).message.rows
            #expect(rows.allSatisfy { $0.paused == 0 })
            #expect(try await daemon.client.admin.verifyIndexes(.init()).message.problems == 0)
            try await daemon.put("1")
            try await Self.reject(opened.id, daemon)
            // Nothing is known of the refusal at this level, so nobody is barred by it.
            early = try await daemon.client.cases.submitCase(Daemon.form("1", units: 1)).message.case.id
            let policy = try await daemon.client.policies.getPolicy(.init()).message.policy
            #expect(policy.reasons.allSatisfy { $0.texts.isEmpty && $0.category == .unspecified })
            let put = try await daemon.client.policies.putPolicy(
                .with {
                    $0.policy = policy
                    $0.policy.returnWindowDays = 20
                    $0.replacesVersion = 1
                })
            #expect(put.message.version == 2)
            var ruled = policy
            ruled.returnRules = [.with { ($0.skus, $0.reason) = (["MUG"], "made to order") }]
            let tooLow = await refusal {
                try await daemon.client.policies.putPolicy(
                    .with { ($0.policy, $0.replacesVersion) = (ruled, 2) })
            }
            #expect(tooLow?.details.map(\.reason) == ["LEVEL_TOO_LOW"])
        }
        _ = redis.answer(to: "HSET returns:store level 2")
        try await Daemon.with(redis, name: "second") { daemon in
            // The order is older than what keeps the policy of its purchase: the current one counts.
            try await Self.reject(early, daemon)
            let again = try await daemon.client.cases.submitCase(Daemon.form("1", units: 1)).message.case
            #expect(again.checks.map(\.kind).suffix(2) == [.exclusions, .earlierRefusals])
            #expect(again.checks.allSatisfy { $0.policyVersion == 2 })
            #expect(again.checks.last?.detail.contains(early) == true)
            // What was paused before is listed once it is repaired, or with the next step.
            func paused() async throws -> [String] {
                try await daemon.client.clocks.listDue(.with { $0.paused = true }).message.clocks.map(
                    \.caseID)
            }
            #expect(try await paused().isEmpty)
            _ = try await daemon.client.admin.verifyIndexes(.with { $0.repair = true })
            #expect(try await paused() == [held])
        }
    }

    private func refusal(_ body: () async throws -> some Any) async -> RCPStatus? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RCPStatus
        }
    }

    private static func reject(_ id: String, _ daemon: Daemon) async throws {
        let reply = try await daemon.client.cases.rejectCase(
            .with {
                $0.target.caseID = id
                ($0.code, $0.reason, $0.alternative) = ("worn", "worn in use", "a voucher")
            })
        #expect(reply.message.case.state == .rejected)
    }
}

import RCP
import RedisTestSupport
import ReturnsAPI
import Testing

/// A request that was carried out is told as applied for as long as it is remembered, whatever has become of what it changed.
@Suite(.serialized) struct RepeatedRequestTests {
    private func status(_ body: () async throws -> Void) async -> RCPStatus? {
        do {
            try await body()
            return nil
        } catch {
            return error as? RCPStatus
        }
    }

    /// - Parameter code: nil where the repetition succeeds.
    private func expectApplied(
        _ code: RCPStatusCode, _ reason: String, _ body: () async throws -> Void
    ) async {
        let status = await status(body)
        #expect(status?.code == code && status?.outcome == .applied, "\(String(describing: status))")
        #expect(status?.details.first?.reason == reason)
    }

    @Test func paymentsWhoseTimelineCannotBeShown() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            _ = try await daemon.client.cases.submitCase(Daemon.form("1"))
            let request = Returns_V1_ChangePaymentsRequest.with {
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
            _ = try await daemon.client.orders.changePayments(request, options: options)
            let key = try #require(daemon.redis.keys("*:order-timeline:*").first)
            daemon.redis.answer(to: "DEL \(key)")
            await expectApplied(.dataLoss, "RECORD_UNREADABLE") {
                _ = try await daemon.client.orders.changePayments(request, options: options)
            }
            daemon.redis.answer(to: "SET \(key) x")
            var once = options
            once.timeout = .seconds(2)
            let unreadable = await status {
                _ = try await daemon.client.orders.changePayments(request, options: once)
            }
            #expect(unreadable?.outcome == .applied)
        }
    }

    @Test func aCommandWhoseCaseIsDamagedSince() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            let id = try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id
            let options = RCPCallOptions(requestID: .random())
            func note() async throws {
                _ = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "before the damage"
                    }, options: options)
            }
            try await note()
            let key = try #require(daemon.redis.keys("*:case:\(id)").first)
            daemon.redis.answer(to: "HSET \(key) b x")
            await expectApplied(.dataLoss, "RECORD_UNREADABLE", note)
        }
    }

    @Test func aWebhookThatWasDeletedSince() async throws {
        try await Daemon.with { daemon in
            let webhooks = daemon.client.webhooks
            let (making, disabling) = (
                RCPCallOptions(requestID: .random()), RCPCallOptions(requestID: .random())
            )
            func make() async throws {
                _ = try await webhooks.createWebhook(
                    .with {
                        $0.name = "erp"
                        $0.url = "http://127.0.0.1:1/in"
                    }, options: making)
            }
            func disable() async throws {
                _ = try await webhooks.disableWebhook(.with { $0.name = "erp" }, options: disabling)
            }
            try await make()
            try await disable()
            _ = try await webhooks.deleteWebhook(.with { $0.name = "erp" })
            await expectApplied(.failedPrecondition, "DELETED_SINCE", make)
            await expectApplied(.notFound, "WEBHOOK_UNKNOWN", disable)
        }
    }

    @Test func aGroupThatWasDeletedSince() async throws {
        try await Daemon.with { daemon in
            let options = RCPCallOptions(requestID: .random())
            func make() async throws {
                _ = try await daemon.client.events.createEventGroup(
                    .with { $0.name = "erp" }, options: options)
            }
            try await make()
            _ = try await daemon.client.events.deleteEventGroup(.with { $0.name = "erp" })
            await expectApplied(.failedPrecondition, "DELETED_SINCE", make)
        }
    }

    @Test func aPrincipalThatWasRevokedSince() async throws {
        try await Daemon.with { daemon in
            let options = RCPCallOptions(requestID: .random())
            func create() async throws {
                _ = try await daemon.client.admin.createPrincipal(
                    .with {
                        $0.name = "lena"
                        $0.roles = [.service]
                    }, options: options)
            }
            try await create()
            _ = try await daemon.client.admin.revokePrincipal(.with { $0.name = "lena" })
            await expectApplied(.failedPrecondition, "REVOKED_SINCE", create)
        }
    }

    /// In its day of grace an order is absent for everybody, so the same push again brings it back.
    @Test func aPushThatBringsAnOrderBack() async throws {
        try await Daemon.with(hasTestClock: true) { daemon in
            let push = Returns_V1_PutOrderRequest.with { $0.order = Daemon.order("1") }
            _ = try await daemon.client.orders.putOrder(push)
            _ = try await daemon.client.admin.advanceTestClock(
                .with { $0.byMs = 400 * 86_400_000 + 3_600_000 })
            let gone = await status {
                _ = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") })
            }
            #expect(gone?.code == .notFound)
            let options = RCPCallOptions(requestID: .random())
            let back = try await daemon.client.orders.putOrder(push, options: options)
            #expect(back.message.result == .updated && back.outcome == .applied)
            let again = try await daemon.client.orders.putOrder(push, options: options)
            #expect(again.replayed && again.outcome == .applied)
            let order = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(order.order.version == back.message.version)
        }
    }
}

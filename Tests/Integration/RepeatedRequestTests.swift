import Cryptography
import RCP
import RedisTestSupport
import ReturnsAPI
import ReturnsDomain
import Testing

@testable import ReturnsStore

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

    /// SPEC.md §8.3. A newer server has carried it out; this one does not know a field of it.
    @Test func aRequestThatIsNotKnownInWhole() async throws {
        try await Daemon.with { daemon in
            func expect(
                _ outcome: RCPOutcome, _ field: String, _ body: () async throws -> Void
            ) async {
                let status = await status(body)
                #expect(status?.code == .invalidArgument && status?.outcome == outcome)
                #expect(status?.details.first?.reason == "FIELD_UNKNOWN")
                #expect(status?.details.first?.field == field)
            }
            // Field 1999.
            let unknown: [UInt8] = [0xF8, 0x7C, 1]
            try await daemon.put("1")
            let plain = Daemon.form("1")
            let bytes = try plain.serializedBytes() + unknown
            let form = try Returns_V1_SubmitCaseRequest(serializedBytes: bytes)
            let (cases, options) = (daemon.client.cases, RCPCallOptions(requestID: .random()))
            await expect(.notApplied, "1999") { _ = try await cases.submitCase(form, options: options) }
            let id = try await cases.submitCase(plain, options: options).message.case.id
            // The id is another request's.
            await expect(.notApplied, "1999") { _ = try await cases.submitCase(form, options: options) }
            let method = CaseServiceMethods.submitCase.id
            let record = RequestRecord(
                fingerprint: SHA256.hash(
                    Array("admin".utf8) + [0, UInt8(method >> 8), UInt8(method & 255)] + bytes),
                outcome: .changedCase(try #require(CaseID(id)), version: 1))
            let key = try #require(
                daemon.redis.keys("*:request:*").first { $0.contains("\(options.requestID!)") })
            let text = record.encode().map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            daemon.redis.answer(to: "SET \(key) \"\(text.joined())\"")
            await expect(.applied, "1999") { _ = try await cases.submitCase(form, options: options) }
            let note = try Returns_V1_AddNoteRequest.with {
                $0.target = try .init(serializedBytes: unknown)
                $0.target.caseID = id
            }
            await expect(.notApplied, "target.1999") { _ = try await cases.addNote(note) }
            // Of versions there is no record, and of what only reads none is needed.
            var put = try Returns_V1_PutPolicyRequest.with { $0.policy = try .init(serializedBytes: unknown) }
            await expect(.unknown, "policy.1999") { [put] in
                _ = try await daemon.client.policies.putPolicy(put)
            }
            put.dryRun = true
            await expect(.notApplied, "policy.1999") { [put] in
                _ = try await daemon.client.policies.putPolicy(put)
            }
            let get = try Returns_V1_GetCaseRequest(serializedBytes: unknown)
            await expect(.notApplied, "1999") { _ = try await cases.getCase(get) }
        }
    }

    /// Nobody could be given the work now, but it was given.
    @Test func anAssignmentToWhoWasRevokedSince() async throws {
        try await Daemon.with { daemon in
            let admin = daemon.client.admin
            _ = try await admin.createPrincipal(
                .with {
                    $0.name = "lena"
                    $0.roles = [.service]
                })
            try await daemon.put("1")
            let id = try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id
            let (request, options) = (
                Returns_V1_AssignCaseRequest.with {
                    $0.target.caseID = id
                    $0.person = "lena"
                }, RCPCallOptions(requestID: .random())
            )
            _ = try await daemon.client.cases.assignCase(request, options: options)
            _ = try await admin.revokePrincipal(.with { $0.name = "lena" })
            let again = try await daemon.client.cases.assignCase(request, options: options)
            #expect(again.replayed && again.message.case.id == id)
            let anew = await status { _ = try await daemon.client.cases.assignCase(request) }
            #expect(anew?.details.first?.reason == "PERSON_UNKNOWN")
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

import RCP
import ReturnsAPI
import Testing

/// Where the money of an order goes, over the wire: pushes keep it, a supervisor changes it, order and cases tell it.
@Suite(.serialized) struct PaymentsTests {
    private func status(_ body: () async throws -> Void) async -> RCPStatus? {
        do {
            try await body()
            return nil
        } catch {
            return error as? RCPStatus
        }
    }

    private func payment(_ reference: String, _ amount: Int64) -> Returns_V1_Payment {
        .with {
            $0.reference = reference
            $0.method = .card
            $0.amountMinor = amount
        }
    }

    private func change(_ payments: [Returns_V1_Payment]) -> Returns_V1_ChangePaymentsRequest {
        .with {
            $0.key = Daemon.key("1")
            $0.payments = payments
            $0.reason = "the card was closed"
        }
    }

    @Test func aPushKeepsPaymentsAndASupervisorChangesThem() async throws {
        try await Daemon.with { daemon in
            try await daemon.put("1")
            var ids: [String] = []
            for _ in 0..<3 {
                ids.append(try await daemon.client.cases.submitCase(Daemon.form("1")).message.case.id)
            }
            var pushed = Daemon.order("1")
            pushed.payments = [payment("card-9", 4_500)]
            let refused = await status {
                _ = try await daemon.client.orders.putOrder(.with { $0.order = pushed })
            }
            #expect(refused?.code == .failedPrecondition && refused?.outcome == .notApplied)
            #expect(refused?.details.first?.reason == "PAYMENTS_FIXED")

            var request = change([payment("card-1", 500), payment("card-2", 4_000)])
            request.dryRun = true
            let trial = try await daemon.client.orders.changePayments(request)
            #expect(trial.outcome == .notApplied && trial.message.order.payments.count == 2)
            request.dryRun = false
            request.expectedVersion = 1
            let stale = await status { _ = try await daemon.client.orders.changePayments(request) }
            #expect(stale?.code == .aborted && stale?.details.first?.reason == "STALE_VERSION")
            request.expectedVersion = trial.message.entry.orderVersion - 1

            let options = RCPCallOptions(requestID: RCPRequestID.random())
            let first = try await daemon.client.orders.changePayments(request, options: options)
            #expect(first.outcome == .applied && !first.replayed && first.message.untoldCaseIds.isEmpty)
            let again = try await daemon.client.orders.changePayments(request, options: options)
            #expect(again.replayed && again.message.entry == first.message.entry)

            let order = try await daemon.client.orders.getOrder(.with { $0.key = Daemon.key("1") }).message
            #expect(order.order.payments.map(\.reference) == ["card-1", "card-2"])
            #expect(order.timeline == [first.message.entry])
            #expect(order.timeline[0].reason == "the card was closed" && order.timeline[0].atMs > 0)
            #expect(order.timeline[0].actor.role == .supervisor)
            for id in ids {
                let story = try await daemon.client.cases.getTimeline(.with { $0.caseID = id }).message
                let told = story.entries.filter { $0.kind == .paymentsChanged }
                #expect(told.map(\.text) == [first.message.entry.text])
                #expect(told.first?.deskText == "the card was closed")
            }
            // The order system's next push says what is so now.
            pushed.payments = [payment("card-1", 500), payment("card-2", 4_000)]
            let put = try await daemon.client.orders.putOrder(.with { $0.order = pushed })
            #expect(put.message.result == .unchanged && put.outcome == .notApplied)
        }
    }
}

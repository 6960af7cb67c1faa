import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension AdminService {
    /// How often a walk over the money says how far it is.
    static let moneyProgressMilliseconds: Int64 = 500
    /// Findings of one message, so that it stays far below the limit of messages.
    static let moneyFindingsPerMessage = 500
    /// The longest rest behind a step: as long as the step took, so that other calls get at least half of the store.
    static let moneyRestMillisecondsMax: Int64 = 200

    func verifyMoney(
        _ request: Returns_V1_VerifyMoneyRequest, replies: RCPReplyWriter<Returns_V1_VerifyMoneyReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        let store = engine.store(for: context)
        var walk = try await store.beginMoneyWalk(deadline: context.deadline)
        var told = 0
        var toldAt = ContinuousClock.now
        while !walk.isDone {
            let began = ContinuousClock.now
            try await store.continueMoneyWalk(&walk, deadline: context.deadline)
            // An emptied Redis has nothing wrong.
            if walk.isDone { try await store.confirmRun(deadline: context.deadline) }
            let isDue = toldAt.duration(to: .now) >= .milliseconds(Self.moneyProgressMilliseconds)
            if walk.isDone || isDue || walk.report.findings.count > told {
                try await tell(walk, &told, replies)
                toldAt = .now
            }
            guard !walk.isDone else { break }
            try await Task.sleep(
                for: min(began.duration(to: .now), .milliseconds(Self.moneyRestMillisecondsMax)))
        }
        return RCPStreamEnd()
    }

    /// - Parameter told: How many findings were told before.
    private func tell(
        _ walk: MoneyWalk, _ told: inout Int, _ replies: RCPReplyWriter<Returns_V1_VerifyMoneyReply>
    ) async throws {
        let report = walk.report
        repeat {
            let findings = report.findings.dropFirst(told).prefix(Self.moneyFindingsPerMessage)
            told += findings.count
            let isLast = walk.isDone && told == report.findings.count
            try await replies.send(
                .with {
                    $0.donePermille = UInt32(walk.share * 1_000)
                    $0.done = isLast
                    $0.orders = report.orders
                    $0.cases = report.cases
                    $0.payments = report.payments
                    $0.refunds = report.refunds
                    $0.problems = report.problems
                    $0.findings = findings.map { $0.message }
                    if isLast {
                        $0.totals = report.totals.sorted { $0.key < $1.key }.map { currency, totals in
                            totals.message(currency)
                        }
                        $0.overpaid = report.overpaid.map { $0.message }
                        $0.overpaidOrders = report.overpaidOrders
                    }
                })
        } while told < report.findings.count
    }
}

extension MoneyReport.Finding {
    fileprivate var message: Returns_V1_MoneyFinding {
        .with {
            $0.problem = finding.problem.message()
            if let order {
                $0.order = .with {
                    $0.saleChannel = order.saleChannel
                    $0.orderNo = order.orderNumber
                }
            }
            $0.caseID = finding.caseID?.description ?? ""
            $0.subject = finding.subject
            $0.currency = currency?.description ?? ""
            if let recorded = finding.recorded { $0.recorded = recorded }
            if let proved = finding.proved { $0.proved = proved }
            $0.text = finding.text
        }
    }
}

extension MoneyReport.Overpaid {
    fileprivate var message: Returns_V1_OverpaidOrder {
        .with {
            $0.order.saleChannel = order.saleChannel
            $0.order.orderNo = order.orderNumber
            $0.caseIds = cases.map(\.description)
            $0.currency = currency.description
            $0.overpaidMinor = amountMinor
        }
    }
}

extension MoneyTotals {
    fileprivate func message(_ currency: String) -> Returns_V1_MoneyTotal {
        .with {
            $0.currency = currency
            $0.orders = orders
            $0.paidMinor = paidMinor
            $0.keptMinor = keptMinor
            $0.refundedMinor = refundedMinor
            $0.inFlightMinor = inFlightMinor
            $0.overpaidMinor = overpaidMinor
        }
    }
}

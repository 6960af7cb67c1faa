import NIOCore
import RedisClient
import ReturnsDomain

/// What a walk over the store's money has found so far.
public struct MoneyReport: Sendable {
    public struct Finding: Hashable, Sendable {
        public var order: OrderKey?
        public var currency: CurrencyCode?
        public var finding: MoneyFinding
    }

    public private(set) var orders: UInt64 = 0
    public private(set) var cases: UInt64 = 0
    public private(set) var payments: UInt64 = 0
    public private(set) var refunds: UInt64 = 0
    public private(set) var problems: UInt64 = 0
    /// The first `findingsMax`; `problems` counts them all.
    public private(set) var findings: [Finding] = []
    /// Of orders that could be read with all their cases.
    public private(set) var totals: [String: MoneyTotals] = [:]
    /// The first `overpaidOrdersMax` orders of which more went out than was owed; `overpaidOrders` counts them all.
    public private(set) var overpaid: [Overpaid] = []
    public private(set) var overpaidOrders: UInt64 = 0

    /// What went out of an order beyond what was owed, which adds up and is to be recovered.
    public struct Overpaid: Hashable, Sendable {
        public var order: OrderKey
        public var currency: CurrencyCode
        public var amountMinor: Int64
        /// Those with such refunds.
        public var cases: [CaseID]
    }

    public static let overpaidOrdersMax = 100
    public static let findingsMax = 10_000
    /// Cases that cannot be read, each of which is named once: by its order, or by its key.
    private var unreadableCases: Set<CaseID> = []
    static let unreadableCasesMax = 100_000

    fileprivate mutating func add(_ proof: MoneyProof, of order: Order, _ cases: [Case]) {
        payments += UInt64(order.payments.count)
        refunds += proof.refunds
        for finding in proof.findings { add(finding, order.key, order.currency) }
        if let more = proof.totals { totals[order.currency.description, default: MoneyTotals()].add(more) }
        guard order.overpaidMinor > 0 else { return }
        overpaidOrders += 1
        guard overpaid.count < Self.overpaidOrdersMax else { return }
        let overpaying = cases.filter { $0.refunds.contains { $0.overpaidMinor > 0 } }.map(\.id)
        overpaid.append(
            Overpaid(
                order: order.key, currency: order.currency, amountMinor: order.overpaidMinor,
                cases: overpaying))
    }

    fileprivate mutating func add(
        _ finding: MoneyFinding, _ order: OrderKey?, _ currency: CurrencyCode? = nil
    ) {
        problems += 1
        guard problems <= Self.findingsMax else { return }
        findings.append(Finding(order: order, currency: currency, finding: finding))
    }

    fileprivate mutating func add(unreadable error: StoreError, order: OrderKey?, caseID: CaseID? = nil) {
        if let caseID {
            guard !unreadableCases.contains(caseID) else { return }
            if unreadableCases.count < Self.unreadableCasesMax { unreadableCases.insert(caseID) }
        }
        let problem: MoneyProblem =
            error.isNewer ? .newer : error.lacksRecord ? .recordMissing : .unreadable
        add(MoneyFinding(problem, caseID: caseID, error.description), order)
    }

    fileprivate mutating func looked(orders: Int = 0, cases: Int = 0) {
        self.orders += UInt64(orders)
        self.cases += UInt64(cases)
    }
}

/// A walk over all orders and cases of the store, some keys at a time.
///
/// It goes by the keys themselves and by no listing, so that a listing that is wrong hides no money.
public struct MoneyWalk: Sendable {
    public internal(set) var report = MoneyReport()
    public internal(set) var isDone = false
    fileprivate var cursor = "0"
    /// Redis may name a key twice. Here are hashes of those that were looked at, so that each counts once; past `lookedMax` it may
    /// count twice.
    fileprivate var looked: Set<Int> = []
    /// Cursors are good in one process of Redis.
    fileprivate let process: String

    static let lookedMax = 2_000_000

    init(process: String) { self.process = process }

    /// How much was looked at, from 0 to 1. The bits of Redis's cursor count up from the highest of its table on.
    public var share: Double {
        guard !isDone else { return 1 }
        return Double(Self.reversed(UInt64(cursor) ?? 0)) / 18_446_744_073_709_551_616
    }

    private static func reversed(_ number: UInt64) -> UInt64 {
        (0..<64).reduce(0) { $0 | ((number >> $1 & 1) << (63 - $1)) }
    }

    /// Whether it is looked at for the first time.
    fileprivate mutating func begins(_ key: String) -> Bool {
        guard looked.count < Self.lookedMax else { return !looked.contains(key.hashValue) }
        return looked.insert(key.hashValue).inserted
    }
}

extension ReturnsStore {
    /// How often an order is looked at that changes all the while.
    static let moneyLooksMax = 20
    static let moneyCasesReadMax = 16

    /// Begins to prove the money of the whole store. It changes nothing.
    public func beginMoneyWalk(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> MoneyWalk {
        try requireEveryChannel()
        return MoneyWalk(process: try await redisProcess(deadline: deadline))
    }

    /// Looks at some more of the store.
    public func continueMoneyWalk(
        _ walk: inout MoneyWalk, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        let reply = try await send(
            // Those of orders and cases are among them.
            RedisCommand(
                "SCAN", .text(walk.cursor), "MATCH", "{p*}:[co]*", "COUNT", .integer(Self.scanCount)),
            key: StoreKeys.store, deadline: deadline)
        guard let parts = reply.array, parts.count == 2, let next = parts[0].string else {
            throw StoreError(.corrupt, "Redis answered SCAN with something else")
        }
        let keys = (parts[1].array ?? []).compactMap(\.string)
        for name in keys {
            if let key = StoreKeys.orderKey(ofKey: name), walk.begins(name) {
                try await verifyMoney(of: key, into: &walk.report, deadline: deadline)
            }
        }
        let ids = keys.compactMap { name in
            StoreKeys.caseID(ofKey: name).flatMap { walk.begins(name) ? $0 : nil }
        }
        try await verifyOrders(of: ids, into: &walk.report, deadline: deadline)
        walk.cursor = next
        guard next == "0" else { return }
        guard try await redisProcess(deadline: deadline) == walk.process else {
            throw StoreError(
                .unavailable, "Redis was started anew meanwhile, so keys may have been passed over")
        }
        walk.isDone = true
    }

    private func redisProcess(deadline: NIODeadline) async throws(StoreError) -> String {
        let reply = try await send(
            RedisCommand("INFO", "server"), key: StoreKeys.store, deadline: deadline)
        return RedisCondition(info: reply.string ?? "").process
    }

    /// The order with all of its cases, as they were together: each step that moves money between them changes the order's version, so
    /// an order that is the same before and after its cases were read belongs to them.
    private func verifyMoney(
        of key: OrderKey, into report: inout MoneyReport, deadline: NIODeadline
    ) async throws(StoreError) {
        report.looked(orders: 1)
        for _ in 0..<Self.moneyLooksMax {
            let order: Order
            do throws(StoreError) {
                // One without cases may have expired.
                guard let found = try await loadOrder(key, deadline: deadline) else { return }
                order = found
            } catch {
                guard error.isLocal else { throw error }
                return report.add(unreadable: error, order: key)
            }
            var (cases, failures): ([Case], [(CaseID, StoreError)]) = ([], [])
            var rest = order.cases.map(\.id)[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(Self.moneyCasesReadMax))
                rest = rest.dropFirst(some.count)
                for (id, found) in zip(some, try await loadEach(some, deadline: deadline)) {
                    switch found {
                    case .success(let value?): cases.append(value)
                    case .success(nil): failures.append((id, .recordMissing(id)))
                    case .failure(let error):
                        guard error.isLocal else { throw error }
                        failures.append((id, error))
                    }
                }
            }
            guard try await version(of: key, deadline: deadline) == order.version else { continue }
            for (id, error) in failures { report.add(unreadable: error, order: key, caseID: id) }
            report.add(MoneyProof(order, cases: cases), of: order, cases)
            try await verifyForeignRefunds(of: cases, order, into: &report, deadline: deadline)
            return
        }
        report.add(
            MoneyFinding(.changing, "it changed at each of \(Self.moneyLooksMax) looks; ask again"), key)
    }

    private func version(of key: OrderKey, deadline: NIODeadline) async throws(StoreError) -> UInt64? {
        let redisKey = keys(key).order(key)
        let reply = try await send(
            RedisCommand("HGET", .text(redisKey), "v"), key: redisKey, deadline: deadline)
        return reply.integer.flatMap { UInt64(exactly: $0) }
    }

    /// A refund whose start was lost may be of a case that was gone, and is recorded at another one; but not at both.
    private func verifyForeignRefunds(
        of cases: [Case], _ order: Order, into report: inout MoneyReport, deadline: NIODeadline
    ) async throws(StoreError) {
        for value in cases {
            for refund in value.refunds {
                guard let id = RefundOrder.caseID(of: refund.id), id != value.id, keys(id) != nil,
                    // What of it cannot be read is named as itself.
                    let other = try? await loadCase(id, deadline: deadline),
                    other.order != order.key, other.refunds.contains(where: { $0.id == refund.id })
                else { continue }
                report.add(
                    MoneyFinding(
                        .refundTwice, caseID: value.id, subject: refund.id, recorded: refund.amountMinor,
                        "the refund stands in case \(id), too"), order.key, order.currency)
            }
        }
    }

    /// Each case stands on an order that names it: what no order names adds to no sum.
    private func verifyOrders(
        of ids: [CaseID], into report: inout MoneyReport, deadline: NIODeadline
    ) async throws(StoreError) {
        report.looked(cases: ids.count)
        for start in stride(from: 0, to: ids.count, by: Self.moneyCasesReadMax) {
            let some = Array(ids[start..<min(start + Self.moneyCasesReadMax, ids.count)])
            for (id, found) in zip(some, try await loadEach(some, deadline: deadline)) {
                switch found {
                case .success(nil):
                    report.add(
                        MoneyFinding(.unreadable, caseID: id, "its key lies in no partition of the store"),
                        nil)
                case .success(let value?):
                    try await verifyOrderNames(value, into: &report, deadline: deadline)
                case .failure(let error):
                    guard error.isLocal else { throw error }
                    // Where its order names it, it is named there; but which order that is its record alone could say.
                    report.add(unreadable: error, order: nil, caseID: id)
                }
            }
        }
    }

    private func verifyOrderNames(
        _ value: Case, into report: inout MoneyReport, deadline: NIODeadline
    ) async throws(StoreError) {
        do throws(StoreError) {
            let order = try await loadOrder(value.order, deadline: deadline)
            guard order.map({ $0.cases.contains { $0.id == value.id } }) != true else { return }
            report.add(
                MoneyFinding(
                    .recordMissing, caseID: value.id,
                    order == nil ? "its order is not there" : "its order does not name it"),
                value.order, value.currency)
        } catch {
            // The order is named as itself.
            guard error.isLocal else { throw error }
        }
    }
}

import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension CaseService {
    /// A list adds up no more than this.
    static let dueRefundsMax = 100_000
    private static let openCasesReadMax = ReturnsStore.pageCasesMax
    private static let unreadNamedMax = 100

    /// Reads all open cases in which money may be owed, since a sum is one of all of them; of orders just those of the page.
    func listRefunds(
        _ request: Returns_V1_ListRefundsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListRefundsReply> {
        let filter = try RefundFilter(request)
        let store = engine.store(for: context)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        let place: RefundPlace? = try cursor.place(request.cursor)
        var walk = OpenCasesPage(
            cursor: OpenCasesCursor(partition: 0), store: store, deadline: context.deadline)
        var list = RefundList(filter, after: place, limit: request.pageItems)
        var unread = UnreadRecords<CaseID>()
        var readBytes = 0
        while walk.cursor != nil, !list.isFull {
            let ids = try await walk.next(Self.openCasesReadMax)
            let outlines = try await store.outlines(of: ids, deadline: context.deadline).filter {
                $0.mayOweMoney && filter.takes(saleChannel: $0.saleChannel)
            }
            readBytes += outlines.reduce(0) { $0 + $1.recordBytes }
            let failed = try await store.readCases(
                outlines, isReadOnly: true, deadline: context.deadline
            ) { list.add($0) }
            unread.formUnion(failed)
        }
        if list.count == 0 { try await store.confirmRun(deadline: context.deadline) }
        let page = list.page
        let orders = try await orders(of: page.items, store, context.deadline)
        return RCPReply(
            .with {
                $0.refunds = page.items.map { $0.message(orders[$0.order]) }
                $0.totals = list.totals
                $0.incomplete = list.isFull
                $0.nowMs = engine.clock.now().milliseconds
                $0.unreadableCaseIds = unread.damaged.prefix(Self.unreadNamedMax).map(\.description)
                $0.newerCaseIds = unread.newer.prefix(Self.unreadNamedMax).map(\.description)
                $0.nextCursor = cursor.text(page.next)
            }, readBytes: readBytes)
    }

    /// Those of refunds that are to be made; one that cannot be read tells nothing of its payments.
    private func orders(
        of rows: [RefundRow], _ store: ReturnsStore, _ deadline: NIODeadline
    ) async throws -> [OrderKey: Order] {
        var orders: [OrderKey: Order] = [:]
        for key in Set(rows.filter { $0.due.standing == .toMake }.map(\.order)) {
            do throws(StoreError) {
                orders[key] = try await store.loadOrder(key, deadline: deadline)
            } catch {
                guard error.isLocal else { throw error }
            }
        }
        return orders
    }
}

/// What a list of refunds asks for.
struct RefundFilter {
    var standings: Set<RefundStanding> = []
    var saleChannels: Set<String> = []
    var currency = ""
    var dueBefore: Instant?
    var isByAmount = false

    init(_ request: Returns_V1_ListRefundsRequest) throws(CaseRejection) {
        for (index, standing) in request.standings.enumerated() {
            standings.insert(try standing.required("standings[\(index)]"))
        }
        guard request.saleChannels.count <= CaseService.saleChannelsMax else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", "sale_channels",
                "give at most \(CaseService.saleChannelsMax) sale channels")
        }
        saleChannels = Set(request.saleChannels)
        // A list of no refunds is no answer to a mistyped code.
        if !request.currency.isEmpty { try CurrencyCode.requireISO4217(request.currency, "currency") }
        currency = request.currency
        if request.hasDueBeforeMs {
            let time = Instant(milliseconds: request.dueBeforeMs)
            guard time.isRepresentable else {
                throw .invalid(
                    "TIME_OUT_OF_RANGE", "due_before_ms",
                    "give milliseconds since 1970 within the years 1970 to 9999")
            }
            dueBefore = time
        }
        switch request.sort {
        case .unspecified, .due: break
        case .amount: isByAmount = true
        case .UNRECOGNIZED:
            throw .invalid(
                "VALUE_UNKNOWN", "sort", "this server does not know that order; use one of due, amount")
        }
    }

    func takes(saleChannel: String?) -> Bool {
        saleChannels.isEmpty || saleChannel.map(saleChannels.contains) ?? true
    }

    func takes(_ due: DueRefund, _ value: Case) -> Bool {
        (standings.isEmpty || standings.contains(due.standing))
            && (currency.isEmpty || currency == value.currency.description)
            && (dueBefore.map { before in due.dueAt.map { $0 < before } ?? false } ?? true)
            && takes(saleChannel: value.order.saleChannel)
    }
}

/// One refund of a list.
struct RefundRow {
    var place: RefundPlace
    var order: OrderKey
    var state: CaseState
    var due: DueRefund

    init(_ due: DueRefund, _ value: Case, isByAmount: Bool) {
        place = RefundPlace(
            currency: isByAmount ? value.currency.description : "",
            number: isByAmount ? -due.amountMinor : due.dueAt?.milliseconds ?? .max, id: value.id,
            standing: due.standing.rawValue)
        order = value.order
        state = value.state
        self.due = due
        currency = value.currency
        paymentsThatSentBack = value.paymentsThatSentBack
    }

    private let currency: CurrencyCode
    private let paymentsThatSentBack: Set<String>

    func message(_ order: Order?) -> Returns_V1_DueRefund {
        .with {
            $0.caseID = place.id.description
            $0.order.saleChannel = self.order.saleChannel
            $0.order.orderNo = self.order.orderNumber
            $0.state = state.message()
            $0.standing = due.standing.message()
            $0.amountMinor = due.amountMinor
            $0.shippingMinor = due.shippingMinor
            $0.currency = currency.description
            if let dueAt = due.dueAt { $0.dueAtMs = dueAt.milliseconds }
            $0.paused = due.isPaused
            var shares = due.refund?.payments ?? []
            if let refund = due.refund {
                $0.refundID = refund.id
                $0.otherMethod = refund.otherMethod
                $0.startedAtMs = refund.startedAt.milliseconds
                $0.attempts = refund.attempts
            } else if let order {
                let split = order.split(due.amountMinor, last: paymentsThatSentBack)
                shares = split.shares
                $0.unplacedMinor = split.leftMinor
            }
            $0.payments = shares.map { share in
                .with {
                    $0.reference = share.reference
                    $0.amountMinor = share.amountMinor
                }
            }
        }
    }
}

/// A place in a list of refunds. What was paid meanwhile leaves the list, and moves no other place.
struct RefundPlace: Comparable, LosslessStringConvertible {
    /// Of a list by amount.
    var currency: String
    var number: Int64
    var id: CaseID
    var standing: UInt8

    var description: String { "\(currency)/\(number)/\(id)/\(standing)" }

    init(currency: String, number: Int64, id: CaseID, standing: UInt8) {
        (self.currency, self.number, self.id, self.standing) = (currency, number, id, standing)
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, let number = Int64(parts[1]), let id = CaseID(parts[2]),
            let standing = UInt8(parts[3])
        else { return nil }
        self.init(currency: String(parts[0]), number: number, id: id, standing: standing)
    }

    static func < (left: RefundPlace, right: RefundPlace) -> Bool {
        (left.currency, left.number, left.id, left.standing)
            < (right.currency, right.number, right.id, right.standing)
    }
}

/// The refunds that a list asks for: sums of all, and the rows of a page.
struct RefundList {
    private struct Key: Hashable {
        var currency: String
        var standing: RefundStanding
    }

    private let filter: RefundFilter
    private let after: RefundPlace?
    private let limit: Int
    private var rows: [RefundRow] = []
    private var sums: [Key: (refunds: UInt64, amountMinor: Int64)] = [:]
    private(set) var count = 0

    init(_ filter: RefundFilter, after: RefundPlace?, limit: Int) {
        (self.filter, self.after, self.limit) = (filter, after, limit)
    }

    var isFull: Bool { count >= CaseService.dueRefundsMax }

    mutating func add(_ value: Case) {
        for due in value.dueRefunds where filter.takes(due, value) && !isFull {
            count += 1
            let key = Key(currency: value.currency.description, standing: due.standing)
            let sum = sums[key] ?? (0, 0)
            let (amount, overflow) = sum.amountMinor.addingReportingOverflow(due.amountMinor)
            sums[key] = (sum.refunds + 1, overflow ? .max : amount)
            let row = RefundRow(due, value, isByAmount: filter.isByAmount)
            if after.map({ $0 < row.place }) ?? true { keep(row) }
        }
    }

    /// Of many rows just those are kept that can stand on the page, and as many again between two sortings.
    private mutating func keep(_ row: RefundRow) {
        rows.append(row)
        guard rows.count > 2 * (limit + 1) else { return }
        rows = Array(sorted.prefix(limit + 1))
    }

    private var sorted: [RefundRow] { rows.sorted { $0.place < $1.place } }

    var page: (items: [RefundRow], next: RefundPlace?) {
        let items = sorted.prefix(limit)
        return (Array(items), rows.count > limit ? items.last?.place : nil)
    }

    var totals: [Returns_V1_RefundTotal] {
        sums.sorted {
            ($0.key.currency, $0.key.standing.rawValue) < ($1.key.currency, $1.key.standing.rawValue)
        }
        .map { key, sum in
            .with {
                $0.currency = key.currency
                $0.standing = key.standing.message()
                $0.refunds = sum.refunds
                $0.amountMinor = sum.amountMinor
            }
        }
    }
}

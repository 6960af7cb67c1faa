/// One thing of an order's money, or of a case's, that does not add up.
public struct MoneyFinding: Hashable, Sendable {
    public var problem: MoneyProblem
    /// Nil where it is of the order as a whole.
    public var caseID: CaseID?
    /// The payment, the line or the refund; may be empty.
    public var subject: String
    /// What stands there; nil where that is no number.
    public var recorded: Int64?
    /// What the other records come to.
    public var proved: Int64?
    /// Without personal data.
    public var text: String

    public init(
        _ problem: MoneyProblem, caseID: CaseID? = nil, subject: String = "", recorded: Int64? = nil,
        proved: Int64? = nil, _ text: String
    ) {
        self.problem = problem
        self.caseID = caseID
        self.subject = subject
        self.recorded = recorded
        self.proved = proved
        self.text = text
    }
}

/// The money of orders in one currency: paid = kept + refunded + in flight.
public struct MoneyTotals: Hashable, Sendable {
    public var orders: UInt64 = 0
    public var paidMinor: Int64 = 0
    public var keptMinor: Int64 = 0
    public var refundedMinor: Int64 = 0
    public var inFlightMinor: Int64 = 0
    /// What went out beyond what was owed.
    public var overpaidMinor: Int64 = 0

    public init() {}

    /// Stays at the largest number where a sum is beyond it.
    public mutating func add(_ other: MoneyTotals) {
        orders += other.orders
        paidMinor = paidMinor.addingClamped(other.paidMinor)
        keptMinor = keptMinor.addingClamped(other.keptMinor)
        refundedMinor = refundedMinor.addingClamped(other.refundedMinor)
        inFlightMinor = inFlightMinor.addingClamped(other.inFlightMinor)
        overpaidMinor = overpaidMinor.addingClamped(other.overpaidMinor)
    }
}

extension Int64 {
    /// Stored numbers may be anything: a sum beyond the largest number stays there, and so differs from what was right.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

extension Sequence {
    func sumClamped(_ amount: (Element) -> Int64) -> Int64 {
        reduce(0) { $0.addingClamped(amount($1)) }
    }
}

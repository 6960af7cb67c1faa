extension CommandRule {
    /// A part of what is owed is kept: a fee, or what the goods lost in worth (N10).
    static let deduct = CommandRule(
        in: [.inTransit] + .afterArrival, leadsToTheEnd: true, duty: .decideOwed
    ) {
        $0.value.balanceMinor > 0
    }
}

extension CaseDraft {
    mutating func deduct(_ wish: DeductionOrder) throws(CaseRejection) {
        try Require.text(wish.reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try caseLineIndex(wish.lineID)
        try Require.amount(wish.amountMinor, "amount_minor", value.currency)
        guard wish.amountMinor > 0 else {
            throw .invalid("AMOUNT_OUT_OF_RANGE", "amount_minor", "say how much is deducted")
        }
        let line = value.lines[index]
        guard line.balanceMinor > 0 else {
            throw refusal(
                "NOTHING_DUE",
                line.owedMinor == 0
                    ? "no money is owed for line \(line.lineID), so nothing can be deducted"
                    : "all that is owed for line \(line.lineID) is refunded or in flight; what was paid cannot be deducted any more",
                field: "line_id")
        }
        guard wish.amountMinor <= line.balanceMinor else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "\(text(line.balanceMinor)) are owed for line \(line.lineID) and neither refunded nor in flight",
                field: "amount_minor")
        }
        try requireRoom(line.deductions.count, "deductions of a line", max: CountLimits.lineAmountsMax)
        let deducer = try deducer(of: wish.amountMinor, line)
        value.owedDeciders.formUnion(actor.persons)
        value.lines[index].deductions.append(
            Deduction(
                amountMinor: wish.amountMinor, code: wish.code, by: deducer, at: now, isUntold: true))
        record(
            .deducted, "\(text(wish.amountMinor)) of line \(line.lineID): \(wish.code)",
            .adjustment(
                lineID: line.lineID, amountMinor: wish.amountMinor, currency: value.currency, code: wish.code,
                units: 0),
            personalText: wish.reason, by: deducer)
        owe(.deducted)
    }

    /// Who may deduct so much: up to the policy's part of the line's share whoever may deduct at all, above it a supervisor.
    private func deducer(of amountMinor: Int64, _ line: CaseLine) throws(CaseRejection) -> ActorRecord {
        let most = deductionMaxMinor(ofShare: line.shareMinor)
        guard line.deductedMinor + amountMinor > most else { return by }
        let left = max(0, most - line.deductedMinor)
        return try acting(
            as: [.supervisor],
            "of line \(line.lineID) \(text(left)) can still be deducted without a supervisor: policy \(policy.version) allows \(policy.deductionPercentMax) per cent of its \(text(line.shareMinor)); ask a supervisor for more",
            code: "SUPERVISOR_REQUIRED")
    }
}

extension CaseDraft {
    /// What was deducted is bounded by the line's share as it is now: where that falls, more than the policy's part of it may not be
    /// left standing but by a supervisor.
    func requireDeducer(of line: CaseLine, shareMinor: Int64) throws(CaseRejection) {
        guard line.deductedMinor > deductionMaxMinor(ofShare: shareMinor) else { return }
        _ = try acting(
            as: [.supervisor],
            "\(text(line.deductedMinor)) are deducted of line \(line.lineID), and policy \(policy.version) allows \(policy.deductionPercentMax) per cent of the \(text(shareMinor)) that it would be owed then; take a deduction back before (take_back_deduction), or ask a supervisor",
            code: "SUPERVISOR_REQUIRED")
    }

    /// The policy's part of a line's share, which may be deducted without a supervisor.
    private func deductionMaxMinor(ofShare shareMinor: Int64) -> Int64 {
        shareMinor * policy.deductionPercentMax / 100
    }
}

/// What is to be kept of a line's money.
public struct DeductionOrder: Hashable, Sendable {
    public var lineID: String
    public var amountMinor: Int64
    public var code: DeductionCode
    /// Personal data.
    public var reason: String

    public init(lineID: String, amountMinor: Int64, code: DeductionCode, reason: String) {
        self.lineID = lineID
        self.amountMinor = amountMinor
        self.code = code
        self.reason = reason
    }
}

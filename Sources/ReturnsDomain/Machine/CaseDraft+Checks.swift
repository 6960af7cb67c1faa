/// What the review checks a form against.
extension CaseDraft {
    /// Judges the form against the order as it is now and the policy (R2, R6).
    func runChecks() -> [Check] {
        func check(_ kind: CheckKind, _ isPassed: Bool, _ detail: String) -> Check {
            Check(
                kind: kind, result: isPassed ? .passed : .failed, detail: detail,
                policyVersion: policy.version)
        }
        let start = order.deliveredAt ?? order.placedAt
        let days = (value.requestedAt - start) / Milliseconds.day
        let reason = policy.reason(value.form.reasonCode)
        let unmet = policy.requiredConditions.filter { code in
            !value.form.conditions.contains { $0.code == code && $0.isMet }
        }
        return [
            check(.orderStatus, order.status != .cancelled, "the order is \(order.status)"),
            check(
                .returnWindow, days < policy.returnWindowDays,
                "day \(days) after \(order.deliveredAt == nil ? "the order was placed" : "delivery"), window \(policy.returnWindowDays) days"
            ),
            check(
                .reason, reason?.isCovered ?? false,
                reason?.isCovered ?? false ? "covered" : "\(value.form.reasonCode) is not covered"),
            check(
                .conditions, unmet.isEmpty,
                unmet.isEmpty ? "all declared" : "not declared: \(unmet.joined(separator: ", "))"),
        ]
    }
}

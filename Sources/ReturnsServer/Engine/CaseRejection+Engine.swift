import ReturnsDomain

/// What the engine refuses before anything is decided.
extension CaseRejection {
    static let unknownCase = CaseRejection(
        kind: .notFound, code: "CASE_UNKNOWN", field: "case_id", text: "no such case; check the id")

    /// A push would make the order, so that no order is missing: it is the channel that is not there for the caller.
    static func unknownSaleChannel(field: String) -> CaseRejection {
        CaseRejection(
            kind: .notFound, code: "SALE_CHANNEL_UNKNOWN", field: field,
            text: "you are bound to no such sale channel; check its name, or ask an administrator for it")
    }

    static func staleVersion(expected: UInt64, found: UInt64) -> CaseRejection {
        CaseRejection(
            kind: .stale, code: "STALE_VERSION", field: "target.expected_version",
            text: "the case is at version \(found), not \(expected); look at it again and decide anew")
    }
}

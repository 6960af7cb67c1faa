/// Why a command was not taken: a code for programs, the field at fault, words for people, and what is allowed now.
///
/// No text here holds personal data or anything the caller did not send or may not know.
public struct CaseRejection: Error, Hashable, Sendable {
    /// What kind of refusal it is; each has one wire status.
    public enum Kind: Hashable, Sendable {
        /// The request can never be right as it stands.
        case invalid
        /// The case, its order or its ledger do not allow it now.
        case notAllowedNow
        /// The actor's roles do not allow it.
        case notPermitted
        /// It exists already.
        case alreadyExists
        case notFound
        /// The caller expected another version.
        case stale
        /// Afterwards the case would not add up: a damage that reading it did not show, or a bug of ours.
        case damaged
    }

    public var kind: Kind
    /// Upper-case words with '_', stable: part of the interface.
    public var code: String
    /// The field's path in the request; empty when no single field is at fault.
    public var field: String
    public var text: String
    /// The commands that the case allows now, whoever asks.
    public var allowed: [CommandKind]
    /// The case that exists already.
    public var existing: CaseID?

    public init(
        kind: Kind, code: String, field: String, text: String, allowed: [CommandKind] = [],
        existing: CaseID? = nil
    ) {
        self.kind = kind
        self.code = code
        self.field = field
        self.text = text
        self.allowed = allowed
        self.existing = existing
    }

    public static func invalid(_ code: String, _ field: String, _ text: String) -> CaseRejection {
        CaseRejection(kind: .invalid, code: code, field: field, text: text)
    }

    public static func notAllowed(_ code: String, _ text: String, field: String = "") -> CaseRejection {
        CaseRejection(kind: .notAllowedNow, code: code, field: field, text: text)
    }

    public static func notPermitted(_ code: String, _ text: String) -> CaseRejection {
        CaseRejection(kind: .notPermitted, code: code, field: "", text: text)
    }

    static func orderConflict(_ field: String, _ text: String) -> CaseRejection {
        CaseRejection(kind: .notAllowedNow, code: "ORDER_CONFLICT", field: "order.\(field)", text: text)
    }

    /// A push that would change a payment of an order with a case.
    static func paymentsFixed(_ payment: Payment, _ what: String, field: String = "payments") -> CaseRejection
    {
        CaseRejection(
            kind: .notAllowedNow, code: "PAYMENTS_FIXED", field: "order.\(field)",
            text:
                "payment \(payment.reference) \(what); the order has cases, so a push keeps its payments, in their order, and adds new ones behind them. Nothing was taken over. A supervisor changes a payment: returnsctl order payments change"
        )
    }
}

/// A reason from the catalogue (R4, N2). A listed one that is not covered fails its check.
public struct ReturnReason: Hashable, Sendable {
    /// What people read in one language.
    public struct LocalText: Hashable, Sendable {
        /// As in BCP 47, such as zh-CN and en.
        public var locale: String
        public var text: String

        public init(locale: String, text: String) {
            self.locale = locale
            self.text = text
        }
    }

    public var code: String
    /// For a locale that `texts` has not.
    public var title: String
    public var isCovered: Bool
    public var texts: [LocalText]
    /// Nil where the policy does not say.
    public var category: ReasonCategory?
    /// What the customer is asked for as evidence.
    public var evidence: [String]
    /// Who pays for the way back; nil where the policy does not say.
    public var returnPayer: ReturnPayer?
    /// Not for new forms. A code is never removed, since cases name it.
    public var isRetired: Bool

    /// Without what a later version of the catalogue brought: the code, its title, and whether it is covered.
    public var plain: ReturnReason { ReturnReason(code: code, title: title, isCovered: isCovered) }

    public init(
        code: String, title: String, isCovered: Bool, texts: [LocalText] = [],
        category: ReasonCategory? = nil, evidence: [String] = [], returnPayer: ReturnPayer? = nil,
        isRetired: Bool = false
    ) {
        self.code = code
        self.title = title
        self.isCovered = isCovered
        self.texts = texts
        self.category = category
        self.evidence = evidence
        self.returnPayer = returnPayer
        self.isRetired = isRetired
    }
}

extension ReturnPolicy {
    /// Refuses a reason that no new form may name, and says which are in use.
    func requireReason(_ code: String, _ field: @autoclosure () -> String) throws(CaseRejection) {
        guard let reason = reason(code), !reason.isRetired else {
            let inUse = reasons.filter { !$0.isRetired }.map(\.code).joined(separator: ", ")
            throw reason(code) == nil
                ? .invalid("REASON_UNKNOWN", field(), "give one of the managed reasons: \(inUse)")
                : .invalid(
                    "REASON_RETIRED", field(),
                    "the reason \(code) is retired; give one that is in use: \(inUse)")
        }
    }
}

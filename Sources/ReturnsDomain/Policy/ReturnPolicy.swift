/// A version of what returns are judged by: window, reasons, conditions and instructions (R2, R6, R22). Deadlines are
/// the SLA policy's.
///
/// Versions are never changed or removed. A case pins the one it was approved under.
public struct ReturnPolicy: Hashable, Sendable {
    /// A reason from the managed list (R4). A listed one that is not covered fails its check.
    public struct Reason: Hashable, Sendable {
        public var code: String
        public var title: String
        public var isCovered: Bool

        public init(code: String, title: String, isCovered: Bool) {
            self.code = code
            self.title = title
            self.isCovered = isCovered
        }
    }

    public var version: UInt64
    public var returnWindowDays: Int64
    public var reasons: [Reason]
    /// Conditions that the customer has to declare met.
    public var requiredConditions: [String]
    public var standardVersion: UInt64
    /// Empty for none: then each approval has to give one (R7).
    public var returnAddress: String
    public var instructions: String
    public var enclosures: [String]
    public var appealsMax: Int
    public var followUpAttemptsMax: Int
    public var isReturnlessAllowed: Bool
    public var createdAt: Instant
    public var createdBy: String

    public init(
        version: UInt64, returnWindowDays: Int64, reasons: [Reason], requiredConditions: [String],
        standardVersion: UInt64, returnAddress: String, instructions: String, enclosures: [String],
        appealsMax: Int = 1, followUpAttemptsMax: Int = 3, isReturnlessAllowed: Bool = false,
        createdAt: Instant = Instant(milliseconds: 0), createdBy: String = ""
    ) {
        self.version = version
        self.returnWindowDays = returnWindowDays
        self.reasons = reasons
        self.requiredConditions = requiredConditions
        self.standardVersion = standardVersion
        self.returnAddress = returnAddress
        self.instructions = instructions
        self.enclosures = enclosures
        self.appealsMax = appealsMax
        self.followUpAttemptsMax = followUpAttemptsMax
        self.isReturnlessAllowed = isReturnlessAllowed
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    public func reason(_ code: String) -> Reason? {
        reasons.first { $0.code == code }
    }
}

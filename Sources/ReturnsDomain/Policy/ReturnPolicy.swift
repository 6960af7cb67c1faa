/// A version of what returns are judged by: windows, reasons, conditions and instructions (R2, R6, R22). Deadlines are
/// the SLA policy's.
///
/// Versions are never changed or removed. A case pins the one it was approved under.
public struct ReturnPolicy: Hashable, Sendable {
    public var version: UInt64
    /// For goods that no rule is for (`returnWindow(of:)`).
    public var returnWindowDays: Int64
    /// The first that matches an order line counts for it (N4).
    public var returnRules: [ReturnRule] = []
    /// Each sale channel once.
    public var channelZones: [ChannelZone] = []
    public var reasons: [ReturnReason]
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
    /// How much of a line's share may be deducted without a supervisor (N10).
    public var deductionPercentMax: Int64 = 0
    /// A refund of more than this is prepared by one person and confirmed by another; nil where none is.
    public var secondPersonAboveMinor: Int64?
    public var createdAt: Instant
    public var createdBy: String

    public init(
        version: UInt64, returnWindowDays: Int64, reasons: [ReturnReason], requiredConditions: [String],
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

    public func reason(_ code: String) -> ReturnReason? {
        reasons.first { $0.code == code }
    }

    /// The zone that windows of the sale channel count days in, where an order has none; nil where the policy gives none.
    public func zone(ofSaleChannel saleChannel: String) -> TimeZoneTable? {
        channelZones.first { $0.saleChannels.contains(saleChannel) }?.zone
    }

    /// No window that a policy or an order gives is longer.
    public static let windowDaysMax = ReturnWindow.daysMax

    /// The longest window that any goods have by it.
    public var longestWindowDays: Int64 {
        returnRules.reduce(returnWindowDays) { max($0, $1.returnDays) }
    }
}

/// Limits on what a form may hold, in bytes of UTF-8 or in entries. Each is checked before anything is decided.
public enum TextLimits {
    public static let identifierBytesMax = 64
    public static let saleChannelBytesMax = 32
    public static let referenceBytesMax = 256
    public static let shortTextBytesMax = 512
    public static let longTextBytesMax = 4_000
}

/// Limits on how much one order or case may hold.
public enum CountLimits {
    /// The largest order in the sample data has 552 lines; five times that.
    public static let orderLinesMax = 2_500
    public static let orderPaymentsMax = 16
    public static let orderCasesMax = 500
    public static let caseLinesMax = 2_500
    public static let caseRecordsMax = 200
    /// Clocks of one case, past which the steps that could go on for ever are refused.
    public static let caseClocksMax = 1_000
    public static let caseOutboundMax = 5_000
    public static let conditionsMax = 32
    public static let unitsMax: Int64 = 10_000_000
}

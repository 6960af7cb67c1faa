import RCP

/// What kind of work a call is, as far as its rate goes.
enum RCPCallClass: String, Sendable, Hashable, CaseIterable {
    /// Unary calls that change nothing, lists among them.
    case read
    /// Unary calls that may change something.
    case change
    /// Calls that stream, each counted when it begins.
    case stream

    init(_ method: RCPMethod) {
        self =
            method.kind != .unary ? .stream : method.idempotency == .readOnly ? .read : .change
    }
}

/// How many calls of each class one principal may begin in a second at one server. Nil sets no limit, which is the default: how
/// much an order system sends when it works at full speed only its operator knows.
public struct RCPCallRates: Sendable, Hashable {
    /// Unary calls that change nothing; nil is no limit.
    public var readsPerSecondMax: Int?
    /// Unary calls that may change something; nil is no limit.
    public var changesPerSecondMax: Int?
    /// Calls that stream; nil is no limit.
    public var streamsPerSecondMax: Int?

    public init() {}

    /// A principal that was silent may begin so many seconds' calls at once.
    static let burstSeconds = 2

    func perSecondMax(_ callClass: RCPCallClass) -> Int? {
        switch callClass {
        case .read: readsPerSecondMax
        case .change: changesPerSecondMax
        case .stream: streamsPerSecondMax
        }
    }

    var isUnlimited: Bool { RCPCallClass.allCases.allSatisfy { perSecondMax($0) == nil } }
    var isValid: Bool { RCPCallClass.allCases.allSatisfy { perSecondMax($0).map { $0 > 0 } ?? true } }
}

/// What gives some goods a window of their own (N4).
public struct ReturnRule: Hashable, Sendable {
    /// Goods of one of these SKUs, or of one of these categories.
    public var skus: [String]
    public var categories: [String]
    /// As `ReturnWindow.days`.
    public var returnDays: Int64
    /// Why, for people.
    public var reason: String

    public init(skus: [String] = [], categories: [String] = [], returnDays: Int64, reason: String) {
        self.skus = skus
        self.categories = categories
        self.returnDays = returnDays
        self.reason = reason
    }

    func matches(_ line: OrderLine) -> Bool {
        skus.contains(line.sku) || (!line.category.isEmpty && categories.contains(line.category))
    }
}

/// Whose calendar days the windows of some sale channels count.
public struct ChannelZone: Hashable, Sendable {
    public var saleChannels: [String]
    public var zone: TimeZoneTable

    public init(saleChannels: [String], zone: TimeZoneTable) {
        self.saleChannels = saleChannels
        self.zone = zone
    }
}

/// How long the goods of an order line can be returned.
struct ReturnWindow: Hashable, Sendable {
    /// Calendar days, counted from the day after delivery; 0: not at all.
    var days: Int64
    /// Why it is not what most goods have, for people; empty where it is.
    var reason: String

    static let daysMax: Int64 = 3_650

    /// The last day on which the goods can be returned: holidays count as any other day.
    ///
    /// - Parameter delivered: The local day of their delivery.
    func lastDay(delivered: Int32) -> Int32 { delivered + Int32(clamping: days) }
}

extension ReturnPolicy {
    /// What was promised for the line itself counts first, then the first rule for such goods, then what holds for all.
    func returnWindow(of line: OrderLine) -> ReturnWindow {
        if let days = line.returnDays {
            return ReturnWindow(days: days, reason: "as promised at the purchase")
        }
        guard let rule = returnRules.first(where: { $0.matches(line) }) else {
            return ReturnWindow(days: returnWindowDays, reason: "")
        }
        return ReturnWindow(days: rule.returnDays, reason: rule.reason)
    }
}

/// What windows and exclusions of an order go by: the policy that was in force at its purchase (N4).
public enum PurchasePolicy: Hashable, Sendable {
    case version(ReturnPolicy)
    /// The version's record is damaged or gone: what was promised cannot be told.
    case unreadable(version: UInt64)

    var known: ReturnPolicy? {
        if case .version(let policy) = self { policy } else { nil }
    }
}

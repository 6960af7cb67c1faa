/// How far an order is.
public enum OrderStatus: UInt8, NamedCode {
    case placed = 1
    case delivered
    case cancelled

    public var description: String {
        switch self {
        case .placed: "placed"
        case .delivered: "delivered"
        case .cancelled: "cancelled"
        }
    }
}

/// How an order was paid.
public enum PaymentMethod: UInt8, NamedCode {
    case card = 1
    case bankTransfer
    case wallet
    case giftCard
    case cash
    case other

    public var description: String {
        switch self {
        case .card: "card"
        case .bankTransfer: "bank_transfer"
        case .wallet: "wallet"
        case .giftCard: "gift_card"
        case .cash: "cash"
        case .other: "other"
        }
    }
}

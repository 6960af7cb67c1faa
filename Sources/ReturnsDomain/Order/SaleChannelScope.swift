/// The sale channels whose orders, cases and events somebody may see and change. For them there are no others.
public enum SaleChannelScope: Hashable, Sendable {
    /// Every sale channel, those to come included.
    case all
    case channels(Set<String>)

    public func holds(_ saleChannel: String) -> Bool {
        switch self {
        case .all: true
        case .channels(let channels): channels.contains(saleChannel)
        }
    }
}

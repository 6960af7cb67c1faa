/// Which part of a server's data a principal may name, read and change. What a part is, the server decides; in Returns it
/// is a sale channel.
public enum RCPScope: Sendable, Hashable {
    /// Every part, those to come included.
    case all
    case parts(Set<String>)

    public func holds(_ part: String) -> Bool {
        switch self {
        case .all: true
        case .parts(let parts): parts.contains(part)
        }
    }
}

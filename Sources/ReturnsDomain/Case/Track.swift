/// One thing that may still be owed: money, goods out, or telling the customer (DESIGN §3).
public enum Track: UInt8, NamedCode {
    case none = 1
    case due
    case inProgress
    case failed
    case done

    public var description: String {
        switch self {
        case .none: "none"
        case .due: "due"
        case .inProgress: "in_progress"
        case .failed: "failed"
        case .done: "done"
        }
    }
}

extension Track {
    /// An open track keeps the case from closing.
    public var isOpen: Bool {
        switch self {
        case .due, .inProgress, .failed: true
        case .none, .done: false
        }
    }
}

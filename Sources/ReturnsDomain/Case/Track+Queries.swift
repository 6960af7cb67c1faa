extension Track {
    /// An open track keeps the case from closing.
    public var isOpen: Bool {
        switch self {
        case .due, .inProgress, .failed: true
        case .none, .done: false
        }
    }
}

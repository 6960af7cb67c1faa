import ReturnsDomain

extension Result where Success == CaseTransition, Failure == CaseRejection {
    /// The decision itself. A server refuses a step that would leave a case out of balance; a test stops at it.
    public var sound: Self {
        if case .failure(let rejection) = self {
            precondition(rejection.kind != .damaged, "the domain broke its own invariants: \(rejection)")
        }
        return self
    }
}

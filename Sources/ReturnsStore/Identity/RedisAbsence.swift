/// Why there is no Redis, as the process knows that runs it.
public struct RedisAbsence: Hashable, Sendable {
    /// As one clause, for callers: it holds no path.
    public var text: String
    /// In full, for operators: also what to do.
    public var description: String

    public init(_ text: String, description: String) {
        self.text = text
        self.description = description
    }
}

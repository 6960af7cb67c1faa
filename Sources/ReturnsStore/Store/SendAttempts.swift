import RedisClient

/// The attempts to send one command, and what they have left open.
///
/// Invariant: once Redis may have run an attempt whose reply was not seen, the command is in doubt. No failure of a later
/// attempt takes that back: it says what became of that attempt alone.
struct SendAttempts {
    private let effect: CommandEffect
    private var failures = 0
    private(set) var isInDoubt = false

    /// A command whose connection ends under it is sent at most this often, within its deadline.
    static let max = 3

    init(_ effect: CommandEffect) { self.effect = effect }

    mutating func failed(_ error: RedisError) {
        failures += 1
        if effect != .none, error.commandState == .outcomeUnknown { isInDoubt = true }
    }

    /// Whether the command is sent again after this failure.
    func mayRepeat(after error: RedisError) -> Bool {
        effect != .eachTime && error.code == .connectionClosed && failures < Self.max
    }

    /// What the caller is told: why the last attempt failed, and what all of them left open.
    func ended(_ error: StoreError) -> StoreError { isInDoubt ? error.behind(.unknown) : error }
}

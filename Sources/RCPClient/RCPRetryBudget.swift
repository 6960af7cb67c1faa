import RCP
import Synchronization

/// Keeps retries from adding to an overload: a bucket of tokens, as gRPC's retry throttling (gRFC A6). A failure that could
/// be retried takes one token, any other end of a call gives `tokensPerSuccess`; while no more than half of the tokens
/// are left, nothing is sent a second time. What was never sent may be sent all the same.
public struct RCPRetryBudget: Sendable, Hashable {
    /// Tokens at first and at most.
    public var tokensMax: Double
    /// Tokens that a call gives back which was decided, whichever way.
    public var tokensPerSuccess: Double

    public init(tokensMax: Double = 100, tokensPerSuccess: Double = 0.1) {
        precondition(tokensMax > 0 && tokensPerSuccess >= 0, "a budget has tokens")
        self.tokensMax = tokensMax
        self.tokensPerSuccess = tokensPerSuccess
    }
}

/// The budget of one client, over all its calls.
final class ClientRetryBudget: Sendable {
    private let budget: RCPRetryBudget
    private let tokens: Mutex<Double>

    init(_ budget: RCPRetryBudget) {
        self.budget = budget
        tokens = Mutex(budget.tokensMax)
    }

    /// Counts an attempt that failed.
    ///
    /// - Returns: whether the call may be sent again. What no server has acted on adds to nobody's load, and may.
    func charge(_ status: RCPStatus, _ pace: ClientCallPace) -> Bool {
        guard status.mayPass else {
            decided()
            return true
        }
        return pace == .byConnection || failed()
    }

    /// An attempt that a server may have acted on failed in a way that may pass.
    ///
    /// - Returns: whether it may be sent again.
    func failed() -> Bool {
        tokens.withLock { tokens in
            tokens = max(0, tokens - 1)
            return tokens > budget.tokensMax / 2
        }
    }

    /// Whether more may be sent than was asked for.
    var allows: Bool { tokens.withLock { $0 > budget.tokensMax / 2 } }

    /// A call was decided, whichever way.
    func decided() {
        tokens.withLock { tokens in tokens = min(budget.tokensMax, tokens + budget.tokensPerSuccess) }
    }
}

import RCP
import Synchronization

/// How many bytes all connections of a server, and those of each principal, may hold together.
///
/// A connection asks in steps and for large messages alone (`RCPByteLease`), so a small call costs nothing here.
final class RCPByteBudget: Sendable {
    private let serverBytesMax: Int
    private let principalBytesMax: Int
    private let taken = Atomic<Int>(0)

    init(serverBytesMax: Int, principalBytesMax: Int) {
        self.serverBytesMax = serverBytesMax
        self.principalBytesMax = principalBytesMax
    }

    /// By all connections now.
    var takenBytes: Int { taken.load(ordering: .relaxed) }

    /// One principal's part.
    final class Share: RCPByteShare {
        private let budget: RCPByteBudget
        private let taken = Atomic<Int>(0)

        init(_ budget: RCPByteBudget) { self.budget = budget }

        var takenBytes: Int { taken.load(ordering: .relaxed) }

        func take(_ bytes: Int) -> RCPByteLimit? {
            guard Self.add(bytes, to: taken, max: budget.principalBytesMax) else { return .principal }
            guard Self.add(bytes, to: budget.taken, max: budget.serverBytesMax) else {
                taken.subtract(bytes, ordering: .relaxed)
                return .server
            }
            return nil
        }

        func giveBack(_ bytes: Int) {
            let left = taken.subtract(bytes, ordering: .relaxed).newValue
            precondition(left >= 0, "more bytes given back than were taken")
            budget.taken.subtract(bytes, ordering: .relaxed)
        }

        /// Two that ask at the same moment may both be refused where one of them would fit; never both let in.
        private static func add(_ bytes: Int, to count: borrowing Atomic<Int>, max: Int) -> Bool {
            if count.add(bytes, ordering: .relaxed).newValue <= max { return true }
            count.subtract(bytes, ordering: .relaxed)
            return false
        }
    }
}

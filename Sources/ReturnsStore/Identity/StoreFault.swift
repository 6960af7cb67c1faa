/// Why a store must not be used now: what has happened, and what to do about it. For the log, health and clients alike, so it
/// holds no key and no personal data.
public struct StoreFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Nobody has looked yet.
        case unknown
        /// Redis holds no store, and there was one.
        case emptied
        /// Redis holds another store.
        case exchanged
        /// Redis holds an earlier state of the store: changes are missing that were acknowledged.
        case lost
        /// A part of the store is gone.
        case torn
        /// What the store says of itself cannot be read.
        case damaged
        /// This Redis is a replica of another one.
        case replica
        /// This Redis evicts keys when memory is short.
        case evicting
    }

    public var code: Code
    /// What has happened, as one clause without a full stop.
    public var text: String
    /// What to do, as one clause.
    public var advice: String

    public var description: String { "\(text); \(advice)" }

    static let unknown = StoreFault(
        code: .unknown, text: "the store has not been looked at since Redis was reached",
        advice: "try again in a moment")

    private static let restore =
        "put the right data back, or go on without what is missing by starting one server with --accept-loss (RUNBOOK.md, \"The store is not what it was\")"

    static func emptied(_ storeID: String) -> StoreFault {
        StoreFault(
            code: .emptied, text: "Redis is empty: the store \(storeID) is gone", advice: restore)
    }

    static func exchanged(found: String, known: String) -> StoreFault {
        StoreFault(
            code: .exchanged,
            text: "this Redis holds the store \(found), but this server belongs to the store \(known)",
            advice:
                "check the address of Redis; if this is the right store, start one server with --accept-loss"
        )
    }

    /// - Parameter changes: at least so many; nil if that cannot be told.
    static func lost(changes: Int64?) -> StoreFault {
        let missing = changes.map { "at least \($0) acknowledged changes" } ?? "acknowledged changes"
        return StoreFault(
            code: .lost, text: "Redis holds an earlier state of the store: \(missing) are missing",
            advice: restore)
    }

    static func reported(_ text: String) -> StoreFault {
        StoreFault(code: .lost, text: text, advice: restore)
    }

    static func torn(_ slot: StoreSlot) -> StoreFault {
        StoreFault(
            code: .torn, text: "\(slot.words) of the store is gone or is of another store", advice: restore)
    }

    /// Keys of a store are there, but not what it says of itself.
    static let recordGone = StoreFault(
        code: .damaged,
        text: "the store's record of itself is damaged: it is gone, and keys of a store are there",
        advice:
            "put Redis's files back, or start one server that has used this store once with --accept-loss, which makes the record anew from its data folder (RUNBOOK.md, \"The store is not what it was\")"
    )

    /// - Parameter kinds: of what cases are decided by, in words.
    static func rulesGone(_ kinds: [String]) -> StoreFault {
        StoreFault(
            code: .torn,
            text: "the store's \(kinds.joined(separator: " and its ")) are gone, and it is not new",
            advice:
                "put them back from a copy of the store; no others stand in for them (RUNBOOK.md, \"The policies are gone\")"
        )
    }

    static func damaged(_ what: String) -> StoreFault {
        StoreFault(
            code: .damaged, text: "the store's record of itself is damaged: \(what)",
            advice:
                "put Redis's files back from a backup; --accept-loss alone does not help (RUNBOOK.md, \"The store's record is gone or damaged\")"
        )
    }

    public static let replica = StoreFault(
        code: .replica, text: "this Redis is a replica of another one and takes no changes",
        advice: RedisRefusal.primaryAdvice)

    /// Whether another Redis may stand behind the address by now, so that it is asked anew.
    var mayBeOfAnotherRedis: Bool {
        switch code {
        case .replica, .exchanged, .emptied: true
        case .unknown, .lost, .torn, .damaged, .evicting: false
        }
    }

    public static func evicting(_ policy: String) -> StoreFault {
        StoreFault(
            code: .evicting,
            text:
                "this Redis evicts keys when memory is short (maxmemory-policy \(policy)) and would lose cases",
            advice: "type: redis-cli CONFIG SET maxmemory-policy noeviction")
    }
}

extension StoreSlot {
    /// For the log, health and clients.
    var words: String {
        if case .partition(let number) = self { "partition \(number)" } else { "a part" }
    }
}

import RedisClient

/// What it means that Redis answered with an error: one rule for each kind, named after the words that Redis begins it with.
///
/// Redis refuses each of these before a function has written anything, but for `halfWay`.
public enum RedisRefusal: Hashable, Sendable {
    /// OOM: `maxmemory` is reached.
    case memoryFull
    /// MISCONF: Redis cannot write to its disk, and takes no changes until it can.
    case diskUnwritable
    /// No answer of Redis, which is not asked: its disk is nearly full (`StoreIdentity.refuseChanges`).
    case diskFull
    /// READONLY: this Redis is a replica.
    case replica
    /// LOADING: Redis reads its data after a start.
    case loading
    /// `maxclients` is reached: Redis turns connections away.
    case connectionsFull
    /// BUSY: somebody's script or function does not come to an end.
    case busy
    /// MASTERDOWN: a replica that has lost its primary.
    case primaryLost
    /// NOREPLICAS: fewer replicas are connected than `min-replicas-to-write` asks for.
    case replicasMissing
    /// MOVED, ASK, TRYAGAIN, CLUSTERDOWN, CROSSSLOT: this Redis is a node of a cluster.
    case cluster
    /// NOAUTH, NOPERM, WRONGPASS: the user of Redis may not do this.
    case notPermitted
    /// The functions were deleted while the connection stayed.
    case functionMissing
    /// OTHERRUN: the store is at another run than this server.
    case otherRun
    /// WRONGTYPE: a key holds something else than the store has put there.
    case keyOfAnotherType
    /// MARKDAMAGED: the mark of the slot is no hash, or a count of it is no number. Nothing was written.
    case markDamaged
    /// HALFWAY: a commit failed behind its first write. A repetition of the request is answered by the request's record.
    case halfWay
    /// MALFORMED: a function was called in a way that it does not take, and has done nothing. A fault of this server.
    case malformedCall
    case other(String)

    public init(_ reply: RedisErrorReply) {
        if reply.message.contains(FunctionLibrary.missing) {
            self = .functionMissing
            return
        }
        if reply.saysConnectionsFull {
            self = .connectionsFull
            return
        }
        self =
            switch reply.prefix {
            case "OOM": .memoryFull
            case "MISCONF": .diskUnwritable
            case "READONLY": .replica
            case "LOADING": .loading
            case "BUSY": .busy
            case "MASTERDOWN": .primaryLost
            case "NOREPLICAS": .replicasMissing
            case "MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "CROSSSLOT": .cluster
            case "NOAUTH", "NOPERM", "WRONGPASS": .notPermitted
            case "OTHERRUN": .otherRun
            case "WRONGTYPE": .keyOfAnotherType
            case "MARKDAMAGED": .markDamaged
            case "HALFWAY": .halfWay
            case "MALFORMED": .malformedCall
            default: .other(reply.prefix)
            }
    }

    /// For clients: upper-case words, which do not change.
    public var reason: String {
        switch self {
        case .memoryFull: "STORE_MEMORY_FULL"
        case .diskUnwritable, .diskFull: "STORE_DISK_FULL"
        case .replica, .primaryLost: "STORE_REPLICA"
        case .loading: "STORE_LOADING"
        case .busy: "STORE_BUSY"
        case .connectionsFull: "STORE_CONNECTIONS_FULL"
        case .replicasMissing: "STORE_REPLICAS_MISSING"
        case .cluster: "STORE_IS_CLUSTER"
        case .notPermitted: "STORE_NOT_PERMITTED"
        case .markDamaged: "STORE_DAMAGED"
        case .functionMissing, .otherRun, .keyOfAnotherType, .halfWay, .malformedCall, .other:
            "STORE_REFUSED"
        }
    }

    /// What is wrong, in words that an operator knows, as one clause.
    public var text: String {
        switch self {
        case .memoryFull: "Redis's memory limit is reached, so it takes no changes"
        case .diskUnwritable: "Redis cannot write to its disk (is it full?), so it takes no changes"
        case .diskFull: "the store's disk is full, so it takes no changes"
        case .replica: "this Redis is a replica and takes no changes"
        case .loading: "Redis is loading its data"
        case .busy: "a script keeps Redis busy"
        case .connectionsFull: "Redis takes no more connections: its limit maxclients is reached"
        case .primaryLost: "this Redis is a replica that has lost its primary"
        case .replicasMissing: "too few replicas are connected, so Redis takes no changes"
        case .cluster: "this Redis is a node of a cluster, which this release cannot use"
        case .notPermitted: "the user of Redis that this server logs in as lacks a right"
        case .functionMissing: "Redis has lost the store's functions"
        case .otherRun: "the store was restarted or exchanged meanwhile"
        case .keyOfAnotherType: "a key of the store holds something else"
        case .markDamaged: "a mark of the store is damaged"
        case .halfWay: "Redis refused a part of a change"
        case .malformedCall: "this server has called a function of the store wrongly, a fault of its own"
        case .other(let prefix): "Redis answered with the error \(prefix)"
        }
    }

    /// Two primaries would each take changes, and the refunds of one are unknown to the other.
    static let primaryAdvice =
        "let the address lead to the primary, which is then found without a restart; type REPLICAOF NO ONE only after making sure that no other Redis is a primary, since two of them would pay refunds twice"

    /// What to do about it, as one sentence.
    public var advice: String {
        switch self {
        case .memoryFull: "Raise maxmemory (redis-cli CONFIG SET maxmemory …) or keep fewer events."
        case .diskUnwritable: "Free space on the disk of Redis's folder; it then goes on by itself."
        case .diskFull: "Free space on the disk of the data folder; it then goes on by itself."
        case .replica, .primaryLost: "Do this: \(Self.primaryAdvice)."
        case .loading: "Wait; it goes on by itself."
        case .busy: "See what runs (redis-cli FUNCTION STATS) and end it (FUNCTION KILL or SCRIPT KILL)."
        case .connectionsFull:
            "See who holds them (redis-cli CLIENT LIST), and end what holds too many or raise maxclients."
        case .replicasMissing: "Bring the replicas back, or lower min-replicas-to-write."
        case .cluster: "Name a single Redis."
        case .notPermitted: "Give it ~* and +@all, or look at redis-cli ACL LOG."
        case .functionMissing, .otherRun: "Try again."
        case .keyOfAnotherType: "Somebody else writes to this Redis; give the store a Redis of its own."
        case .markDamaged: "See RUNBOOK.md, \"The store's record is gone or damaged\"."
        case .halfWay:
            "See what the user of Redis may do (redis-cli ACL LOG), and type: returnsctl admin verify-indexes."
        case .malformedCall: "Report it with the server's log."
        case .other: "See Redis's log."
        }
    }
}

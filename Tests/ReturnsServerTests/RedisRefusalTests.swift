import RCP
import RedisClient
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// Each kind of error with which Redis refuses a command has a rule of its own: what a caller gets, what health says, and what an
/// operator reads there to do.
@Suite struct RedisRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// As Redis 7 sends it.
        let line: String
        let refusal: RedisRefusal
        let reason: String
        let text: String
        let advice: String

        var testDescription: String { line }
    }

    static let cluster = "this Redis is a node of a cluster, which this release cannot use"
    static let user = "the user of Redis that this server logs in as lacks a right"

    static let rows = [
        Row(
            line: "OOM command not allowed when used memory > 'maxmemory'.", refusal: .memoryFull,
            reason: "STORE_MEMORY_FULL", text: "Redis's memory limit is reached, so it takes no changes",
            advice: "Raise maxmemory"),
        Row(
            line: "MISCONF Errors writing to the AOF file: No space left on device", refusal: .diskUnwritable,
            reason: "STORE_DISK_FULL",
            text: "Redis cannot write to its disk (is it full?), so it takes no changes",
            advice: "Free space on the disk of Redis's folder"),
        Row(
            line: "READONLY You can't write against a read only replica.", refusal: .replica,
            reason: "STORE_REPLICA", text: "this Redis is a replica and takes no changes",
            advice: "let the address lead to the primary"),
        Row(
            line: "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            refusal: .primaryLost, reason: "STORE_REPLICA",
            text: "this Redis is a replica that has lost its primary",
            advice: "let the address lead to the primary"),
        Row(
            line: "LOADING Redis is loading the dataset in memory", refusal: .loading,
            reason: "STORE_LOADING", text: "Redis is loading its data", advice: "Wait"),
        Row(
            line:
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
            refusal: .busy, reason: "STORE_BUSY", text: "a script keeps Redis busy",
            advice: "FUNCTION KILL or SCRIPT KILL"),
        Row(
            line: "ERR max number of clients reached", refusal: .connectionsFull,
            reason: "STORE_CONNECTIONS_FULL",
            text: "Redis takes no more connections: its limit maxclients is reached",
            advice: "redis-cli CLIENT LIST"),
        Row(
            line: "NOREPLICAS Not enough good replicas to write.", refusal: .replicasMissing,
            reason: "STORE_REPLICAS_MISSING",
            text: "too few replicas are connected, so Redis takes no changes",
            advice: "min-replicas-to-write"),
        Row(
            line: "MOVED 3999 127.0.0.1:6381", refusal: .cluster, reason: "STORE_IS_CLUSTER", text: cluster,
            advice: "Name a single Redis."),
        Row(
            line: "ASK 3999 127.0.0.1:6381", refusal: .cluster, reason: "STORE_IS_CLUSTER", text: cluster,
            advice: "Name a single Redis."),
        Row(
            line: "TRYAGAIN Multiple keys request during rehashing of slot", refusal: .cluster,
            reason: "STORE_IS_CLUSTER", text: cluster, advice: "Name a single Redis."),
        Row(
            line: "CLUSTERDOWN Hash slot not served", refusal: .cluster, reason: "STORE_IS_CLUSTER",
            text: cluster, advice: "Name a single Redis."),
        Row(
            line: "CROSSSLOT Keys in request don't hash to the same slot", refusal: .cluster,
            reason: "STORE_IS_CLUSTER", text: cluster, advice: "Name a single Redis."),
        Row(
            line: "NOAUTH Authentication required.", refusal: .notPermitted, reason: "STORE_NOT_PERMITTED",
            text: user, advice: "redis-cli ACL LOG"),
        Row(
            line: "NOPERM User returns has no permissions to run the 'fcall' command",
            refusal: .notPermitted, reason: "STORE_NOT_PERMITTED", text: user, advice: "redis-cli ACL LOG"),
        Row(
            line: "WRONGPASS invalid username-password pair or user is disabled.", refusal: .notPermitted,
            reason: "STORE_NOT_PERMITTED", text: user, advice: "redis-cli ACL LOG"),
        Row(
            line: "WRONGTYPE Operation against a key holding the wrong kind of value",
            refusal: .keyOfAnotherType, reason: "STORE_REFUSED",
            text: "a key of the store holds something else", advice: "a Redis of its own"),
        Row(
            line: "OTHERRUN", refusal: .otherRun, reason: "STORE_REFUSED",
            text: "the store was restarted or exchanged meanwhile", advice: "Try again."),
        Row(
            line: "MARKDAMAGED a count of the mark is no number", refusal: .markDamaged,
            reason: "STORE_DAMAGED", text: "a mark of the store is damaged", advice: "RUNBOOK.md"),
        Row(
            line: "HALFWAY the commit failed behind its first write", refusal: .halfWay,
            reason: "STORE_REFUSED", text: "Redis refused a part of a change", advice: "verify-indexes"),
        Row(
            line: "MALFORMED call: limit", refusal: .malformedCall, reason: "STORE_REFUSED",
            text: "this server has called a function of the store wrongly, a fault of its own",
            advice: "Report it"),
        Row(
            line: "EXECABORT Transaction discarded because of: quota 7 of shop", refusal: .other("EXECABORT"),
            reason: "STORE_REFUSED", text: "Redis answered with the error EXECABORT",
            advice: "See Redis's log."),
    ]

    @Test(arguments: rows)
    func eachKindHasARule(_ row: Row) throws {
        let reply = RedisValue.error(RedisErrorReply(message: row.line))
        let error = try #require(throws: StoreError.self) { _ = try ReturnsStore.checked(reply) }
        // Redis refuses before it does anything, but for a commit that fails half-way.
        let isHalfWay = row.refusal == .halfWay
        #expect(error.outcome == (isHalfWay ? .unknown : .notApplied) && error.refusal == row.refusal)
        let status = RCPStatus(error)
        // Damage, which no repetition mends.
        if row.refusal == .keyOfAnotherType {
            #expect(status.code == .dataLoss && status.outcome == .notApplied)
            #expect(status.details.map(\.reason) == ["RECORD_UNREADABLE"])
            #expect(status.text.hasPrefix("a key of the store holds something of another type"))
            #expect(status.text.contains("returnsctl admin verify-indexes"))
            return
        }
        // A fault of ours, which a repetition meets again.
        if row.refusal == .malformedCall {
            #expect(status.code == .internalError && status.outcome == .notApplied)
            #expect(status.retryAfterMilliseconds == -1 && status.details.map(\.reason) == [row.reason])
            #expect(status.text == "\(row.text); tell whoever runs this server")
            return
        }
        #expect(status.code == .unavailable && status.outcome == (isHalfWay ? .unknown : .notApplied))
        #expect(status.retryAfterMilliseconds > 0)
        #expect(status.details.map(\.reason) == [row.reason])
        #expect(status.text == "\(row.text); try again, and tell whoever runs this server")
        let health = HealthMonitor.reason(error)
        #expect(health.hasPrefix("\(row.text). ") && health.contains(row.advice), "\(health)")
        // Redis's own line may quote keys, values and addresses.
        for words in [status.text, health, error.description] {
            for quoted in ["127.0.0.1", "quota 7", "User returns", "Hash slot"] {
                #expect(!words.contains(quoted), "\(words)")
            }
        }
    }

    /// A Redis that reads its data, or is full, turns the connection away: no command was sent.
    @Test(arguments: ["LOADING Redis is loading the dataset in memory", "ERR max number of clients reached"])
    func aRefusedConnectionIsTold(_ line: String) {
        let reply = RedisErrorReply(message: line)
        let status = RCPStatus(
            StoreError(RedisError(.loading, .notWritten, "Not connected.", errorReply: reply)))
        #expect(status.text.hasPrefix(RedisRefusal(reply).text))
        #expect(status.details.map(\.reason) == [RedisRefusal(reply).reason])
    }

    /// Callers are told why, health says what to do as well.
    @Test(arguments: [RedisError.Code.unavailable, .connectionFailed, .deadlineExceeded])
    func theAbsenceOfRedisIsTold(_ code: RedisError.Code) {
        let absence = RedisAbsence(
            "the store's Redis ended", description: "redis-server ended; see /d/redis.log")
        let identity = StoreIdentity(
            settings: StoreSettings(partitions: 16, hasTestClock: false), absence: { absence })
        let error = identity.failure(RedisError(code, .notWritten, "Not connected."))
        let status = RCPStatus(error)
        #expect(status.text.contains(absence.text) && status.text.contains("whoever runs this server"))
        #expect(!status.text.contains("/d/"))
        #expect(HealthMonitor.reason(error) == "Redis does not answer: \(absence.description)")
        let refused = identity.failure(RedisError(.cancelled, .notWritten, "Cancelled."))
        #expect(refused.absence == nil)
    }

    @Test func noKindIsLeftOut() {
        let prefixes: Set<String> = Set(Self.rows.map { String($0.line.prefix { $0 != " " }) })
        #expect(
            prefixes.isSuperset(of: [
                "OOM", "MISCONF", "READONLY", "LOADING", "BUSY", "MASTERDOWN", "NOREPLICAS", "MOVED", "ASK",
                "TRYAGAIN", "CLUSTERDOWN", "CROSSSLOT", "NOAUTH", "NOPERM", "WRONGPASS", "OTHERRUN",
                "WRONGTYPE", "MARKDAMAGED", "HALFWAY", "MALFORMED",
            ]))
        // What concerns Redis as a whole stops a walk over its partitions; what concerns one key does not.
        for row in Self.rows {
            let local: Bool =
                switch row.refusal {
                case .keyOfAnotherType, .malformedCall, .other: true
                default: false
                }
            #expect(StoreError(row.refusal).isLocal == local, "\(row.line)")
        }
    }
}

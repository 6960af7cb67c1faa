import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Why the store could not answer. Its text is for the log and for operators: it may name a case or an order, and holds no values
/// or personal data.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// Redis cannot be reached, is loading, or was lost.
        case unavailable
        /// Too much is under way; try again.
        case overloaded
        case deadlineExceeded
        case cancelled
        /// The store holds something that this version did not write.
        case corrupt
        /// Redis answered with an error: out of memory, read-only, a wrong type.
        case refused
        /// The store does not fit this server: created with other settings.
        case misconfigured
        /// The store must not be used now: `fault` says why.
        case unfit
        /// It needs sale channels that the caller is not bound to.
        case outsideScope
        /// It gives what only a later writer level holds, and older builds may still be at work.
        case levelTooLow
    }

    /// Whether the whole store is out of use, which is told where it is noticed: by the connections, and by the store's identity.
    public var isOutage: Bool { code == .unavailable || code == .unfit }

    /// Whether it says something of what is kept where it was met, and nothing of Redis as a whole: the rest can be gone on with.
    public var isLocal: Bool {
        guard code == .refused else { return code == .corrupt || code == .levelTooLow }
        switch refusal {
        case .keyOfAnotherType, .malformedCall, .other: return true
        default: return false
        }
    }

    /// What is known of the change that was asked for; of a read `notApplied`. The later ones weigh more.
    public enum Outcome: Int, Sendable, Hashable, Comparable {
        case notApplied
        /// It may have been made although no answer came.
        case unknown
        /// It was made, and what was to follow it has failed.
        case applied

        public static func < (left: Outcome, right: Outcome) -> Bool { left.rawValue < right.rawValue }
    }

    public var code: Code
    public var outcome: Outcome
    /// The case whose record, or whose order's, cannot be read.
    public var caseID: CaseID?
    /// The order whose record, or whose timeline, cannot be read.
    public internal(set) var orderKey: OrderKey?
    /// The partition of which a key holds something of another type.
    public internal(set) var partition: Int?
    /// Of the code `corrupt`: the record is not there at all, although others name it.
    public internal(set) var lacksRecord = false
    /// Of the code `corrupt`: the record is whole, but a newer build wrote it, and this one does not know all of it.
    public internal(set) var isNewer = false
    /// Of one that is newer: who asks for the record itself is sent it, as it is stored.
    public internal(set) var canBeRead = false
    public var description: String
    /// Of the code `unfit`.
    public var fault: StoreFault?
    /// Of the code `refused`: which kind of refusal it was.
    public var refusal: RedisRefusal?
    /// Why there is no Redis, where that is known.
    public var absence: RedisAbsence?
    /// The record by a name that cannot be read, or whose keys cannot.
    public var record: NamedRecord?
    /// Of the code `levelTooLow`: the field of the request that cannot be kept, where one is known.
    public var field = ""
    /// Where Redis is the reason.
    var cause: RedisError?

    /// What is given needs a level that the store is not yet written at.
    ///
    /// - Parameter field: Of the request, that gives it; empty where it is the request as a whole, or is not known.
    package static func tooLow(for level: WriterLevel, field: String = "") -> StoreError {
        var error = StoreError(.levelTooLow, "the store is not yet written at level \(level)")
        error.field = field
        return error
    }

    init(_ fault: StoreFault) {
        self.init(.unfit, fault.description)
        self.fault = fault
    }

    init(_ refusal: RedisRefusal) {
        self.init(.refused, "\(refusal.text). \(refusal.advice)")
        self.refusal = refusal
    }

    /// - Parameter key: One that holds no personal data.
    init(_ refusal: RedisRefusal, at key: String) {
        self.init(refusal)
        description = "the key \(key): \(description)"
    }

    public init(_ code: Code, outcome: Outcome = .notApplied, _ description: String) {
        self.code = code
        self.outcome = outcome
        self.description = description
    }

    /// The same failure, behind a step that had this outcome.
    func behind(_ outcome: Outcome) -> StoreError {
        var error = self
        error.outcome = max(self.outcome, outcome)
        return error
    }

    /// As a step on the store would have failed.
    package init(redis error: RedisError) { self.init(error) }

    init(_ error: RedisError) {
        let code: Code
        switch error.code {
        case .tooManyPendingReplies, .tooManyPendingBytes: code = .overloaded
        case .cancelled: code = .cancelled
        case .deadlineExceeded: code = .deadlineExceeded
        case .errorReply: code = .refused
        case .authenticationFailed, .invalidConfiguration: code = .misconfigured
        default: code = .unavailable
        }
        if let own = error.storeError {
            self = own
            return
        }
        let refusal = error.errorReply.map { RedisRefusal($0) }
        self.init(code, refusal.map { "\(error.message) \($0.advice)" } ?? "\(error)")
        self.refusal = refusal
        if refusal == .halfWay { outcome = .unknown }
        cause = error
    }

    init(_ error: RecordError, _ what: String) {
        self.init(.corrupt, "\(what): \(error.what)\(error.isNewer ? "; written by a newer returnsd" : "")")
        isNewer = error.isNewer
    }

    /// An order's record cannot be decided on, or not even be read.
    init(_ error: RecordError, _ key: OrderKey) {
        self.init(error, "order \(key.text)")
        orderKey = key
    }

    /// A record is whole, but a newer build wrote it.
    package static func newer(_ record: NamedRecord) -> StoreError {
        StoreError(RecordError.newer("its form"), "its record").of(record)
    }

    /// A record that others name is not there.
    package static func missing(_ record: NamedRecord) -> StoreError {
        var error = StoreError(.corrupt, "its record is missing").of(record)
        error.lacksRecord = true
        return error
    }

    /// Cases are kept for ever, so one that the store itself names is there, or its record was lost.
    static func recordMissing(_ id: CaseID) -> StoreError {
        var error = StoreError(.corrupt, "case \(id): its record is missing").of(id)
        error.lacksRecord = true
        return error
    }

    /// An order is kept for ever once a case was opened on it.
    static func recordMissing(_ key: OrderKey) -> StoreError {
        var error = StoreError(.corrupt, "its record is missing").of(key)
        error.lacksRecord = true
        return error
    }

    /// The same error as one of a case.
    func of(_ id: CaseID) -> StoreError {
        var error = self
        error.caseID = id
        return error
    }

    /// The same error as one of an order; unless it is Redis as a whole that fails.
    public func of(_ key: OrderKey) -> StoreError {
        guard isLocal, orderKey == nil else { return self }
        var error = self
        error.orderKey = key
        error.description = "order \(key.text): \(description)"
        return error
    }

    /// The same error as one that was met in a slot; where a key there holds something of another type.
    func met(in slot: StoreSlot?) -> StoreError {
        guard refusal == .keyOfAnotherType, partition == nil, case .partition(let number) = slot else {
            return self
        }
        var error = self
        error.partition = number
        error.description = "partition \(number): \(description)"
        return error
    }

    /// The same error as one of a step on a case; where a key that the step touches holds something of another type.
    func met(by id: CaseID) -> StoreError {
        guard refusal == .keyOfAnotherType else { return self }
        var error = met(in: .partition(id.partition)).of(id)
        error.description = "case \(id): \(error.description)"
        return error
    }

    /// The same error as one of a record; unless it is Redis as a whole that fails.
    func of(_ record: NamedRecord) -> StoreError {
        guard isLocal else { return self }
        var error = self
        error.record = record
        error.description = "\(record): \(description)"
        return error
    }
}

/// What it means that Redis may have run a command which it did not answer.
enum CommandEffect: Sendable {
    /// Nothing: it reads.
    case none
    /// Something that a second time does not add to, and is told of: a commit made before is answered as a replay.
    case once
    /// Something that a second time would add to, or would answer as if there had been no first: it is sent once.
    case eachTime
}

/// Does what follows a change that was made: a failure there does not unmake it.
func afterChange<Value>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
    do throws(StoreError) { return try await body() } catch { throw error.behind(.applied) }
}

extension RedisError {
    /// Why the store must not be used, where that is what keeps a connection from being used.
    public var storeError: StoreError? {
        cause as? StoreError ?? (cause as? RedisError)?.cause as? StoreError
    }
}

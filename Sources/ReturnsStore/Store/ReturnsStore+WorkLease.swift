import NIOCore
import RedisClient
import ReturnsDomain

/// Who works on a department's part of a case now, and for which of its clocks: when that one has ended, the lease says nothing
/// any more.
public struct WorkLease: Hashable, Sendable {
    public let person: String
    /// The name of the clock's kind, be it one that only a newer build knows: somebody has the work all the same.
    private let kind: String
    private let ordinal: UInt32

    public init(person: String, kind: ClockKind, ordinal: UInt32) {
        self.init(person: person, kind: kind.description, ordinal: ordinal)
    }

    private init(person: String, kind: String, ordinal: UInt32) {
        (self.person, self.kind, self.ordinal) = (person, kind, ordinal)
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, let ordinal = UInt32(parts[1]) else { return nil }
        self.init(person: String(parts[2]), kind: String(parts[0]), ordinal: ordinal)
    }

    public func isFor(_ kind: ClockKind, _ ordinal: UInt32) -> Bool {
        self.kind == kind.description && self.ordinal == ordinal
    }

    /// The person last: it is what may be any text.
    var text: String { "\(kind)/\(ordinal)/\(person)" }
}

/// A department's part of a case.
public struct WorkPart: Hashable, Sendable {
    public var id: CaseID
    public var role: Role

    public init(id: CaseID, role: Role) {
        self.id = id
        self.role = role
    }
}

extension ReturnsStore {
    /// Who works on each of these parts now; nil for nobody.
    public func workLeases(
        on parts: [WorkPart], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [WorkLease?] {
        guard !parts.isEmpty else { return [] }
        return try await pipeline(
            parts.map { RedisCommand("GET", .text(StoreKeys(partition: $0.id.partition).workLease($0))) },
            deadline: deadline
        ).map { $0.string.flatMap(WorkLease.init) }
    }

    /// The case that a person has taken for a department; nil for none.
    public func workTaken(
        by person: String, role: Role, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CaseID? {
        let key = StoreKeys.workTaken(by: person, role: role)
        return try await send(RedisCommand("GET", .text(key)), key: key, deadline: deadline).string
            .flatMap { CaseID($0) }
    }

    /// Takes a part to work on it, or keeps it for longer.
    ///
    /// A lease only keeps two people from the same work. It forbids nothing, so it may be lost at any time.
    /// - Parameter found: The lease that was there when it was looked at, and that is no hindrance.
    /// - Returns: false when somebody else has it.
    public func leaseWork(
        on part: WorkPart, _ lease: WorkLease, over found: WorkLease?, milliseconds: Int64,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let slot = StoreSlot.partition(part.id.partition)
        let key = StoreKeys(partition: part.id.partition).workLease(part)
        let reply = try await send(
            StoreCall(Self.leaseFunction, slot, keys: [key]).appending([
                .text(lease.text), .text(found?.text ?? ""), .integer(milliseconds),
            ]), effect: .once, deadline: deadline)
        guard reply.integer == 1 else { return false }
        // Of another slot, so a step of its own: lost, it only means that the person is given the next case.
        let taken = StoreKeys.workTaken(by: lease.person, role: part.role)
        _ = try await afterChange { () async throws(StoreError) in
            try await send(
                StoreCall(Self.takenFunction, .work, keys: [taken]).appending([
                    .text(part.id.description), .integer(milliseconds),
                ]), effect: .once, deadline: deadline)
        }
        return true
    }

    /// Gives back every part of a case that a person has taken.
    ///
    /// - Returns: false when there was none.
    public func releaseWork(
        on id: CaseID, by person: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        var isReleased = false
        for role in Role.departments {
            let key = StoreKeys(partition: id.partition).workLease(WorkPart(id: id, role: role))
            do throws(StoreError) {
                let reply = try await send(
                    StoreCall(Self.releaseFunction, .partition(id.partition), keys: [key]).appending([
                        .text(person)
                    ]), effect: .eachTime, deadline: deadline)
                if reply.integer == 1 { isReleased = true }
            } catch {
                throw isReleased ? error.behind(.unknown) : error
            }
        }
        return isReleased
    }

    /// Gives back one part of a case, if this lease is still there: not one of somebody else, nor a later one of the same person.
    ///
    /// - Returns: false when it was not.
    public func releaseWork(
        on part: WorkPart, _ lease: WorkLease, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let key = StoreKeys(partition: part.id.partition).workLease(part)
        let reply = try await send(
            StoreCall(Self.releaseFunction, .partition(part.id.partition), keys: [key]).appending([
                .text(lease.person), .text(lease.text),
            ]), effect: .eachTime, deadline: deadline)
        return reply.integer == 1
    }

    private static let leaseFunction = FunctionLibrary.store.name("work_lease")
    private static let releaseFunction = FunctionLibrary.store.name("work_release")
    private static let takenFunction = FunctionLibrary.store.name("work_taken")
}

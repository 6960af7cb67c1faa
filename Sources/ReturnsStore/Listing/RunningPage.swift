import ReturnsDomain

/// A place in the order of running clocks, behind one of them: by due time, and at the same time by member, byte by byte.
public struct DuePlace: Hashable, Comparable, Sendable {
    public let dueAt: Instant
    /// A member of the running clocks; empty ahead of all those of this time.
    public let clock: String

    static let beginning = DuePlace(Instant.range.lowerBound, "")

    private init(_ dueAt: Instant, _ clock: String) {
        (self.dueAt, self.clock) = (dueAt, clock)
    }

    init(_ deadline: Deadline) { self.init(deadline.dueAt, deadline.member.text) }

    public init(_ clock: Clock, of id: CaseID) {
        let member = DeadlineMember(id: id, kind: clock.kind, ordinal: clock.ordinal)
        self.init(clock.dueAt, member.text)
    }

    /// Nil ahead of all clocks of a time.
    var caseID: CaseID? { DeadlineMember(clock)?.id }

    public static func < (left: DuePlace, right: DuePlace) -> Bool {
        left.dueAt != right.dueAt
            ? left.dueAt < right.dueAt : left.clock.utf8.lexicographicallyPrecedes(right.clock.utf8)
    }
}

extension DuePlace: LosslessStringConvertible {
    public var description: String { "\(dueAt)-\(clock)" }

    /// - Returns: nil for a text that `description` does not write.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]) else { return nil }
        self.init(Instant(milliseconds: time), String(parts[1]))
        guard dueAt.isRepresentable, clock.isEmpty || DeadlineMember(clock)?.text == clock,
            description == text
        else { return nil }
    }
}

/// Some of the running clocks, by their due time.
public struct RunningPage: Sendable {
    public internal(set) var clocks: [Deadline] = []
    /// Where the list goes on; nil at its end.
    public internal(set) var next: DuePlace?
    /// Clocks that were looked at, those of others among them.
    public internal(set) var lookedAt = 0
    /// Listings that each of them was tested against.
    var listings = 0
    /// What the walk counts, in bytes read: more than it read, since Redis tests each clock.
    public var readBytes: Int { lookedAt * (Self.clockBytes + Self.testBytes * listings) }
    private static let clockBytes = 256
    private static let testBytes = 64
    /// It ends where as many clocks were looked at as may be, and can be empty.
    public internal(set) var isCutOff = false
}

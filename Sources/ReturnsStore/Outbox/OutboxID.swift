import ReturnsDomain

/// Where an event stands in its partition's outbox: the id of a stream's entry, Redis's time and a number within it.
public struct OutboxID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: UInt64
    public var sequence: UInt64

    /// Before every event.
    public static let zero = OutboxID(milliseconds: 0, sequence: 0)

    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// The last id there can be before a time; events recorded since then stand behind it.
    public init(before time: Instant) {
        guard time.milliseconds > 0 else {
            self = .zero
            return
        }
        self.init(milliseconds: UInt64(time.milliseconds) - 1, sequence: .max)
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Self.number(parts[0]),
            let sequence = Self.number(parts[1])
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    /// Digits alone, as Redis writes them: one id has one text.
    private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    public var description: String { "\(milliseconds)-\(sequence)" }

    /// When Redis recorded it.
    public var recordedAt: Instant { Instant(milliseconds: Int64(clamping: milliseconds)) }

    public static func < (left: OutboxID, right: OutboxID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

/// An event's own id, unique over all partitions: what consumers tell repetitions by, and acknowledge.
public struct EventID: Hashable, Sendable, CustomStringConvertible {
    public var partition: Int
    public var position: OutboxID

    public init(partition: Int, position: OutboxID) {
        self.partition = partition
        self.position = position
    }

    /// - Parameter text: as `description` writes it.
    public init?(_ text: String, partitions: Int) {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("p"), let partition = Int(parts[0].dropFirst()),
            (0..<partitions).contains(partition), let position = OutboxID(parts[1])
        else { return nil }
        self.init(partition: partition, position: position)
        guard description == text else { return nil }
    }

    /// "p07-1764073200123-0"
    public var description: String { "p\(partition < 10 ? "0" : "")\(partition)-\(position)" }
}

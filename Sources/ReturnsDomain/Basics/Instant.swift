/// A point in time: milliseconds since 1970-01-01T00:00Z. The domain never reads a clock; time is an argument.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The range the domain computes with, 1970 to 9999: arithmetic inside it cannot overflow.
    public static let range = Instant(milliseconds: 0)...Instant(milliseconds: 253_402_300_799_999)

    public var isRepresentable: Bool { Self.range.contains(self) }

    public func adding(_ durationMilliseconds: Int64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(durationMilliseconds)
        return overflow
            ? (durationMilliseconds > 0 ? Self.range.upperBound : Self.range.lowerBound)
            : Instant(milliseconds: sum)
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// Milliseconds from `right` to `left`.
    public static func - (left: Instant, right: Instant) -> Int64 { left.milliseconds - right.milliseconds }

    public var description: String { "\(milliseconds)" }
}

/// Durations in milliseconds, named so that a target reads as its procedure states it.
public enum Milliseconds {
    public static let second: Int64 = 1_000
    public static let minute: Int64 = 60_000
    public static let hour: Int64 = 3_600_000
    public static let day: Int64 = 86_400_000
}

import Foundation
import ReturnsAPI

/// The table of UTC offsets that a calendar carries, taken from this machine's time-zone data once.
enum ZoneOffsets {
    /// Enough for every deadline that can run: the server looks no further ahead than ten years.
    static let yearsAhead: Int64 = 20
    private static let millisecondsPerYear: Int64 = 31_556_952_000

    /// The offset in force `from`, and every change within the years after it.
    static func table(_ zone: TimeZone, from: Int64) -> [Returns_V1_UtcOffset] {
        var offset = offset(zone, from)
        // The first entry holds for all earlier time too.
        var table = [entry(0, offset)]
        let end = from + yearsAhead * millisecondsPerYear
        var at = from
        // No zone changes twice within a day.
        while at < end {
            let next = at + TimeFormat.secondsPerDay * 1_000
            let nextOffset = self.offset(zone, next)
            if nextOffset != offset {
                table.append(entry(change(zone, after: at, by: next, from: offset), nextOffset))
                offset = nextOffset
            }
            at = next
        }
        return table
    }

    /// The millisecond of a change that lies between two instants: offsets change on whole seconds.
    private static func change(_ zone: TimeZone, after low: Int64, by high: Int64, from offset: Int32)
        -> Int64
    {
        var (low, high) = (low / 1_000, high / 1_000)
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.offset(zone, middle * 1_000) == offset { low = middle } else { high = middle }
        }
        return high * 1_000
    }

    private static func offset(_ zone: TimeZone, _ milliseconds: Int64) -> Int32 {
        Int32(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(milliseconds / 1_000))))
    }

    private static func entry(_ from: Int64, _ offset: Int32) -> Returns_V1_UtcOffset {
        .with {
            $0.fromMs = from
            $0.offsetSeconds = offset
        }
    }
}

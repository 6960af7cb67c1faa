import Foundation
import ReturnsDomain
import Synchronization

/// The time zones that this machine knows, as tables of offsets. Each is made once, when it is asked for first: records keep their
/// own tables, so nothing that is stored moves with the machine's data.
enum TimeZones {
    private static let tables = Mutex<[String: TimeZoneTable]>([:])

    /// More than there are names; past it a table is made for each call.
    private static let tablesMax = 1_000

    /// The years that tables cover.
    private static let range = (from: Int64(0), until: Int64(4_102_444_800))

    /// - Returns: The zone with its offsets from 1970 until 2100; without any where no zone has the name.
    static func table(_ name: String) -> TimeZoneTable {
        if let known = tables.withLock({ $0[name] }) { return known }
        // Abbreviations such as CST name several zones.
        guard name.contains("/") || name == "UTC" || name == "GMT", let zone = TimeZone(identifier: name)
        else {
            return TimeZoneTable(name: name)
        }
        let table = TimeZoneTable(name: name, offsets: offsets(of: zone))
        tables.withLock { if $0.count < tablesMax { $0[name] = table } }
        return table
    }

    private static func offsets(of zone: TimeZone) -> [TimeZoneTable.Offset] {
        var offset = offset(of: zone, range.from)
        var offsets = [TimeZoneTable.Offset(from: Instant(milliseconds: 0), seconds: offset)]
        // No zone has changed and changed back within so few days.
        let step: Int64 = 4 * 86_400
        for second in stride(from: range.from, to: range.until, by: Int64.Stride(step)) {
            let next = self.offset(of: zone, second + step)
            guard next != offset else { continue }
            let change = change(of: zone, after: second, until: second + step, from: offset)
            offsets.append(
                TimeZoneTable.Offset(from: Instant(milliseconds: change * 1_000), seconds: next))
            offset = next
        }
        return offsets
    }

    /// The second of a change that lies between two.
    private static func change(
        of zone: TimeZone, after low: Int64, until high: Int64, from offset: Int32
    ) -> Int64 {
        var (low, high) = (low, high)
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.offset(of: zone, middle) == offset { low = middle } else { high = middle }
        }
        return high
    }

    private static func offset(of zone: TimeZone, _ second: Int64) -> Int32 {
        Int32(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }
}

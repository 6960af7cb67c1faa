import ArgumentParser
import ReturnsAPI

/// Reads business hours as people write them, "9:00-12:00,13:00-18:00", and as `text` does: "9:00–12:00, 13:00–18:00".
struct BusinessHoursOption: ExpressibleByArgument, Equatable {
    var hours: [Returns_V1_BusinessHours]

    init?(argument: String) {
        hours = []
        for stretch in argument.split(separator: ",") {
            let ends = stretch.filter { $0 != " " }.split { $0 == "-" || $0 == "–" }.map { Self.minute($0) }
            guard ends.count == 2, let opens = ends[0], let closes = ends[1], opens < closes else {
                return nil
            }
            hours.append(
                .with {
                    $0.opensMinute = opens
                    $0.closesMinute = closes
                })
        }
        if hours.isEmpty { return nil }
    }

    /// The minute of the day of "9:00" or "24:00".
    private static func minute(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, let hour = UInt32(parts[0]),
            let minute = UInt32(parts[1]),
            hour <= 24, minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    static func text(_ hours: [Returns_V1_BusinessHours]) -> String {
        hours.map { "\(text($0.opensMinute))–\(text($0.closesMinute))" }.joined(separator: ", ")
    }

    /// "9:00" of a minute of the day.
    static func text(minute: Int64) -> String { text(UInt32(clamping: minute)) }

    private static func text(_ minute: UInt32) -> String {
        "\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
    }
}

/// A day of the week, by its first three letters.
enum Weekday: String, CaseIterable, ExpressibleByArgument {
    case mon, tue, wed, thu, fri, sat, sun

    init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

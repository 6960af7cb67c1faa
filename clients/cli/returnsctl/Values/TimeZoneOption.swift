import ArgumentParser
import Foundation

/// How a form's times without an offset are read: the same for one form and for many.
struct TimeZoneOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Zone of times without an offset, such as Europe/London; that of --zone unless given.",
            valueName: "zone"))
    var timeZone: String?

    func validate() throws {
        guard let timeZone, TimeZone(identifier: timeZone) == nil else { return }
        throw ValidationError("'\(timeZone)' is no time zone: write it like Europe/London")
    }

    var times: TimeFormat {
        guard let timeZone else { return .screen }
        guard let zone = TimeZone(identifier: timeZone) else {
            preconditionFailure("validate() has refused the zone")
        }
        return TimeFormat(zone: zone)
    }
}

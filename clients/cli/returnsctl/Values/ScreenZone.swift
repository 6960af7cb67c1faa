import Foundation

/// The zone of all times that a command shows, and of those that are typed without an offset: one on a screen.
enum ScreenZone {
    static let current = zone(
        of: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)

    static let option = "--zone"

    /// That of --zone, else of TZ, else the machine's.
    static func zone(of arguments: [String], environment: [String: String]) -> TimeZone {
        // What is no zone is refused where options are checked (`GlobalOptions.validate`).
        if let named = named(in: arguments).flatMap(TimeZone.init(identifier:)) { return named }
        // ":Europe/London" names the same file as "Europe/London" does.
        let variable = environment["TZ"].map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 }
        return variable.flatMap(TimeZone.init(identifier:)) ?? .current
    }

    private static func named(in arguments: [String]) -> String? {
        let options = arguments.prefix { $0 != "--" }
        guard let index = options.lastIndex(where: { $0 == option || $0.hasPrefix("\(option)=") }) else {
            return nil
        }
        if options[index] != option { return String(options[index].dropFirst(option.count + 1)) }
        return options.indices.contains(index + 1) ? options[index + 1] : nil
    }
}

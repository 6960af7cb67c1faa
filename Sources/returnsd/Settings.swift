import ArgumentParser
import Configuration
import Logging
import ReturnsServer
import SystemPackage

/// The settings: a flag wins over the environment, the environment over the file.
struct Settings {
    var daemon = ReturnsDaemonConfiguration()
    var logLevel = Logger.Level.info

    init(flags: Returnsd) async throws {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if let path = flags.config {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
        }
        let reader = ConfigReader(providers: providers).scoped(to: "returnsd")
        if !flags.listen.isEmpty {
            daemon.listen = flags.listen
        } else if let listen = reader.stringArray(forKey: "listen"), !listen.isEmpty {
            daemon.listen = listen
        }
        daemon.redisURL = flags.redis ?? reader.string(forKey: "redis")
        daemon.dataDirectory = flags.data ?? reader.string(forKey: "data") ?? daemon.dataDirectory
        daemon.eventLoops =
            try Self.bounded(flags.eventLoops ?? reader.int(forKey: "eventLoops"), "event-loops", 1...1_024)
            ?? daemon.eventLoops
        daemon.partitions =
            try Self.bounded(flags.partitions ?? reader.int(forKey: "partitions"), "partitions", 1...4_096)
            ?? daemon.partitions
        let interval = try Self.bounded(
            flags.sweepIntervalMs ?? reader.int(forKey: "sweepIntervalMs"), "sweep-interval-ms",
            10...3_600_000)
        daemon.sweepIntervalMilliseconds = interval.map(Int64.init) ?? daemon.sweepIntervalMilliseconds
        daemon.sweeps = !(flags.noSweeper || reader.bool(forKey: "noSweeper", default: false))
        daemon.hasTestClock = flags.testClock || reader.bool(forKey: "testClock", default: false)
        if let level = flags.logLevel ?? reader.string(forKey: "logLevel") {
            guard let known = Logger.Level(rawValue: level) else {
                throw ValidationError(
                    "log level \(level) is not one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            logLevel = known
        }
    }

    private static func bounded(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw ValidationError("\(name) is \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }
}

import ArgumentParser
import Foundation
import ReturnsAPI

struct Ping: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Ask whether the server serves, and measure calls that do nothing.")
    @Option(name: .shortAndLong, help: "How many.") var n = 3
    @OptionGroup var global: GlobalOptions

    static let countMax = 1_000_000
    /// Single times are shown up to this many; then only the summary.
    static let shownMax = 10

    func validate() throws {
        guard (1...Self.countMax).contains(n) else { throw ValidationError("-n is 1 to \(Self.countMax)") }
    }

    func run() async throws {
        try await global.withSession { session in
            let health = try await session.client.health.check(Returns_V1_HealthCheckRequest()).message
            var microseconds: [Int64] = []
            for _ in 0..<n {
                let start = ContinuousClock.now
                _ = try await session.client.health.echo(.with { $0.payload = Data("ping".utf8) })
                let time = ContinuousClock.now - start
                microseconds.append(
                    time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000)
            }
            try session.output.show(health) { style in
                Self.text(health, microseconds, server: "\(session.settings.server)", style)
            }
            if health.status != .serving { throw QuietExit(exit: .unavailable) }
        }
    }

    static func text(
        _ health: Returns_V1_HealthCheckReply, _ microseconds: [Int64], server: String, _ style: Style
    ) -> String {
        let state =
            health.status == .serving
            ? style.green("serving")
            : style.red("not serving\(health.reason.isEmpty ? "" : ": \(TextWidth.safe(health.reason))")")
        var lines = ["\(server)  returnsd \(TextWidth.safe(health.serverVersion))  \(state)"]
        if microseconds.count <= shownMax {
            lines += microseconds.enumerated().map { "  \($0.offset + 1)  \(milliseconds($0.element))" }
        }
        let sorted = microseconds.sorted()
        let middle = sorted[(sorted.count - 1) / 2]
        // Nearest rank.
        let p99 = sorted[(sorted.count * 99 + 99) / 100 - 1]
        lines.append(
            "\(counted(sorted.count, "call")): fastest \(milliseconds(sorted[0])), median \(milliseconds(middle)), "
                + "p99 \(milliseconds(p99)), slowest \(milliseconds(sorted[sorted.count - 1]))")
        return lines.joined(separator: "\n")
    }

    /// "0.137 ms"
    static func milliseconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
    }
}

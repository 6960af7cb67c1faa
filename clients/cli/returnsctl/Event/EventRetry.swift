import ReturnsClient
import ReturnsWire

/// Begins a call anew when it ends for a reason that passes: once it has worked, for as long as that takes.
struct EventRetry {
    private let output: Output

    static let waitMillisecondsMin: Int64 = 200
    static let waitMillisecondsMax: Int64 = 5_000

    init(_ output: Output) { self.output = output }

    /// - Parameter body: is given what to call with each reply.
    func run(_ body: (() -> Void) async throws -> Void) async throws {
        var hasWorked = false
        var wait = Self.waitMillisecondsMin
        var isOutage = false
        while true {
            do {
                return try await body {
                    hasWorked = true
                    wait = Self.waitMillisecondsMin
                    if isOutage { Output.note("going on") }
                    isOutage = false
                }
            } catch let status as RCPStatus {
                try Task.checkCancellation()
                guard hasWorked, status.retryRule != .never else { throw Self.explained(status) }
                // Said once per outage, not once per try.
                if !isOutage { Output.note("\(TextWidth.safe(status.text)); trying again until it works") }
                isOutage = true
                try await Task.sleep(for: .milliseconds(max(wait, Int64(status.retryAfterMilliseconds))))
                wait = min(Self.waitMillisecondsMax, wait * 2)
            }
        }
    }

    /// What to type where the log cannot be read on, as the server's text advises it.
    static func explained(_ status: RCPStatus) -> any Error {
        guard status.code == .outOfRange else { return status }
        let reasons = status.details.map { "[\($0.reason)]" }
        let since = status.details.first?.allowed.first ?? "TIME"
        return CommandFailure(
            ExitStatus(status), "\(status.text) (\(status.code.name))",
            hints: reasons + ["type next:"]
                + resync(status.details.first?.reason ?? "", since: since).map { "  \($0)" })
    }

    private static func resync(_ reason: String, since: String) -> [String] {
        let fromNow = "returnsctl event tail --from now  # with a new cursor file"
        let changed = "returnsctl case list --changed-since \(since)"
        let seen = "returnsctl case get ID  # for every case that you saw events of since \(since)"
        return switch reason {
        case "GROUP_BEHIND_LOG":
            ["returnsctl event group delete NAME", "returnsctl event group create NAME", changed]
        case "GROUP_OF_LOST_EVENTS":
            [seen, changed, "returnsctl event tail --group NAME --resynced  # once that is read"]
        case "CURSOR_OF_LOST_EVENTS":
            ["returnsctl event tail --from \(since)  # with a new cursor file", seen]
        case "CURSOR_AHEAD_OF_LOG": [fromNow, changed, seen]
        default: [fromNow, changed]
        }
    }
}

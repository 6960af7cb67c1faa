import RCP
import ReturnsAPI
import ReturnsClient

/// Begins a call anew when it ends for a reason that passes: once it has worked, for as long as that takes.
struct EventRetry {
    private let output: Output
    /// Whose events are consumed, asked where it cannot go on; nil without a group.
    private let group: (@Sendable () async -> Group)?

    static let waitMillisecondsMin: Int64 = 200
    static let waitMillisecondsMax: Int64 = 5_000

    init(_ output: Output, group: (@Sendable () async -> Group)? = nil) {
        self.output = output
        self.group = group
    }

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
                guard hasWorked, status.retryRule != .never else {
                    // Asked only where it is told of: the server may be the one that does not answer.
                    let known = status.code == .outOfRange ? await group?() : nil
                    throw Self.explained(status, group: known)
                }
                // Said once per outage, not once per try.
                if !isOutage { Output.note("\(TextWidth.safe(status.text)); trying again until it works") }
                isOutage = true
                try await Task.sleep(for: .milliseconds(max(wait, Int64(status.retryAfterMilliseconds))))
                wait = min(Self.waitMillisecondsMax, wait * 2)
            }
        }
    }

    /// What to type where the log cannot be read on, as the server's text advises it.
    static func explained(_ status: RCPStatus, group: Group? = nil) -> any Error {
        guard status.code == .outOfRange else { return status }
        let reasons = status.details.map { "[\($0.reason)]" }
        let lines = resync(status.details.first?.reason ?? "", status.details.first?.allowed ?? [], group)
        return CommandFailure(
            ExitStatus(status), "\(status.text) (\(status.code.name))",
            hints: reasons + ["type next:"] + lines.map { "  \($0)" })
    }

    /// - Parameter times: Since when to read again; of a group's loss also through when that confirms it, in milliseconds.
    private static func resync(_ reason: String, _ times: [String], _ group: Group?) -> [String] {
        let since = times.first.map { TextWidth.safe($0) } ?? "TIME"
        let through = times.dropFirst().first.flatMap { Int64($0) }.map { TimeOption.text($0) } ?? "TIME"
        let name = TextWidth.safe(group?.name ?? "NAME")
        let newFile = "with a new cursor file"
        let fromNow = NextLine.returnsctl("event tail --from now", note: newFile)
        let changed = NextLine.returnsctl("case list --changed-since \(since)")
        let seen = NextLine.returnsctl(
            "case get ID", note: "for every case that you saw events of since \(since)")
        return switch reason {
        case "GROUP_BEHIND_LOG":
            [
                NextLine.returnsctl("event group delete \(name)"),
                group?.record.map(EventGroupCreate.line)
                    ?? NextLine.returnsctl(
                        "event group create \(name)",
                        note: "with its --type, --state, --channel and --acknowledge-within"), changed,
            ]
        case "GROUP_OF_LOST_EVENTS":
            [
                seen, changed,
                NextLine.returnsctl(
                    "event tail --group \(name) --resynced-through \(through)", note: "once that is read"),
            ]
        case "CURSOR_OF_LOST_EVENTS":
            [NextLine.returnsctl("event tail --from \(since)", note: newFile), seen]
        case "CURSOR_AHEAD_OF_LOG": [fromNow, changed, seen]
        default: [fromNow, changed]
        }
    }

    /// Whose events are consumed.
    struct Group {
        let name: String
        /// As the server has it; nil where that cannot be asked.
        var record: Returns_V1_EventGroup?
    }
}

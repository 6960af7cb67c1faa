/// What a run has measured. Printed as one line of JSON.
struct LoadReport {
    /// Answers within the measured time.
    var calls = 0
    /// Everything that was sent, warm-up and tail included: what CPU time is divided by.
    var callsAll = 0
    var errors = 0
    var firstError = ""
    /// Calls of an open loop that the server had not answered when the run was given up.
    var unanswered = 0
    var seconds = 0.0
    var ownCPUSeconds = 0.0
    var latencies = Histogram()

    func json(_ options: Options) -> String {
        let fields: [(String, String)] = [
            ("work", quoted(options.work.rawValue)), ("driver", quoted(options.driver.rawValue)),
            ("loop", quoted(options.rate == nil ? "closed" : "open")),
            ("connections", "\(options.connections)"),
            ("calls", "\(calls)"), ("calls_all", "\(callsAll)"), ("unanswered", "\(unanswered)"),
            ("seconds", rounded(seconds)),
            ("rate", rounded(Double(calls) / seconds)),
            ("p50_us", microseconds(0.5)), ("p99_us", microseconds(0.99)), ("p999_us", microseconds(0.999)),
            ("max_us", rounded(Double(latencies.maxNanoseconds) / 1e3)),
            ("errors", "\(errors)"), ("first_error", quoted(firstError)),
            ("own_cpu_us_per_call", rounded(ownCPUSeconds / Double(max(1, callsAll)) * 1e6)),
        ]
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func microseconds(_ share: Double) -> String {
        rounded(Double(latencies.nanoseconds(atShare: share)) / 1e3)
    }
    private func rounded(_ value: Double) -> String { "\((value * 1e3).rounded() / 1e3)" }

    private func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar in
            scalar.value < 32 || scalar == "\"" || scalar == "\\" ? " " : String(scalar)
        }
        return "\"\(plain.joined())\""
    }
}

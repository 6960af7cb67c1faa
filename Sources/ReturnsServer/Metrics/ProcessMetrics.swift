import CoreMetrics
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process as the kernel sees it, under the names that Prometheus's own libraries have.
final class ProcessMetrics: Sendable {
    static let help = [
        "process_cpu_seconds_total": "Processor time of user and system.",
        "process_resident_memory_bytes": "Memory in use.",
        "process_open_fds": "Open file descriptors.",
        "process_max_fds": "File descriptors that may be open.",
        "process_start_time_seconds": "When the process started, since the epoch.",
    ]

    private let cpuSeconds: FloatingPointCounter
    private let residentBytes: Meter
    private let openFiles: Meter
    private let filesMax: Meter
    private let countedSeconds = Mutex(0.0)

    init(factory: any MetricsFactory) {
        cpuSeconds = FloatingPointCounter(label: "process_cpu_seconds_total", factory: factory)
        residentBytes = Meter(label: "process_resident_memory_bytes", factory: factory)
        openFiles = Meter(label: "process_open_fds", factory: factory)
        filesMax = Meter(label: "process_max_fds", factory: factory)
        Meter(label: "process_start_time_seconds", factory: factory)
            .set(Double(SystemClock.wall().milliseconds) / 1_000)
    }

    /// Looks again; what cannot be read keeps its last value.
    func refresh() {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
            let more = countedSeconds.withLock { counted in
                defer { counted = max(counted, seconds) }
                return seconds - counted
            }
            if more > 0 { cpuSeconds.increment(by: more) }
        }
        if let pages = Self.residentPages() { residentBytes.set(pages * sysconf(Int32(_SC_PAGESIZE))) }
        if let count = Self.openFileCount() { openFiles.set(count) }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            filesMax.set(Double(limit.rlim_cur))
        }
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }

    /// The second number of proc_pid_statm(5).
    private static func residentPages() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let numbers = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return numbers.count > 1 ? Int(numbers[1]) : nil
    }

    private static func openFileCount() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // "." and "..", and the folder itself.
        return max(0, count - 3)
    }
}

import CoreMetrics
import Foundation
import Logging
import RCPServer
import RCPTracing
import ServiceLifecycle
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes spans to a file as OpenTelemetry's collector reads it (its `otlpjsonfile` receiver), one batch a line.
///
/// The file is opened for each write, so that it can be moved away while the server runs. Spans that come faster than they can
/// be written are dropped and counted: tracing must not hold up what it traces.
final class OTLPFileExporter: SpanExporter, Service {
    static let queuedSpansMax = 8_192
    static let batchSpansMax = 512
    static let intervalMilliseconds: Int64 = 1_000

    private let path: String
    private let dropped: Counter
    private let logger: Logger
    private let gate = LogGate(period: .minutes(10))
    private let queue = Mutex<[RecordedSpan]>([])

    init(path: String, metrics: ReturnsMetrics, logger: Logger) {
        self.path = path
        dropped = metrics.spansDropped
        self.logger = logger
    }

    /// - Throws: `StartError` if the file cannot be written, or made where there is none. Makes nothing.
    static func check(path: String) throws(StartError) {
        try AppendedFile.check("traces", path)
    }

    func export(_ span: RecordedSpan) {
        let hasRoom = queue.withLock { queue in
            guard queue.count < Self.queuedSpansMax else { return false }
            queue.append(span)
            return true
        }
        if !hasRoom { dropped.increment() }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.write()
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
        // Stopped behind the listener, so the last calls' spans are here.
        write()
    }

    private func write() {
        let spans = queue.withLock { queue in
            let spans = queue
            queue = []
            return spans
        }
        guard !spans.isEmpty else { return }
        do {
            // Its group may read it, for the collector.
            let file = try AppendedFile.open("traces", path, permissions: [.ownerReadWrite, .groupRead])
            defer { try? file.close() }
            for start in stride(from: 0, to: spans.count, by: Self.batchSpansMax) {
                let batch = Array(spans[start..<min(start + Self.batchSpansMax, spans.count)])
                try file.writeAll(try JSONEncoder().encode(OTLPLine(batch)) + [UInt8(ascii: "\n")])
            }
        } catch {
            dropped.increment(by: spans.count)
            guard gate.lets("traces") else { return }
            logger.error("spans cannot be written", metadata: ["file": "\(path)", "error": "\(error)"])
        }
    }
}
